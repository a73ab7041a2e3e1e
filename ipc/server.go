package ipc

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/ipc/unixsocket"
)

// server is the state of s6-ipcserverd. Everything but the accepting goroutine runs in serve.
type server struct {
	inv        *applet.Invocation
	verbosity  uint64
	anonymous  bool
	max        int
	maxPerUser int

	listener *os.File
	env      proc.Env
	children map[int]unix.Ucred // by pid
}

// connection is what the accepting goroutine hands over.
type connection struct {
	fd     int
	remote string
	err    error
}

func newServer(inv *applet.Invocation) *server {
	return &server{inv: inv, verbosity: 1, children: make(map[int]unix.Ucred)}
}

func (s *server) listen() error {
	fd, err := inheritedSocket(s.inv)
	if err != nil {
		return err
	}
	s.listener = os.NewFile(uintptr(fd), "socket")
	s.env = s.inv.Proc.Env.Set("PROTO", "IPC")
	return nil
}

// announce writes a newline to stdout if asked to, and gives stdin and stdout up.
func announce(inv *applet.Invocation, ready bool) error {
	if ready {
		if _, err := inv.Proc.Stdout().Write([]byte("\n")); err != nil {
			return applet.System(err, "write to stdout")
		}
	}
	for n, flags := range []int{unix.O_RDONLY, unix.O_WRONLY} {
		fd, err := inv.Proc.Open("/dev/null", flags, 0)
		if err == nil {
			err = inv.Proc.SetFD(n, fd)
		}
		if err != nil {
			return applet.System(err, "open /dev/null")
		}
	}
	return nil
}

// inheritedSocket returns a close-on-exec, non-blocking copy of stdin, which has to be a socket.
func inheritedSocket(inv *applet.Invocation) (int, error) {
	stdin, err := inv.Proc.FD(0)
	if err != nil {
		return -1, applet.System(err, "use stdin")
	}
	var st unix.Stat_t
	if err := unix.Fstat(stdin, &st); err != nil {
		return -1, applet.System(err, "fstat stdin")
	}
	if st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return -1, applet.Fatal(applet.ExitUsage, "stdin is not a socket")
	}
	fd, err := unix.FcntlInt(uintptr(stdin), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return -1, applet.System(err, "duplicate stdin")
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return -1, applet.System(err, "make the socket non-blocking")
	}
	return fd, nil
}

func (s *server) info(format string, args ...any) {
	if s.verbosity >= 2 {
		s.inv.Info(format, args...)
	}
}

func (s *server) warn(err error, format string, args ...any) {
	if s.verbosity >= 1 {
		s.inv.Warn("unable to "+format+": %s", append(args, applet.Reason(err))...)
	}
}

func (s *server) serve() error {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, unix.SIGCHLD, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGABRT)
	accepted := make(chan connection)
	more := make(chan struct{}, 1)
	go s.accept(accepted, more)
	s.info("starting")
	s.status()
	more <- struct{}{}
	waiting := true // for a connection
	for {
		select {
		case conn := <-accepted:
			waiting = false
			switch {
			case conn.err == nil:
				s.start(conn)
			case scarce(conn.err):
				s.warn(conn.err, "accept")
			default:
				return applet.System(conn.err, "accept")
			}
		case sig := <-signals:
			if s.signal(sig.(syscall.Signal)) {
				s.info("exiting")
				return nil
			}
		}
		if !waiting && len(s.children) < s.max {
			waiting = true
			more <- struct{}{}
		}
	}
}

// accept accepts one connection for each token from more.
func (s *server) accept(to chan<- connection, more <-chan struct{}) {
	rc, err := s.listener.SyscallConn()
	if err != nil {
		to <- connection{err: err}
		return
	}
	for range more {
		var conn connection
		err := rc.Read(func(fd uintptr) bool {
			var addr unix.Sockaddr
			conn.fd, addr, conn.err = unix.Accept4(int(fd), unix.SOCK_CLOEXEC)
			conn.remote = unixsocket.Name(addr)
			return conn.err != unix.EAGAIN && conn.err != unix.EINTR && conn.err != unix.ECONNABORTED
		})
		if err != nil {
			conn.err = err
		}
		if scarce(conn.err) {
			time.Sleep(time.Second)
		}
		to <- conn
	}
}

