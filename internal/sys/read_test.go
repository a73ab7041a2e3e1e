package sys

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func TestReadFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	for _, size := range []int{0, 1, 511, 512, 513, 100000} {
		want := bytes.Repeat([]byte("x"), size)
		if err := os.WriteFile(file, want, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, limit := range []int{-1, 0, 1, 512, size, size + 1} {
			got, err := ReadFileLimit(file, limit)
			length := size
			if limit >= 0 {
				length = min(size, limit)
			}
			if err != nil || !bytes.Equal(got, want[:length]) {
				t.Errorf("size %d limit %d: %d bytes, %v", size, limit, len(got), err)
			}
		}
	}
	if got, err := ReadFile("/proc/self/stat"); err != nil || len(got) == 0 {
		t.Errorf("a file of unknown size: %q, %v", got, err)
	}
	if _, err := ReadFile(file + "x"); err != unix.ENOENT {
		t.Errorf("missing file: %v", err)
	}
}

func TestReadDir(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for _, n := range []string{"a", "b", ".hidden", "sub"} {
		want = append(want, n)
		if err := os.Mkdir(filepath.Join(dir, n), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadDir(dir)
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := ReadDir(filepath.Join(dir, "none")); err != unix.ENOENT {
		t.Errorf("missing directory: %v", err)
	}
}
