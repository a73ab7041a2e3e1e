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

func lowestFree(t *testing.T) int {
	t.Helper()
	fd, err := unix.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(fd)
	return fd
}
