package envdir

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"A": "one \t\ntwo\n", "EMPTY": "", "BLANK": "\n", "NUL": "a\x00b\x00 \n", "LONG": string(make([]byte, 5000)),
		".hidden": "x", "with=sign": "x",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name    string
		options Options
		want    []string // without LONG
		long    int
	}{
		{"default", Options{}, []string{"A=one", "BLANK=", "EMPTY", "NUL=a\nb\n"}, 4095},
		{"no chomp", Options{NoChomp: true}, []string{"A=one \t", "BLANK=", "EMPTY", "NUL=a\nb\n "}, 4095},
		{"verbatim", Options{Verbatim: true}, []string{"A=one \t\ntwo", "BLANK=", "EMPTY", "NUL=a\nb\n "}, 4095},
		{"all", Options{Verbatim: true, NoChomp: true, Limit: NoLimit, Null: ','}, []string{"A=one \t\ntwo\n", "BLANK=\n", "EMPTY", "NUL=a,b, \n"}, 5000},
	}
	for _, tt := range tests {
		got, err := Read(sys.AT, dir, tt.options)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		long := got[3]
		got = slices.Delete(got, 3, 4)
		if len(long) != len("LONG=")+tt.long || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q and %d bytes", tt.name, got, len(long))
		}
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	_, err := Read(sys.AT, filepath.Join(dir, "none"), Options{})
	if err != unix.ENOENT || !Missing(err) {
		t.Errorf("no directory: %v", err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "X")); err != nil {
		t.Fatal(err)
	}
	_, err = Read(sys.AT, dir, Options{})
	if file, ok := err.(*FileError); !ok || file.Name != "X" || file.Err != unix.ENOENT || Missing(err) {
		t.Errorf("dangling link: %v", err)
	}
}
