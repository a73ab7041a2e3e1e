package runner

import (
	"context"
	"math"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/ipc/sudo"
	"s6box/ipc/unixmessage"
	"s6box/ipc/unixsocket"
	"s6box/rc/db"
	"s6box/supervise"
)

// Server is the runner as a service of the process that supervises services.
type Server struct {
	Scripts
	Engine *supervise.Engine // has the scripts as its children
}

// Serve listens on the runner's socket until ctx is done. ready is called when clients can connect.
// Connections that are open then are closed: their scripts are told to end.
func (s *Server) Serve(ctx context.Context, ready func()) error {
	path := s.Live.Servicedir(db.OneshotRunner) + "/" + socket
	return unixsocket.Serve(ctx, path, ready, func(fd int) { s.client(ctx, fd) })
}

// client serves one connection: one script.
func (s *Server) client(ctx context.Context, fd int) {
	allowed := unixsocket.Trusted(fd)
	sock := os.NewFile(uintptr(fd), "client")
	defer sock.Close()
	conn, err := unixmessage.NewFile(sock)
	if err != nil || !allowed {
		return
	}
	defer conn.Release()
	conn.SetTimeout(patience)
	request, err := sudo.Accept(conn)
	if err != nil {
		return
	}
	sc, err := s.start(&request)
	if err != nil {
		s.Engine.Warn("oneshot %s: %s", strings.Join(request.Args, " "), applet.Reason(err))
		sudo.Refuse(conn, unix.EINVAL)
		return
	}
	conn.SetTimeout(0)
	sudo.Started(conn)
	select {
	case status := <-sc.ended:
		sudo.Ended(conn, status)
		return
	default:
		conn.Settle()
	}
	gone := make(chan struct{})
	go func() { // the client says nothing more: this is the end of the connection
		conn.Wait()
		close(gone)
	}()
	select {
	case status := <-sc.ended:
		sudo.Ended(conn, status)
	case <-gone:
		s.Engine.Post(sc.terminate)
	case <-ctx.Done():
		s.Engine.Post(sc.terminate)
	}
}

// script is one script on its way.
type script struct {
	pid   int // 0 when it has died; in the loop only
	ended chan proc.Status
}

// start starts the script that a client asks for, and closes the descriptors that came with the request.
func (s *Server) start(r *sudo.Request) (*script, error) {
	defer func() {
		for _, fd := range r.FDs {
			unix.Close(fd)
		}
	}()
	if len(r.Args) != 2 {
		return nil, unix.EINVAL
	}
	number, ok := applet.ParseUint(r.Args[1])
	if event := r.Args[0]; !ok || number > math.MaxInt32 || (event != "up" && event != "down" && event != "reload") {
		return nil, unix.EINVAL
	}
	sc := &script{ended: make(chan proc.Status, 1)}
	var known proc.Status
	started := false
	err := s.Engine.Child(func() (pid int, err error) {
		pid, known, err = s.Start(r.Args[0], int(number), &r.FDs)
		sc.pid, started = pid, pid > 0
		return pid, err
	}, func(status proc.Status) {
		sc.pid = 0
		sc.ended <- status
	})
	if err == nil && !started {
		sc.ended <- known
	}
	return sc, err
}

// terminate tells a script to end whose client has gone. It belongs into the loop.
func (sc *script) terminate() {
	if sc.pid > 0 {
		unix.Kill(sc.pid, unix.SIGTERM)
		unix.Kill(sc.pid, unix.SIGCONT)
	}
}
