package unixmessage

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pair returns two connected descriptors.
func pair(t *testing.T) (int, int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fds[0]); unix.Close(fds[1]) })
	return fds[0], fds[1]
}

// conns returns the two sides of a connection, for both ways of waiting.
func conns(t *testing.T, run func(t *testing.T, a, b *Conn)) {
	t.Run("raw", func(t *testing.T) {
		a, b := pair(t)
		run(t, New(a, a), New(b, b))
	})
	t.Run("poller", func(t *testing.T) {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		var c [2]*Conn
		for i, fd := range fds {
			f := os.NewFile(uintptr(fd), "socket")
			t.Cleanup(func() { f.Close() })
			if c[i], err = NewFile(f); err != nil {
				t.Fatal(err)
			}
		}
		run(t, c[0], c[1])
	})
}

// pipes returns n write ends, and the read ends in the same order.
func pipes(t *testing.T, n int) (r, w []int) {
	for range n {
		var p [2]int
		if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		r, w = append(r, p[0]), append(w, p[1])
	}
	t.Cleanup(func() {
		for i := range r {
			unix.Close(r[i])
			unix.Close(w[i])
		}
	})
	return r, w
}

func TestMessages(t *testing.T) {
	conns(t, func(t *testing.T, a, b *Conn) {
		r, w := pipes(t, 5)
		sent := []Message{
			{Data: []byte("first"), FDs: w[:1]},
			{Data: nil, FDs: w[1:3]},
			{Data: bytes.Repeat([]byte("long"), 100000)},
			{Data: []byte("x"), FDs: w[3:]},
			{Data: nil},
		}
		errs := make(chan error, 1)
		go func() {
			for _, m := range sent {
				if err := a.Send(m); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
		next := 0
		for i, want := range sent {
			got, err := b.Receive()
			if err != nil {
				t.Fatalf("message %d: %v", i, err)
			}
			if !bytes.Equal(got.Data, want.Data) || len(got.FDs) != len(want.FDs) {
				t.Fatalf("message %d: %d bytes, %d descriptors", i, len(got.Data), len(got.FDs))
			}
			for _, fd := range got.FDs {
				checkPipe(t, fd, r[next])
				next++
			}
			got.CloseFDs()
		}
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	})
}

func checkPipe(t *testing.T, w, r int) {
	t.Helper()
	flags, err := unix.FcntlInt(uintptr(w), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Fatalf("descriptor %d: flags %#x, %v", w, flags, err)
	}
	if _, err := unix.Write(w, []byte("!")); err != nil {
		t.Fatal(err)
	}
	var buf [2]byte
	if n, err := unix.Read(r, buf[:]); n != 1 || err != nil {
		t.Fatalf("read %d, %v: descriptors are in the wrong order", n, err)
	}
}

// TestCoalesced has two messages with descriptors arrive in one write, as a C program may send them.
func TestCoalesced(t *testing.T) {
	s, d := pair(t)
	_, w := pipes(t, 3)
	bytes := []byte("\x00\x00\x00\x01\x00\x01a\x00\x00\x00\x01\x00\x02b")
	if err := unix.Sendmsg(s, bytes, unix.UnixRights(w...), nil, 0); err != nil {
		t.Fatal(err)
	}
	c := New(d, d)
	for i, want := range []string{"a", "b"} {
		m, err := c.Receive()
		if err != nil || string(m.Data) != want || len(m.FDs) != i+1 {
			t.Fatalf("message %d: %q, %d descriptors, %v", i, m.Data, len(m.FDs), err)
		}
		m.CloseFDs()
	}
}

func TestBadMessages(t *testing.T) {
	tests := []struct {
		name, bytes string
		want        error
	}{
		{"nothing", "", io.EOF},
		{"short header", "\x00\x00", unix.EPIPE},
		{"short payload", "\x00\x00\x00\x05\x00\x00ab", unix.EPIPE},
		{"no payload", "\x00\x00\x00\x05\x00\x00", unix.EPIPE},
		{"too long", "\x00\x00\x10\x00\x00\x00", ErrProtocol},
		{"missing descriptors", "\x00\x00\x00\x00\x00\x01", ErrProtocol},
		{"too many descriptors", "\x00\x00\x00\x00\xff\xff", ErrProtocol},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, d := pair(t)
			unix.Write(s, []byte(tt.bytes))
			unix.Shutdown(s, unix.SHUT_WR)
			c := New(d, d)
			c.Limit(1000)
			if m, err := c.Receive(); err != tt.want {
				t.Errorf("Receive = %v, %v; want %v", m, err, tt.want)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	conns(t, func(t *testing.T, a, b *Conn) {
		b.SetDeadline(time.Now().Add(-time.Second))
		if _, err := b.Receive(); err != unix.ETIMEDOUT {
			t.Errorf("Receive: %v", err)
		}
		b.SetDeadline(time.Time{})
		if err := a.Send(Message{Data: []byte("late")}); err != nil {
			t.Fatal(err)
		}
		if m, err := b.Receive(); err != nil || string(m.Data) != "late" {
			t.Errorf("Receive = %q, %v", m.Data, err)
		}
	})
}

func TestReleaseClosesWhatWasNotTaken(t *testing.T) {
	s, d := pair(t)
	r, w := pipes(t, 1)
	if err := unix.Sendmsg(s, []byte("\x00\x00\x00\x09\x00\x01"), unix.UnixRights(w...), nil, 0); err != nil {
		t.Fatal(err)
	}
	unix.Shutdown(s, unix.SHUT_WR)
	c := New(d, d)
	if _, err := c.Receive(); err != unix.EPIPE {
		t.Fatalf("Receive: %v", err)
	}
	c.Release()
	unix.Close(w[0])
	var buf [1]byte
	if n, err := unix.Read(r[0], buf[:]); n != 0 || err != nil {
		t.Errorf("a write end is still open: %d, %v", n, err)
	}
}

func FuzzReceive(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x01\x00\x00a"))
	f.Add([]byte("\x00\x00\x00\x01\x00\x01a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 10000 {
			return
		}
		s, d := pair(t)
		unix.Write(s, data)
		unix.Shutdown(s, unix.SHUT_WR)
		c := New(d, d)
		total := 0
		for {
			m, err := c.Receive()
			if err != nil {
				break
			}
			total += headerSize + len(m.Data)
		}
		if total > len(data) {
			t.Errorf("%d bytes of messages in %d", total, len(data))
		}
	})
}
