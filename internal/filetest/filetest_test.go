package filetest

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFile makes files of some kinds; each letter is true of those named behind it.
func TestFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, err := range []error{
		os.WriteFile("plain", []byte("x"), 0o644), os.WriteFile("empty", nil, 0o644), os.Mkdir("dir", 0o755),
		os.Symlink("dir", "link"), os.Symlink("nowhere", "dangling"), unix.Mkfifo("fifo", 0o600),
		os.Chmod("plain", 0o644|os.ModeSetuid|os.ModeSetgid), os.Chmod("dir", 0o755|os.ModeSticky),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	names := strings.Fields("plain empty dir link dangling fifo none /dev/null")
	for op, want := range map[byte]string{
		'e': "plain empty dir link fifo /dev/null", 'a': "plain empty dir link fifo /dev/null", 'f': "plain empty", 'd': "dir link",
		'h': "link dangling", 'L': "link dangling", 'p': "fifo", 'c': "/dev/null", 'b': "", 'S': "", 'u': "plain", 'g': "plain", 'k': "dir link",
		'x': "dir link", '?': "",
	} {
		var got []string
		for _, name := range names {
			if File(op, name) {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("-%c: %q, want %q", op, got, want)
		}
	}
	if !File('s', "plain") || File('s', "empty") || !File('O', "plain") || !File('U', "plain") || !File('r', "plain") || !File('w', "plain") {
		t.Error("-s, -O, -U, -r or -w is wrong")
	}
}

func TestCompare(t *testing.T) {
	for op, want := range map[string]string{"-eq": "=", "-ne": "<>", "-lt": "<", "-le": "<=", "-gt": ">", "-ge": ">="} {
		for n, sign := range map[int64]string{1: "<", 2: "=", 3: ">"} {
			if got := Compare(n, op, 2); got != strings.Contains(want, sign) {
				t.Errorf("%d %s 2: %v", n, op, got)
			}
		}
	}
}

func TestLater(t *testing.T) {
	at := func(sec, nsec int64) unix.Timespec {
		return unix.NsecToTimespec(sec*1e9 + nsec)
	}
	if !Later(at(2, 0), at(1, 9)) || !Later(at(1, 2), at(1, 1)) || Later(at(1, 1), at(1, 1)) || Later(at(1, 1), at(2, 0)) {
		t.Error("wrong order")
	}
}
