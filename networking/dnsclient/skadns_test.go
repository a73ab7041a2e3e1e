package dnsclient

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/dnstest"
	"s6box/internal/inet"
	"s6box/internal/proc"
	"s6box/internal/tai"
	"s6box/networking/dns"
)

// A program that comes by a socket gets a descriptor for answers by it, which is non-blocking, as the library wants it.
func TestSkadnsBySocket(t *testing.T) {
	zone, err := dnstest.Parse("a.test. A 192.0.2.1\n")
	if err != nil {
		t.Fatal(err)
	}
	server := dnstest.New(zone)
	defer server.Close()
	address, err := server.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(pair[1]), "socket")
	conn, err := net.FileConn(file)
	file.Close()
	if err != nil {
		t.Fatal(err)
	}
	sock := conn.(*net.UnixConn)
	defer sock.Close()
	sock.SetDeadline(time.Now().Add(time.Minute))

	at, ok := inet.ParseAddrPort(address)
	if !ok {
		t.Fatal(address)
	}
	servers := []inet.AddrPort{at}
	s := &resolverSession{in: proc.FD(pair[0]), resolver: &dns.Resolver{Servers: servers}, queries: map[uint16]*dns.Query{}}
	s.replies.fd = pair[0]
	ended := make(chan error, 1)
	go func() {
		err := s.greet(applet.New(&cmdSkadnsd, []string{"skadnsd"}, proc.New(nil)))
		if err == nil {
			err = s.run()
		}
		ended <- err
	}()

	send := func(msg string) { sock.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(msg))), msg...)) }
	send(helloClient)
	answers := receiveFD(t, sock)
	defer answers.Close()
	if got := readMessage(t, answers); got != helloServer {
		t.Fatalf("greeting %q", got)
	}
	if got := readMessage(t, sock); got != helloServer {
		t.Fatalf("greeting %q", got)
	}
	limit := tai.Now().Add(time.Hour).Pack()
	const questions = 20
	for i := range questions {
		send(string([]byte{0, byte(i), 'Q', 0, 1}) + string(limit[:]) + "\x01A\x04test\x00")
		if got := readMessage(t, sock); got != "\x00" {
			t.Fatalf("reply %q", got)
		}
	}
	for range questions {
		got := readMessage(t, answers)
		if len(got) < 3 || got[2] != 0 || got[len(got)-4:] != "\xc0\x00\x02\x01" {
			t.Errorf("answer %q", got)
		}
	}
	sock.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func receiveFD(t *testing.T, sock *net.UnixConn) *os.File {
	data, oob := make([]byte, 1), make([]byte, 64)
	_, n, _, _, err := sock.ReadMsgUnix(data, oob)
	if err != nil || data[0] != '|' {
		t.Fatalf("%q, error %v", data, err)
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:n])
	if err != nil || len(msgs) != 1 {
		t.Fatal(msgs, err)
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(fds) != 1 {
		t.Fatal(fds, err)
	}
	if flags, err := unix.FcntlInt(uintptr(fds[0]), unix.F_GETFL, 0); err != nil || flags&unix.O_NONBLOCK == 0 {
		t.Errorf("descriptor with flags %#o, error %v", flags, err)
	}
	return os.NewFile(uintptr(fds[0]), "answers")
}

func readMessage(t *testing.T, r io.Reader) string {
	t.Helper()
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		t.Fatal(err)
	}
	msg := make([]byte, binary.BigEndian.Uint32(size[:]))
	if _, err := io.ReadFull(r, msg); err != nil {
		t.Fatal(err)
	}
	return string(msg)
}

// A program that asks too much at a time is told so; what it leaves unread does not grow for ever.
func TestSkadnsLimits(t *testing.T) {
	s := &resolverSession{resolver: &dns.Resolver{}, queries: map[uint16]*dns.Query{}}
	limit := tai.Now().Pack()
	for i := range mostQuestions + 1 {
		msg := binary.BigEndian.AppendUint16(nil, uint16(i))
		msg = append(append(append(msg, 'Q', 0, 1), limit[:]...), 0)
		want := unix.Errno(0)
		if i == mostQuestions {
			want = unix.ENFILE
		}
		if got := s.ask(uint16(i), msg); got != want {
			t.Fatalf("question %d: %v", i, got)
		}
	}
	s.answers.pending = make([]byte, mostPending+1)
	if fds := s.waitFor(); fds[0].Fd != -1 || fds[2].Events != unix.POLLOUT {
		t.Errorf("waits for %v", fds)
	}
}
