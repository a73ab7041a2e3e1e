package proc

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLookPath(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for _, d := range []string{a, b, a + "/dir"} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	write("a/both", 0o755)
	write("b/both", 0o755)
	write("b/dir", 0o755)
	write("a/plain", 0o644)
	write("b/second", 0o755)
	if err := os.Symlink("loop", a+"/loop"); err != nil {
		t.Fatal(err)
	}
	write("b/loop", 0o755)
	path := a + ":" + a + "/both:" + b // the one in the middle is not a directory
	for _, c := range []struct {
		path, name, want string
		err              error
	}{
		{path, "both", a + "/both", nil},
		{path, "dir", b + "/dir", nil},
		{path, "second", b + "/second", nil},
		{path, "plain", "", unix.EACCES},
		{path, "none", "", unix.ENOENT},
		{path, "loop", "", unix.ELOOP},
		{a + "/both", "none", "", unix.ENOTDIR},
		{path, "", "", unix.EACCES},
		{path, "any/thing", "any/thing", nil},
	} {
		st := New(Env{"PATH=" + c.path})
		if got, err := st.LookPath(c.name); got != c.want || err != c.err {
			t.Errorf("%s in %s: %q, %v; want %q, %v", c.name, c.path, got, err, c.want, c.err)
		}
	}
}

func TestLookPathGoesOnBehindDuplicates(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/prog", nil, 0o755); err != nil {
		t.Fatal(err)
	}
	st := New(Env{"PATH=" + dir + ":" + dir})
	first, err := st.LookPath("prog")
	if err != nil {
		t.Fatal(err)
	}
	if next, err := st.LookPathIn(st.SearchPath(), "prog", first); err != unix.ENOENT {
		t.Errorf("found %q, %v behind the last directory", next, err)
	}
}
