package sys

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/needs"
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

// What acts as its owner does not act as whoever copies it.
func TestCopySetuid(t *testing.T) {
	needs.Root(t) // to have another user's file
	t.Chdir(t.TempDir())
	const other = 65534
	for _, err := range []error{
		os.WriteFile("f", nil, 0o755), unix.Chmod("f", 0o6755), os.Mkdir("d", 0o777), unix.Chmod("d", 0o2777), os.Mkdir("to", 0o777), unix.Chmod("to", 0o777),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	runtime.LockOSThread()
	if _, err := unix.SetfsuidRetUid(other); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]uint32{"f": 0o755, "d": 0o2777} {
		var st unix.Stat_t
		if err := CopyTree(AT, name, AT, "to/"+name); err != nil {
			t.Error(err)
		} else if err := unix.Stat("to/"+name, &st); err != nil || st.Uid != other || st.Mode&0o7777 != want {
			t.Errorf("%s: uid %d, mode %o, want %o, %v", name, st.Uid, st.Mode&0o7777, want, err)
		}
	}
	unix.Setfsuid(0)
	runtime.UnlockOSThread()
	if err := CopyTree(AT, "f", AT, "same"); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat("same"); info.Mode()&os.ModeSetuid == 0 {
		t.Errorf("root's copy has mode %v", info.Mode())
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
