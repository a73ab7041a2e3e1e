package sudo

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/ipc/unixmessage"
)

// pair returns both sides of a connection, and the server's descriptor.
func pair(t *testing.T) (client, server *unixmessage.Conn, serverFD int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fds[0]); unix.Close(fds[1]) })
	client, server = unixmessage.New(fds[0], fds[0]), unixmessage.New(fds[1], fds[1])
	client.SetTimeout(time.Minute)
	server.SetTimeout(time.Minute)
	return client, server, fds[1]
}

func TestSession(t *testing.T) {
	client, server, _ := pair(t)
	request := Request{
		Args: []string{"a", "", "two words"},
		Env:  []string{"A=1", "NOVALUE", "B=", "C=x=y"},
		FDs:  [3]int{0, 1, 2},
	}
	type outcome struct {
		status proc.Status
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		if err := Call(client, request); err != nil {
			done <- outcome{0, err}
			return
		}
		status, err := Result(client)
		done <- outcome{status, err}
	}()
	got, err := Accept(server)
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range got.FDs {
		unix.Close(fd)
	}
	if !slices.Equal(got.Args, request.Args) || !slices.Equal(got.Env, []string{"A=1", "B=", "C=x=y"}) {
		t.Errorf("request %q %q", got.Args, got.Env)
	}
	Started(server)
	if err := server.Settle(); err != nil {
		t.Fatal(err)
	}
	if err := Ended(server, proc.Exited(3)); err != nil {
		t.Fatal(err)
	}
	if o := <-done; o.err != nil || o.status != proc.Exited(3) {
		t.Errorf("client: %v, %v", o.status, o.err)
	}
}

func TestRefused(t *testing.T) {
	client, server, _ := pair(t)
	done := make(chan error, 1)
	go func() { done <- Call(client, Request{FDs: [3]int{0, 1, 2}}) }()
	r, err := Accept(server)
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range r.FDs {
		unix.Close(fd)
	}
	Refuse(server, unix.ENOMEM)
	var refused *RefusedError
	if err := <-done; !errors.As(err, &refused) || refused.Errno != unix.ENOMEM {
		t.Errorf("Call: %v", err)
	}
}

func message(banner string, argc, envc, argl, envl uint32, body string) []byte {
	p := []byte(banner)
	for _, n := range []uint32{argc, envc, argl, envl} {
		p = binary.BigEndian.AppendUint32(p, n)
	}
	return append(p, body...)
}

func TestBadRequests(t *testing.T) {
	three := []int{0, 1, 2}
	for _, tt := range []struct {
		name string
		data []byte
		fds  []int
		want error
	}{
		{"empty", nil, three, ErrClientBanner},
		{"short", []byte(clientBanner), three, ErrClientBanner},
		{"banner", message("s6-sudo x v1.0\n", 0, 0, 0, 0, ""), three, ErrClientBanner},
		{"two descriptors", message(clientBanner, 0, 0, 0, 0, ""), three[:2], ErrFDs},
		{"none", message(clientBanner, 0, 0, 0, 0, ""), nil, ErrFDs},
		{"lengths", message(clientBanner, 1, 0, 3, 0, "a\x00"), three, ErrLengths},
		{"overflow", message(clientBanner, 1, 0, 0xffffffff, 3, "a\x00"), three, ErrLengths},
		{"count", message(clientBanner, 2, 0, 2, 0, "a\x00"), three, unix.EINVAL},
		{"no NUL", message(clientBanner, 1, 0, 1, 0, "a"), three, unix.EINVAL},
		{"variables", message(clientBanner, 0, 0, 0, 4, "A=1\x00"), three, unix.EINVAL},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, server, _ := pair(t)
			if err := client.Send(unixmessage.Message{Data: tt.data, FDs: tt.fds}); err != nil {
				t.Fatal(err)
			}
			if r, err := Accept(server); err != tt.want {
				t.Errorf("Accept = %+v, %v; want %v", r, err, tt.want)
			}
		})
	}
}

func TestBadServers(t *testing.T) {
	for _, tt := range []struct {
		name, says string
		want       error
	}{
		{"silent", "", ErrNoServer},
		{"short", "s6-sudo", ErrNoServer},
		{"other", "s6-sudo c v1.0\n", ErrServerBanner},
		{"gone", ServerBanner, unix.EPIPE},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, server, fd := pair(t)
			server.Write([]byte(tt.says))
			done := make(chan error, 1)
			go func() { done <- Call(client, Request{FDs: [3]int{0, 1, 2}}) }()
			if tt.name == "gone" {
				m, err := server.Receive()
				if err != nil {
					t.Fatal(err)
				}
				m.CloseFDs()
			}
			unix.Shutdown(fd, unix.SHUT_WR)
			if err := <-done; err != tt.want {
				t.Errorf("Call: %v, want %v", err, tt.want)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	r := Request{Env: []string{"EMPTY=client", "FULL=client", "NEW=client", "BOTH="}}
	got := r.Environment(proc.Env{"EMPTY=", "FULL=server", "ODD", "BOTH=", "ALONE="})
	want := proc.Env{"EMPTY=client", "FULL=server", "ODD", "BOTH=", "ALONE="}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