// scarce tells whether the system lacks something that it may have again later.
func scarce(err error) bool {
	return err == unix.EMFILE || err == unix.ENFILE || err == unix.ENOBUFS || err == unix.ENOMEM
}

func (s *server) start(conn connection) {
	defer unix.Close(conn.fd)
	var who unix.Ucred
	if !s.anonymous {
		cred, err := unix.GetsockoptUcred(conn.fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err != nil {
			s.warn(err, "look up the client's ids")
			return
		}
		who = *cred
	}
	already := 0
	for _, other := range s.children {
		if other.Uid == who.Uid {
			already++
		}
	}
	if !s.anonymous && already >= s.maxPerUser {
		s.info("deny %d:%d count %d/%d", who.Uid, who.Gid, already, s.maxPerUser)
		return
	}
	pid, err := s.spawn(conn, who, already)
	if err != nil {
		s.warn(err, "spawn %s", s.inv.Args[0])
		return
	}
	if pid == 0 {
		return // the commands in front of the program had the last word
	}
	s.children[pid] = who
	s.info("allow %d:%d pid %d count %d/%d", who.Uid, who.Gid, pid, already+1, s.maxPerUser)
	s.status()
}

func (s *server) spawn(conn connection, who unix.Ucred, already int) (pid int, err error) {
	st := s.inv.Proc.Clone()
	defer st.Release()
	for _, n := range []int{0, 1} {
		if err := st.BorrowFD(n, conn.fd); err != nil {
			return 0, err
		}
	}
	st.Env = s.env.Set("IPCREMOTEPATH", conn.remote)
	if s.anonymous {
		st.Env = st.Env.Unset("IPCREMOTEEUID").Unset("IPCREMOTEEGID").Set("IPCCONNNUM", "")
	} else {
		st.Env = st.Env.Set("IPCREMOTEEUID", strconv.FormatUint(uint64(who.Uid), 10)).
			Set("IPCREMOTEEGID", strconv.FormatUint(uint64(who.Gid), 10)).
			Set("IPCCONNNUM", strconv.Itoa(already))
	}
	pid, _, err = chain.Start(st, s.inv.Args)
	return pid, err
}

// signal acts on a signal; stop says to exit.
func (s *server) signal(sig syscall.Signal) (stop bool) {
	switch sig {
	case unix.SIGCHLD:
		s.reap()
	case unix.SIGTERM:
		s.info("received SIGTERM, quitting")
		return true
	case unix.SIGHUP:
		s.info("received SIGHUP, sending SIGTERM+SIGCONT to all connections")
		s.kill(unix.SIGTERM, unix.SIGCONT)
	case unix.SIGQUIT:
		s.info("received SIGQUIT, sending SIGTERM+SIGCONT to all connections and quitting")
		s.kill(unix.SIGTERM, unix.SIGCONT)
		return true
	case unix.SIGABRT:
		s.info("received SIGABRT, sending SIGKILL to all connections and quitting")
		s.kill(unix.SIGKILL)
		return true
	}
	return false
}

func (s *server) kill(signals ...unix.Signal) {
	for pid := range s.children {
		for _, sig := range signals {
			unix.Kill(pid, sig)
		}
	}
}

func (s *server) reap() {
	for {
		var ws unix.WaitStatus
		pid, err := unix.Wait4(-1, &ws, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		who, ours := s.children[pid]
		if !ours {
			continue
		}
		delete(s.children, pid)
		if status := proc.Status(ws); status.Signal() != 0 {
			s.info("end pid %d uid %d signal %d", pid, who.Uid, status.Signal())
		} else {
			s.info("end pid %d uid %d exitcode %d", pid, who.Uid, status.Code())
		}
		s.status()
	}
}

func (s *server) status() { s.info("status: %d/%d", len(s.children), s.max) }
