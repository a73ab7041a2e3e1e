package sys

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

func TestReplaceFile(t *testing.T) {
	t.Chdir(t.TempDir())
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("safe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, "f.new"); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{"one", "", strings.Repeat("long", 5000)} {
		if err := ReplaceFile(AT, "f", []byte(data), 0o640); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadFile(AT, "f", 1<<20); err != nil || string(got) != data {
			t.Errorf("got %d bytes, %v, want %d", len(got), err, len(data))
		}
	}
	if got, _ := os.ReadFile(victim); string(got) != "safe" {
		t.Error("wrote through a link in place of the temporary file")
	}
	if st, _ := os.Stat("f"); st.Mode().Perm()&0o137 != 0 {
		t.Errorf("mode %v", st.Mode())
	}
	if err := ReplaceFile(AT, "none/f", nil, 0o600); err != unix.ENOENT {
		t.Errorf("no directory: %v", err)
	}
	if got, err := ReadFile(AT, "f", 7); err != nil || string(got) != "longlon" {
		t.Errorf("bounded read: %q, %v", got, err)
	}
}

func TestReplaceSymlink(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("d", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"d", "elsewhere", "d"} {
		if err := ReplaceSymlink(target, AT, "link"); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.Readlink("link"); got != target {
			t.Errorf("got %s, want %s", got, target)
		}
	}
	if err := ReplaceSymlink("x", AT, "d"); err == nil {
		t.Error("replaced a directory")
	}
	if err := os.Symlink("of a killed process", TempPrefix+"link"); err != nil {
		t.Fatal(err)
	}
	if err := ReplaceSymlink("after", AT, "link"); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("n", unix.NAME_MAX)
	for range 2 {
		if err := ReplaceSymlink("x", AT, long); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := filepath.Glob("*:*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if left, _ := filepath.Glob(".*:*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestReplaceTogether has several replace the same link at the same time: nobody fails, and it is always there.
func TestReplaceTogether(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Symlink("x", "link"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				if err := ReplaceSymlink("x", AT, "link"); err != nil {
					t.Error(err)
				}
				if _, err := os.Readlink("link"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestDraft(t *testing.T) {
	t.Chdir(t.TempDir())
	one, fd, err := Draft("it:", 0o755)
	if err != nil {
		t.Fatal(err)
	}
	two, other, err := Draft("it:", 0o750)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(other)
	if st, err := os.Stat(two); err != nil || st.Mode().Perm() != 0o750 {
		t.Error(st, err)
	}
	for _, dir := range []string{"it:sevenss", "it:six", "at:sixsix", "it:sixsix", "it:kept-1"} {
		os.Mkdir(dir, 0o755)
	}
	os.Mkdir(one+"/full", 0o755)
	left := func() string {
		found, _ := filepath.Glob("*")
		return strings.Join(found, " ")
	}
	keep := func(path string) bool { return path == "it:kept-1" }
	Abandoned("it:", keep)
	for _, there := range []string{one, two, "it:sevenss", "it:six", "at:sixsix", "it:kept-1"} {
		if !strings.Contains(left(), there) {
			t.Errorf("%s is gone", there)
		}
	}
	if _, err := os.Stat("it:sixsix"); err == nil {
		t.Error("what nobody works on is still there")
	}
	unix.Close(fd)
	Abandoned("it:", keep)
	if _, err := os.Stat(one); err == nil {
		t.Error("what nobody works on any more is still there")
	}
	if _, err := os.Stat(two); err != nil {
		t.Error(err)
	}
	if _, _, err := Draft("none/it:", 0o755); err != unix.ENOENT {
		t.Error(err)
	}
}

func TestReadUint(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		text string
		want uint64
		err  error
	}{
		{"3\n", 3, nil}, {"3", 3, nil}, {"4294967295\nmore", 4294967295, nil},
		{"", 9, unix.EINVAL}, {"\n", 9, unix.EINVAL}, {"-1", 9, unix.EINVAL}, {"3 ", 9, unix.EINVAL}, {"42949672960", 9, unix.EINVAL},
	} {
		if err := os.WriteFile("f", []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if n, err := ReadUint(AT, "f", 9); n != c.want || err != c.err {
			t.Errorf("%q: %d, %v", c.text, n, err)
		}
	}
	if n, err := ReadUint(AT, "none", 9); n != 9 || err != nil {
		t.Errorf("absent: %d, %v", n, err)
	}
}

func TestLock(t *testing.T) {
	t.Chdir(t.TempDir())
	open := func() int {
		fd, err := Open(AT, "lock", unix.O_RDWR|unix.O_CREAT, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		return fd
	}
	a, b := open(), open()
	want := func(held bool) {
		t.Helper()
		if got, err := Locked(b); err != nil || got != held {
			t.Errorf("Locked = %v, %v, want %v", got, err, held)
		}
	}
	want(false)
	if err := Lock(a); err != nil {
		t.Fatal(err)
	}
	want(true)
	if err := Lock(b); err != unix.EAGAIN && err != unix.EACCES {
		t.Errorf("second lock: %v", err)
	}
	unix.Close(open()) // a process lock would be gone now
	want(true)
	unix.Close(a)
	want(false)
	a = open()
	if err := errors.Join(lockShared(a), lockShared(b)); err != nil {
		t.Errorf("two shared locks: %v", err)
	}
	want(false)
}

func TestFifo(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := errors.Join(Mkfifo(AT, "fifo", 0o600), Mkfifo(AT, "fifo", 0o600)); err != nil {
		t.Fatal(err)
	}
	os.WriteFile("file", []byte("kept"), 0o600)
	os.Mkdir("dir", 0o700)
	os.Symlink("fifo", "link")
	if err := Mkfifo(AT, "file", 0o600); err != ErrNotFifo {
		t.Errorf("a file in the way: %v", err)
	}
	if err := WriteFifo(AT, "fifo", []byte("a")); err != unix.ENXIO {
		t.Errorf("nobody reads: %v", err)
	}
	for _, name := range []string{"file", "dir"} {
		if err := WriteFifo(AT, name, []byte("a")); err != ErrNotFifo {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, _ := os.ReadFile("file"); string(got) != "kept" {
		t.Errorf("the file holds %q", got)
	}
	if err := SendFifo(AT, []byte("link\x00"), nil, unix.O_NOFOLLOW); err != unix.ELOOP {
		t.Errorf("a link: %v", err)
	}
	r, err := Open(AT, "fifo", unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(WriteFifo(AT, "fifo", []byte("hello")), WriteFifo(AT, "link", nil)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 9)
	if n, err := unix.Read(r, buf); err != nil || string(buf[:n]) != "hello" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	w, err := Open(AT, "fifo", unix.O_WRONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(r)
	WithoutSIGPIPE(func() {
		if err := writeOnce(uintptr(w), []byte("x")); err != unix.EPIPE {
			t.Errorf("reader gone: %v", err)
		}
	})
}

func TestUnique(t *testing.T) {
	a, b := Unique("x:"), Unique("x:")
	if len(a) != 2+suffixLen || a == b || !strings.HasPrefix(a, "x:") {
		t.Errorf("%q, %q", a, b)
	}
}
