// Package interoptest finds the implementations that tests run against each other. Only tests import it.
package interoptest

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// Implementation is one of those that have to work with each other: Path is what PATH is for its programs.
type Implementation struct{ Name, Path string }

// Implementations returns ours and the C programs', or skips the test where either is not at hand:
// S6BOX_BINARY names our binary, S6BOX_REFERENCE the directories of the C programs.
func Implementations(t *testing.T) []Implementation {
	t.Helper()
	binary, reference := os.Getenv("S6BOX_BINARY"), os.Getenv("S6BOX_REFERENCE")
	if binary == "" || reference == "" {
		t.Skip("S6BOX_BINARY and S6BOX_REFERENCE are not both set")
	}
	names, err := output(binary, "--list")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range strings.Fields(names) {
		if err := os.Symlink(binary, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	const system = ":/usr/sbin:/usr/bin:/sbin:/bin"
	return []Implementation{{"ours", dir + system}, {"C", reference + system}}
}

// output is what a program says.
func output(argv ...string) (string, error) {
	r, w, err := proc.Pipe()
	if err != nil {
		return "", err
	}
	defer unix.Close(r)
	st := proc.New(os.Environ())
	defer st.Release()
	if err := st.SetFD(1, w); err != nil {
		return "", err
	}
	pid, err := st.Spawn(argv[0], argv)
	st.Release()
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(proc.FD(r))
	if _, werr := proc.Wait(pid); err == nil {
		err = werr
	}
	return string(text), err
}

// Pairs runs f, as a parallel subtest of each name, for every pair of implementations: one has the daemons,
// the other their clients.
func Pairs(t *testing.T, name string, impl []Implementation, f func(t *testing.T, daemon, client Implementation)) {
	for _, daemon := range impl {
		for _, client := range impl {
			t.Run(name+"/daemon "+daemon.Name+" client "+client.Name, func(t *testing.T) {
				t.Parallel()
				f(t, daemon, client)
			})
		}
	}
}
