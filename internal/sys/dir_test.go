package sys

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func TestReadDir(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for _, name := range []string{"a", "b", ".hidden", "sub"} {
		want = append(want, name)
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadDir(AT, dir)
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := ReadDir(AT, filepath.Join(dir, "none")); err != unix.ENOENT {
		t.Errorf("missing directory: %v", err)
	}
}

// A directory that is removed while it is read ends there.
func TestRemovedDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	fd, err := Open(AT, dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadDirFD(fd); err != nil || len(got) > 0 {
		t.Errorf("%q, %v", got, err)
	}
}
