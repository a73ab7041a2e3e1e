package sys

import (
	"os"
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
