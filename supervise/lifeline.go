package supervise

import (
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
)

// lifeline returns a descriptor of this process that polls as ready once the process is dead, whatever
// program it has executed until then. Where the kernel has no pidfd it is a pipe whose other end that
// program holds without knowing.
func lifeline() (int, error) {
	fd, err := unix.PidfdOpen(unix.Getpid(), 0)
	if err != unix.ENOSYS {
		return fd, err
	}
	r, w, err := proc.Pipe()
	if err != nil {
		return -1, err
	}
	if _, err := unix.FcntlInt(uintptr(w), unix.F_SETFD, 0); err != nil {
		return -1, err
	}
	return r, nil
}

// beside is a helper process that a command leaves running beside the program it executes.
type beside struct {
	st   *proc.State
	life int // number of its lifeline
}

// newBeside prepares a helper for this process: it inherits everything, and the lifeline.
func newBeside(parent *proc.State) (*beside, error) {
	if parent.Virtual() {
		return nil, proc.ErrNeedProcess
	}
	fd, err := lifeline()
	if err != nil {
		return nil, err
	}
	st := parent.Clone()
	n, err := st.KeepFD(fd)
	return &beside{st, n}, err
}

// waitFor waits until fd is ready or deadline is over. died is that the lifeline's process is gone.
func waitFor(life, fd int, deadline time.Time) (ready, died bool, err error) {
	polled := []unix.PollFd{{Fd: int32(life), Events: unix.POLLIN}, {Fd: int32(fd), Events: unix.POLLIN}}
	if _, err := sys.Poll(polled, deadline); err != nil {
		return false, false, err
	}
	return polled[1].Revents != 0, polled[0].Revents != 0, nil
}
