package dnsclient

import (
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/networking/dns"
)

var cmdSkadnsd = applet.Applet{
	Name: "skadnsd",
	Help: `Looks up names for a program that uses the C library libskadns, which starts it: the program writes its questions to
stdin. It can also serve a Unix socket, with s6-ipcserver, where such programs connect. Nothing here needs it: s6-dnsip4-filter
and the others look up by themselves.
` + caches + `
Exit codes: 0 at the end of stdin, 100 what comes is no question, 111 a system call failed.

Example: s6-ipcserver /run/skadns skadnsd
`,
	Run: runSkadnsd,
}

// The greetings of the program and of the daemon.
const (
	helloClient = "skadns v1.0 (b)\n"
	helloServer = "skadns v1.0 (a)\n"
)

const spawnedFDs = "SKALIBS_CHILD_SPAWN_FDS" // the descriptor for what was not asked for at this moment

func runSkadnsd(inv *applet.Invocation) error {
	if err := inv.Proc.Own(); err != nil {
		return err
	}
	resolver, err := dns.Open(inv, false)
	if err != nil {
		return err
	}
	s := &resolverSession{in: inv.Proc.Stdin(), resolver: resolver, queries: map[uint16]*dns.Query{}}
	s.replies.fd = int(inv.Proc.Stdout())
	if err := s.greet(inv); err != nil {
		return applet.System(err, "sync with client")
	}
	return s.run()
}

// greet takes the greeting of the program, has a descriptor for answers, and greets on both.
func (s *resolverSession) greet(inv *applet.Invocation) error {
	deadline := sys.Deadline(2000)
	for {
		hello, whole, err := s.message()
		if err != nil || whole && string(hello) != helloClient {
			return unix.EPROTO
		}
		if whole {
			break
		}
		if err := sys.WaitFD(int(s.in), unix.POLLIN, deadline); err != nil {
			return err
		}
		if err := s.read(); err == io.EOF {
			return unix.EPIPE
		} else if err != nil {
			return err
		}
	}
	if err := s.open(inv); err != nil {
		return err
	}
	s.answers.add([]byte(helloServer))
	s.replies.add([]byte(helloServer))
	return nil
}

// open has a descriptor for answers: one that was inherited, or a pipe of which the program gets the end through its socket.
func (s *resolverSession) open(inv *applet.Invocation) error {
	if list, ok := inv.Proc.Env.Get(spawnedFDs); ok {
		first, _, _ := strings.Cut(list, ",")
		n, err := strconv.Atoi(first)
		if err != nil {
			return unix.EINVAL
		}
		s.answers.fd, err = inv.Proc.FD(n)
		return err
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return err
	}
	s.answers.fd = pipe[1]
	defer unix.Close(pipe[0])
	if err := unix.SetNonblock(pipe[0], true); err != nil { // as the library wants it
		return err
	}
	return unix.Sendmsg(s.replies.fd, []byte{'|'}, unix.UnixRights(pipe[0]), nil, unix.MSG_NOSIGNAL)
}

// outlet is a descriptor for messages, and those that it has no room for yet.
type outlet struct {
	fd      int
	pending []byte
}

func (o *outlet) add(msg []byte) {
	size := len(msg)
	o.pending = append(append(o.pending, byte(size>>24), byte(size>>16), byte(size>>8), byte(size)), msg...)
}

// flush writes as much as there is room for. The descriptor may be blocking, and shared with others who want it so: there is
// room for sizeAtOnce bytes when it is ready.
func (o *outlet) flush() error {
	const sizeAtOnce = 512
	for len(o.pending) > 0 {
		fds := []unix.PollFd{{Fd: int32(o.fd), Events: unix.POLLOUT}}
		if n, err := sys.Poll(fds, time.Now()); err != nil || n == 0 {
			return err
		}
		n, err := proc.FD(o.fd).Write(o.pending[:min(len(o.pending), sizeAtOnce)])
		o.pending = o.pending[n:]
		if err != nil {
			return err
		}
	}
	return nil
}
