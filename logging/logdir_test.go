package logging

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A rotation that can't go on leaves no descriptor behind at each try, and what is in the way of a file is neither waited for
// nor written to.
func TestRotationInTheWay(t *testing.T) {
	dir := t.TempDir() + "/log"
	d, err := openLogdir(dir, settings{size: 1000, files: 10}, nil, func(string, ...any) {})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	d.pending = []byte("one\n")
	d.flush()
	for _, err := range []error{os.Remove(dir + "/state"), unix.Mkfifo(dir+"/state", 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	d.rotate()
	before := openFiles(t)
	for range 3 {
		d.retry = time.Time{}
		if d.goOn() {
			t.Fatal("rotated over a fifo")
		}
	}
	if now := openFiles(t); now != before {
		t.Errorf("%d descriptors are open, before %d", now, before)
	}
	os.Remove(dir + "/state")
	d.retry = time.Time{}
	d.pending = []byte("two\n")
	d.flush()
	if text, err := os.ReadFile(dir + "/current"); string(text) != "two\n" {
		t.Errorf("current holds %q, %v", text, err)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}
