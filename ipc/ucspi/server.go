// Package ucspi is what super-servers have in common, whatever the kind of their sockets: they accept
// connections and run a program for each, with the connection as its stdin and stdout and what is known of
// the client in its environment. See https://cr.yp.to/proto/ucspi.txt.
package ucspi

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/workers"
)

// Peer is the client of a connection, and how the server speaks of it.
type Peer interface {
	// Key is the same for the connections that MaxPerKey limits together.
	Key() string
	// Env adds the client's variables to env; already is the number of connections of the same key.
	Env(env proc.Env, already int) proc.Env
	// Accepted, Refused and Ended are the lines of the log. count is the number of connections of the same
	// key, most the limit for them.
	Accepted(pid, count, most int) string
	Refused(count, most int) string
	Ended(pid int, how string, count, most int) string
}

// Server accepts connections and runs the program of an invocation for each. Everything but the accepting
// goroutine runs in Serve.
type Server struct {
	Inv       *applet.Invocation
	Verbosity uint64 // 0 errors only, 1 warnings and refusals, 2 every connection
	Max       int    // connections
	MaxPerKey int

	Listener *os.File
	Starting string // message
	TermCont string // how the log names the two signals
	Env      proc.Env
	// Identify tells who is at the other end of a connection.
	Identify func(fd int, from unix.Sockaddr) (Peer, error)
	// Session, unless nil, is offered the commands of ours that would get a process each.
	Session func(inv *applet.Invocation, starter Starter) (*Session, bool)

	children map[int]served // by pid, or for a Session by a number below 0
	sessions int            // so many there were
	begun    func()         // the latest, unless it runs already
	crew     *workers.Crew  // runs them
	signals  chan os.Signal // to this process
	reaping  bool           // SIGCHLD is among them
	ended    chan int       // numbers of sessions that are over
	waiters  waiters
}

// served is a connection. session is nil where a process serves it.
type served struct {
	Peer
	session *Session
}

// maxConnections is the greatest limit there can be.
const maxConnections = 16384

// Limit sets the limits that options ask for, within reason. With no connection per client all are refused.
func (s *Server) Limit(all, perKey uint64) {
	s.Max = int(min(max(all, 1), maxConnections))
	s.MaxPerKey = int(min(perKey, uint64(s.Max)))
}

func (s *Server) info(format string, args ...any) {
	if s.Verbosity >= 2 {
		s.Inv.Info(format, args...)
	}
}

func (s *Server) warn(err error, format string, args ...any) {
	if s.Verbosity >= 1 {
		s.Inv.Warn("unable to "+format+": %s", append(args, applet.Reason(err))...)
	}
}

// Serve runs until a signal says to exit. ready is the line that stdout gets once signals and clients may come.
func (s *Server) Serve(ready string) error {
	s.children, s.ended, s.crew = make(map[int]served), make(chan int), workers.NewCrew()
	s.signals = make(chan os.Signal, 16)
	signal.Notify(s.signals, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGABRT)
	proc.OutliveReaders()
	if _, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
		s.reaps() // it was given some
	}
	if err := Announce(s.Inv, ready); err != nil {
		return err
	}
	accepted := make(chan connection)
	more := make(chan struct{}, 1)
	go s.accept(accepted, more)
	s.info("%s", s.Starting)
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
			case sys.Scarce(conn.err):
				s.warn(conn.err, "accept")
			default:
				return applet.System(conn.err, "accept")
			}
		case number := <-s.ended:
			delete(s.children, number)
		case sig := <-s.signals:
			if s.signal(sig.(syscall.Signal)) {
				s.info("exiting")
				return nil
			}
		}
		if !waiting && len(s.children) < s.Max {
			waiting = true
			more <- struct{}{}
		}
		if run := s.begun; run != nil {
			s.begun = nil
			s.crew.Go(run) // behind what accepts: the scheduler takes the latest first
		}
	}
}

func (s *Server) start(conn connection) {
	defer unix.Close(conn.fd)
	who, err := s.Identify(conn.fd, conn.from)
	if err != nil {
		s.warn(err, "look up the client")
		return
	}
	already := s.count(who)
	if already >= s.MaxPerKey {
		if s.Verbosity >= 1 {
			s.Inv.Info("%s", who.Refused(already, s.MaxPerKey))
		}
		return
	}
	pid, session, err := s.spawn(conn, who, already)
	if session != nil {
		s.begin(served{who, session})
		return
	}
	if err != nil {
		s.warn(err, "spawn %s", s.Inv.Args[0])
		return
	}
	if pid == 0 {
		return // the commands in front of the program had the last word
	}
	s.children[pid] = served{who, nil}
	s.info("%s", who.Accepted(pid, already+1, s.MaxPerKey))
	s.status()
	s.reaps()
}

// reaps has children reaped when they end. The server that has only sessions does without: they look after theirs.
func (s *Server) reaps() {
	if !s.reaping {
		s.reaping = true
		signal.Notify(s.signals, unix.SIGCHLD)
		s.reap()
	}
}

func (s *Server) count(who Peer) (n int) {
	for _, other := range s.children {
		if other.Key() == who.Key() {
			n++
		}
	}
	return n
}

func (s *Server) spawn(conn connection, who Peer, already int) (pid int, session *Session, err error) {
	st := s.Inv.Proc.Clone()
	defer st.Release()
	for _, n := range []int{0, 1} {
		if err := st.BorrowFD(n, conn.fd); err != nil {
			return 0, nil, err
		}
	}
	st.Env = who.Env(s.Env, already)
	s.waiters.Lock()
	defer s.waiters.Unlock()
	pid, _, err = chain.StartOr(st, s.Inv.Args, func(inv *applet.Invocation) (taken bool) {
		if s.Session != nil && s.Verbosity < 2 { // the log speaks of processes
			session, taken = s.Session(inv, s.waiters.start)
		}
		return taken
	})
	return pid, session, err
}

// signal acts on a signal; stop says to exit.
func (s *Server) signal(sig syscall.Signal) (stop bool) {
	switch sig {
	case unix.SIGCHLD:
		s.reap()
	case unix.SIGTERM:
		s.info("received SIGTERM, quitting")
		return true
	case unix.SIGHUP:
		s.info("received SIGHUP, sending %s to all connections", s.TermCont)
		s.kill(unix.SIGTERM, unix.SIGCONT)
	case unix.SIGQUIT:
		s.info("received SIGQUIT, sending %s to all connections and quitting", s.TermCont)
		s.kill(unix.SIGTERM, unix.SIGCONT)
		return true
	case unix.SIGABRT:
		s.info("received SIGABRT, sending SIGKILL to all connections and quitting")
		s.kill(unix.SIGKILL)
		return true
	}
	return false
}

func (s *Server) kill(signals ...unix.Signal) {
	for pid, child := range s.children {
		if child.session != nil {
			child.session.Stop()
			continue
		}
		for _, sig := range signals {
			unix.Kill(pid, sig)
		}
	}
}

func (s *Server) reap() {
	for {
		pid, status, taken := s.waiters.reap()
		if pid <= 0 {
			return
		}
		who, ours := s.children[pid]
		if taken || !ours {
			continue
		}
		delete(s.children, pid)
		s.info("%s", who.Ended(pid, how(status), s.count(who), s.MaxPerKey))
		s.status()
	}
}

func (s *Server) status() { s.info("status: %d/%d", len(s.children), s.Max) }
