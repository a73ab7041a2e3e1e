package sys

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestCopyAndRemoveTree(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, err := range []error{
		os.MkdirAll("a/b/c", 0o755), os.Chmod("a/b", 0o2750), os.WriteFile("a/f", make([]byte, 40000), 0o600),
		os.WriteFile("a/b/x", []byte("x"), 0o755), os.Symlink("../f", "a/b/l"), os.Symlink("nowhere", "a/dangling"),
		Mkfifo(AT, "a/p", 0o640), os.WriteFile("a/b/c/empty", nil, 0o444),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := CopyTree(AT, "a", AT, "z"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "/b", "/b/c", "/f", "/b/x", "/b/l", "/dangling", "/p", "/b/c/empty"} {
		var a, z unix.Stat_t
		if err := unix.Lstat("a"+name, &a); err != nil {
			t.Fatal(err)
		}
		if err := unix.Lstat("z"+name, &z); err != nil || a.Mode != z.Mode || a.Uid != z.Uid || (a.Size != z.Size && a.Mode&unix.S_IFDIR == 0) {
			t.Errorf("%s: %v, mode %o, want %o", name, err, z.Mode, a.Mode)
		}
	}
	if err := CopyTree(AT, "a", AT, "z"); err != unix.EEXIST {
		t.Errorf("a name that is taken: %v", err)
	}
	os.Mkdir("keep", 0o755)
	os.WriteFile("keep/me", nil, 0o644)
	os.Symlink("../keep", "z/b/out")
	if err := RemoveAll(AT, "z"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat("z"); !os.IsNotExist(err) {
		t.Error("z is still there: ", err)
	}
	if _, err := os.Stat("keep/me"); err != nil {
		t.Error("removed through a link: ", err)
	}
	if err := RemoveAll(AT, "never"); err != nil {
		t.Error(err)
	}
}

// Whatever is there makes way, and is gone with all it held.
func TestReplaceTree(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, old := range []string{"nothing", "file", "empty", "full", "link"} {
		for _, fresh := range []string{"fresh file", "fresh dir"} {
			switch old {
			case "file":
				write(old)
			case "full":
				os.Mkdir(old, 0o700)
				write("full/old")
			case "empty":
				os.Mkdir(old, 0o700)
			case "link":
				os.Symlink("fresh", old)
			}
			mark := fresh
			if fresh == "fresh dir" {
				os.Mkdir(fresh, 0o700)
				mark = fresh + "/in"
			}
			write(mark)
			if err := ReplaceTree(AT, fresh, old); err != nil {
				t.Errorf("%s by %s: %v", old, fresh, err)
			}
			if _, err := os.ReadFile(old + strings.TrimPrefix(mark, fresh)); err != nil {
				t.Errorf("%s by %s: %v", old, fresh, err)
			}
			if names, _ := ReadDir(AT, "."); len(names) != 1 {
				t.Errorf("%s by %s left %q", old, fresh, names)
			}
			RemoveAll(AT, old)
		}
	}
	write("fresh")
	if err := ReplaceTree(AT, "fresh", "none/there"); err != unix.ENOENT {
		t.Errorf("into nowhere: %v", err)
	}
	if ok, err := Exists(AT, "fresh"); !ok {
		t.Errorf("what could not be placed is gone: %v", err)
	}
}
