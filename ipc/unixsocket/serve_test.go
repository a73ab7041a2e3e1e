package unixsocket

import (
	"context"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestServeEnds has servers end that most likely wait for one more client. They close nothing but their sockets: of
// the calls that fail then, accept4 gives 0 for a descriptor on s390x.
func TestServeEnds(t *testing.T) {
	before, err := unix.FcntlInt(0, unix.F_GETFD, 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		path := filepath.Join(t.TempDir(), "s")
		ctx, cancel := context.WithCancel(t.Context())
		connect := func() {
			if fd, err := Dial(path, "", 0); err != nil {
				t.Error(err)
			} else {
				unix.Close(fd)
			}
		}
		if err := Serve(ctx, path, func() { go connect() }, func(fd int) { unix.Close(fd); cancel() }); err != nil {
			t.Error(err)
		}
	}
	if after, err := unix.FcntlInt(0, unix.F_GETFD, 0); err != nil || after != before {
		t.Errorf("descriptor 0 has flags %d, %v; it had %d", after, err, before)
	}
}
