package utils

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

// TestSeedOfAnUnreadyGenerator wants a seed that no boot takes for entropy, whatever was there before.
func TestSeedOfAnUnreadyGenerator(t *testing.T) {
	dir := t.TempDir()
	r := rngseed{Invocation: &applet.Invocation{}, dir: dir, file: dir + "/seed", write: true, mark: true}
	for _, c := range []struct {
		err  error
		mode os.FileMode
	}{{nil, seedCredited}, {unix.EAGAIN, seedPlain}, {nil, seedCredited}} {
		r.random = func([]byte, int) error { return c.err }
		if err := r.save(); err != nil {
			t.Fatal(err)
		}
		st, err := os.Stat(r.file)
		if err != nil {
			t.Fatal(err)
		}
		if st.Mode() != c.mode || st.Size() == 0 {
			t.Errorf("getrandom: %v: mode %v, want %v; %d bytes", c.err, st.Mode(), c.mode, st.Size())
		}
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 1 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}
