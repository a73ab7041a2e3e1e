package proc

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A number that is above the limit on open files is refused, and what should have got it is not left open: a supervisor tries
// again and again.
func TestRefusedNumber(t *testing.T) {
	const none = 1 << 30
	st := New(nil)
	defer st.Release()
	r, w, err := Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(r)
	if err := st.SetFD(none, w); err != unix.EBADF {
		t.Errorf("SetFD: %v", err)
	}
	unix.SetNonblock(r, true)
	if n, err := unix.Read(r, make([]byte, 1)); n != 0 || err != nil {
		t.Errorf("the other end reads %d, %v", n, err)
	}
	for _, numbers := range [][2]int{{none, 5}, {5, none}} {
		st := New(nil)
		lowest := lowestFree(t)
		if err := st.SetPipe(numbers[0], numbers[1]); err != unix.EBADF {
			t.Errorf("SetPipe: %v", err)
		}
		st.Release()
		if now := lowestFree(t); now != lowest {
			t.Errorf("SetPipe of %v left descriptor %d open", numbers, lowest)
		}
	}
}

// What is created while a umask of another state is in force has the permissions that its own leaves.
func TestMaskOfAnother(t *testing.T) {
	defer unix.Umask(unix.Umask(0o077))
	dir := t.TempDir()
	open, own := New(nil), New(nil)
	open.Umask(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				made(open, dir+"/open")
			}
		}
	}()
	for range 500 {
		if mode, err := made(own, dir+"/own"); mode != 0o600 || err != nil {
			t.Errorf("mode %o, %v", mode, err)
			break
		}
	}
	close(stop)
	<-stopped
	if mode, err := made(open, dir+"/open"); mode != 0o666 || err != nil {
		t.Errorf("under umask 0: mode %o, %v", mode, err)
	}
}

// made makes a file, removes it, and returns the permissions it had.
func made(st *State, name string) (uint32, error) {
	fd, err := st.Open(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o666)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return 0, err
	}
	return info.Mode & 0o777, unix.Unlink(name)
}

func lowestFree(t *testing.T) int {
	t.Helper()
	fd, err := unix.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(fd)
	return fd
}
