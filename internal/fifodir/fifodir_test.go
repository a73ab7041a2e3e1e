package fifodir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

func mode(t *testing.T, path string) uint32 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		t.Fatal(err)
	}
	return st.Mode & 0o7777
}

func TestMake(t *testing.T) {
	t.Chdir(t.TempDir())
	gid := os.Getegid()
	for _, c := range []struct {
		gid   int
		force bool
		want  uint32
	}{
		{Public, false, 0o1733},
		{gid, false, 0o1733}, // left as it was
		{gid, true, 0o3730},
		{Public, true, 0o1733},
	} {
		if err := Make(sys.AT, "d", c.gid, c.force); err != nil {
			t.Fatal(err)
		}
		if got := mode(t, "d"); got != c.want {
			t.Errorf("gid %d, force %v: mode %o, want %o", c.gid, c.force, got, c.want)
		}
	}
	os.WriteFile("file", nil, 0o600)
	if err := Make(sys.AT, "file", Public, false); err != unix.ENOTDIR {
		t.Errorf("a file in the way: %v", err)
	}
	if err := Make(sys.AT, "none/d", Public, false); err != unix.ENOENT {
		t.Errorf("no parent: %v", err)
	}
}

func fifos(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("d")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func expect(t *testing.T, l *Listener, want string) {
	t.Helper()
	buf := make([]byte, 64)
	n, err := l.Read(buf)
	if err != nil || string(buf[:n]) != want {
		t.Errorf("read %q, %v, want %q", buf[:n], err, want)
	}
}

func TestNotify(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := Make(sys.AT, "d", Public, false); err != nil {
		t.Fatal(err)
	}
	defer unix.Umask(unix.Umask(0o077))
	a, err := Subscribe(sys.AT, "d")
	if err != nil {
		t.Fatal(err)
	}
	dirfd, err := sys.Open(sys.AT, ".", unix.O_PATH, 0)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Subscribe(dirfd, "d")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range fifos(t) {
		if len(name) != 39 || !strings.HasPrefix(name, "ftrig1:@") || mode(t, "d/"+name) != 0o622 {
			t.Errorf("%s has mode %o", name, mode(t, "d/"+name))
		}
	}
	expect(t, a, "")
	for _, event := range []string{"u", "dD"} {
		if n, err := Notify(dirfd, "d", event); n != 2 || err != nil {
			t.Fatalf("Notify: %d, %v", n, err)
		}
	}
	expect(t, a, "udD")
	a.Release()
	a.Release()
	if n, err := Notify(sys.AT, "d", "x"); n != 1 || err != nil {
		t.Errorf("Notify: %d, %v", n, err)
	}
	expect(t, b, "udDx")
	if _, err := Notify(sys.AT, "none", "x"); err != unix.ENOENT {
		t.Errorf("no directory: %v", err)
	}
	if left := fifos(t); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

// A full fifo loses the event and keeps its listener; a stale one goes.
func TestFullAndStale(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := Make(sys.AT, "d", Public, false); err != nil {
		t.Fatal(err)
	}
	full, err := Subscribe(sys.AT, "d")
	if err != nil {
		t.Fatal(err)
	}
	defer full.Release()
	for _, err = unix.Write(full.fd, make([]byte, 4096)); err == nil; {
		_, err = unix.Write(full.fd, make([]byte, 4096))
	}
	stale, err := Subscribe(sys.AT, "d")
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(stale.fd)
	if err := sys.Mkfifo(sys.AT, "d/ftrig1-short", 0o622); err != nil {
		t.Fatal(err)
	}
	if n, err := Notify(sys.AT, "d", "u"); n != 0 || err != nil {
		t.Errorf("Notify: %d, %v", n, err)
	}
	if left := fifos(t); len(left) != 2 {
		t.Errorf("left: %v", left)
	}
	if err := Clean(sys.AT, "d"); err != nil {
		t.Fatal(err)
	}
	if left := fifos(t); len(left) != 2 || left[1] != filepath.Base(full.file) { // short is nobody's
		t.Errorf("left after Clean: %v", left)
	}
}

// What somebody else plants among the fifos is not written to.
func TestPlanted(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := Make(sys.AT, "d", Public, false); err != nil {
		t.Fatal(err)
	}
	os.WriteFile("victim", []byte("safe"), 0o600)
	if err := sys.Mkfifo(sys.AT, "pipe", 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, err := sys.Open(sys.AT, "pipe", unix.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	name := func(c string) string { return "d/ftrig1:@" + strings.Repeat("0", 24) + ":XXXXX" + c }
	if err := os.Symlink("../victim", name("1")); err != nil {
		t.Fatal(err)
	}
	if err := os.Link("victim", name("2")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../pipe", name("3")); err != nil {
		t.Fatal(err)
	}
	if n, err := Notify(sys.AT, "d", "u"); n != 0 || err != nil {
		t.Errorf("Notify: %d, %v", n, err)
	}
	if got, _ := os.ReadFile("victim"); string(got) != "safe" {
		t.Errorf("the victim holds %q", got)
	}
	if _, err := unix.Read(pipe, make([]byte, 1)); err != unix.EAGAIN {
		t.Errorf("an event went through a link: %v", err)
	}
}

func BenchmarkNotify100(b *testing.B) {
	b.Chdir(b.TempDir())
	if err := Make(sys.AT, "d", Public, false); err != nil {
		b.Fatal(err)
	}
	var all []*Listener
	for range 100 {
		l, err := Subscribe(sys.AT, "d")
		if err != nil {
			b.Fatal(err)
		}
		defer l.Release()
		all = append(all, l)
	}
	buf := make([]byte, 64)
	for b.Loop() {
		if n, err := Notify(sys.AT, "d", "u"); n != 100 || err != nil {
			b.Fatal(n, err)
		}
		for _, l := range all {
			l.Read(buf)
		}
	}
}
