package unixsocket

import (
	"context"
	"path/filepath"
	"testing"
	"time"

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

// TestServeWaits has a client wait while this process may not have any more descriptors.
func TestServeWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	restore := func() { unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) }
	defer restore()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	served := false
	err := Serve(ctx, path, func() {
		fd, err := Dial(path, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(fd) })
		none.Cur = 0
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &none); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(100*time.Millisecond, restore)
	}, func(fd int) { served = true; unix.Close(fd); cancel() })
	if err != nil || !served {
		t.Errorf("served %v, %v", served, err)
	}
}
