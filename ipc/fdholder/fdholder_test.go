package fdholder

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/tai"
	"s6box/ipc/unixmessage"
)

func everything(string) bool { return true }

var full = Rights{List: true, GetDump: true, SetDump: true, Store: everything, Retrieve: everything}

// connect returns a client of s with those rights, and a channel that gets what Serve returns.
func connect(t *testing.T, s *Server, rights Rights) (*Client, <-chan error) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() {
		served <- s.Serve(unixmessage.New(fds[1], fds[1]), rights, 0)
		unix.Close(fds[1])
	}()
	conn := unixmessage.New(fds[0], fds[0])
	conn.SetTimeout(time.Minute)
	c := &Client{conn, fds[0]}
	t.Cleanup(c.Close)
	return c, served
}

// inode identifies what a descriptor refers to.
func inode(t *testing.T, fd int) string {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(st.Dev, ":", st.Ino)
}

// pipe returns the read end of a new pipe and its identity.
func pipe(t *testing.T) (int, string) {
	t.Helper()
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	unix.Close(p[1])
	t.Cleanup(func() { unix.Close(p[0]) })
	return p[0], inode(t, p[0])
}

func check(t *testing.T, what string, err, want error) {
	t.Helper()
	if err != want {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func list(t *testing.T, c *Client, want ...string) {
	t.Helper()
	got, err := c.List()
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("List = %q, %v; want %q", got, err, want)
	}
}

func TestOperations(t *testing.T) {
	s := NewServer(3)
	defer s.Close()
	c, served := connect(t, s, full)
	list(t, c)
	fd, id := pipe(t)
	check(t, "store a", c.Store(fd, "a", Never()), nil)
	check(t, "store a again", c.Store(fd, "a", Never()), unix.EBUSY)
	check(t, "store empty", c.Store(fd, "", Never()), unix.EINVAL)
	check(t, "store long", c.Store(fd, strings.Repeat("x", 256), Never()), unix.ENAMETOOLONG)
	check(t, "store b", c.Store(fd, "b\nb", Never()), nil)
	check(t, "store longest", c.Store(fd, strings.Repeat("x", 255), Never()), nil)
	check(t, "store too many", c.Store(fd, "d", Never()), unix.ENFILE)
	list(t, c, "a", "b\nb", strings.Repeat("x", 255))

	got, err := c.Retrieve("a", false)
	if err != nil || inode(t, got) != id {
		t.Fatalf("Retrieve: %v", err)
	}
	unix.Close(got)
	if got, err = c.Retrieve("a", true); err != nil || inode(t, got) != id {
		t.Fatalf("Retrieve and delete: %v", err)
	}
	unix.Close(got)
	_, err = c.Retrieve("a", false)
	check(t, "retrieve deleted", err, unix.ENOENT)
	check(t, "delete", c.Delete("b\nb"), nil)
	check(t, "delete again", c.Delete("b\nb"), unix.ENOENT)
	list(t, c, strings.Repeat("x", 255))
	c.Close()
	c.fd = -1
	check(t, "Serve", <-served, nil)
}

func TestRights(t *testing.T) {
	s := NewServer(10)
	defer s.Close()
	owner, _ := connect(t, s, full)
	fd, _ := pipe(t)
	for _, id := range []string{"s", "r", "sr", "none"} {
		check(t, "store "+id, owner.Store(fd, id, Never()), nil)
	}
	has := func(letter string) func(string) bool {
		return func(id string) bool { return strings.Contains(id, letter) && id != "none" }
	}
	c, _ := connect(t, s, Rights{Store: has("s"), Retrieve: has("r")})
	for _, tt := range []struct {
		id               string
		get, take, store error
	}{
		{"s", unix.EPERM, unix.EPERM, unix.EBUSY},
		{"r", nil, unix.EPERM, unix.EPERM},
		{"none", unix.EPERM, unix.EPERM, unix.EPERM},
		{"sr", nil, nil, nil},
	} {
		for _, del := range []bool{false, true} {
			fd, err := c.Retrieve(tt.id, del)
			want := tt.get
			if del {
				want = tt.take
			}
			check(t, fmt.Sprint("retrieve ", tt.id, " ", del), err, want)
			if err == nil {
				unix.Close(fd)
			}
		}
		check(t, "store "+tt.id, c.Store(fd, tt.id, Never()), tt.store)
	}
	check(t, "delete r", c.Delete("r"), unix.EPERM)
	_, err := c.List()
	check(t, "list", err, unix.EPERM)
	_, err = c.GetDump()
	check(t, "get dump", err, unix.EPERM)
	check(t, "set dump", c.SetDump(nil), unix.EPERM)
}

// TestDump moves more descriptors than fit into a message from one server to another.
func TestDump(t *testing.T) {
	const n = 2*unixmessage.MaxFDs + 7
	from, to := NewServer(n), NewServer(n)
	defer from.Close()
	defer to.Close()
	a, _ := connect(t, from, full)
	b, _ := connect(t, to, full)
	identities := make(map[string]string)
	limit := tai.Now().Add(time.Hour)
	for i := range n {
		fd, id := pipe(t)
		name := fmt.Sprint("fd", i)
		identities[name] = id
		if err := a.Store(fd, name, limit); err != nil {
			t.Fatal(err)
		}
	}
	old, _ := pipe(t)
	check(t, "store", b.Store(old, "fd3", Never()), nil)
	entries, err := a.GetDump()
	if err != nil || len(entries) != n {
		t.Fatalf("GetDump: %d entries, %v", len(entries), err)
	}
	check(t, "SetDump", b.SetDump(entries), nil)
	closeEntries(entries)
	if to.Len() != n {
		t.Errorf("%d descriptors arrived", to.Len())
	}
	copied, err := b.GetDump()
	if err != nil {
		t.Fatal(err)
	}
	defer closeEntries(copied)
	for _, e := range copied {
		if inode(t, e.FD) != identities[e.ID] || e.Limit != limit {
			t.Errorf("%s is something else", e.ID)
		}
	}
	more, _ := pipe(t)
	check(t, "SetDump of one too many", b.SetDump([]Entry{{"more", more, Never()}}), unix.ENFILE)
	check(t, "SetDump of nothing", b.SetDump(nil), nil)
}

func TestLimit(t *testing.T) {
	s := NewServer(2)
	defer s.Close()
	c, _ := connect(t, s, full)
	fd, _ := pipe(t)
	check(t, "store", c.Store(fd, "never", Never()), nil)
	if _, ok := s.Expire(); ok {
		t.Error("something is about to expire")
	}
	check(t, "store", c.Store(fd, "later", tai.Now().Add(time.Hour)), nil)
	if left, ok := s.Expire(); !ok || left <= 0 || left > time.Hour {
		t.Errorf("the next expires in %v, %v", left, ok)
	}
	check(t, "delete", c.Delete("later"), nil)
	check(t, "store", c.Store(fd, "gone", tai.Now()), nil)
	list(t, c, "never")
	if s.Len() != 1 {
		t.Errorf("%d held", s.Len())
	}
}

// TestMalformed has a client send nonsense: the server ends the connection, and keeps nothing of it.
func TestMalformed(t *testing.T) {
	limit := make([]byte, tai.Size)
	store := func(id string) string { return "S" + string(limit) + id }
	for _, tt := range []struct {
		name, data string
		fds        int
	}{
		{"empty", "", 0}, {"unknown", "x", 0}, {"list with more", "Lx", 0}, {"dump with more", "?x", 0},
		{"store without descriptor", store("\x01a\x00"), 0}, {"store two", store("\x01a\x00"), 2},
		{"store without NUL", store("\x01ab"), 1}, {"store empty", store("\x00\x00"), 1},
		{"store short", "S123", 1}, {"store long", store("\x01a\x00x"), 1},
		{"delete with descriptor", "D\x01a\x00", 1}, {"delete short", "D\x05a\x00", 0},
		{"retrieve flag", "R\x02\x01a\x00", 0}, {"retrieve nothing", "R", 0},
		{"part of no dump", ".", 0}, {"short dump", "!\x00", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := NewServer(10)
			c, served := connect(t, s, full)
			m := unixmessage.Message{Data: []byte(tt.data)}
			for range tt.fds {
				fd, _ := pipe(t)
				m.FDs = append(m.FDs, fd)
			}
			if err := c.conn.Send(m); err != nil {
				t.Fatal(err)
			}
			check(t, "Serve", <-served, errMalformed)
			if s.Len() != 0 {
				t.Errorf("%d held", s.Len())
			}
		})
	}
}

// TestLeave ends the service of a client that is between two requests.
func TestLeave(t *testing.T) {
	s := NewServer(10)
	c, served := connect(t, s, full)
	list(t, c)
	s.Leave()
	check(t, "Serve", <-served, nil)
	_, err := c.List()
	check(t, "list", err, unix.EPIPE)
	_, served = connect(t, s, full)
	check(t, "Serve of a late client", <-served, nil)
}
