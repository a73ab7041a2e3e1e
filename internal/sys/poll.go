package sys

import (
	"math"
	"time"

	"golang.org/x/sys/unix"
)

// Poll waits until one of fds is ready, or until deadline unless that is zero, and returns how many are
// ready. It uses none of the runtime's timers and descriptors.
func Poll(fds []unix.PollFd, deadline time.Time) (int, error) {
	for {
		var timeout *unix.Timespec
		if !deadline.IsZero() {
			ts := Timespec(time.Until(deadline))
			timeout = &ts
		}
		n, err := unix.Ppoll(fds, timeout, nil)
		if err != unix.EINTR {
			return n, err
		}
	}
}

// WaitFD waits until fd is ready for events (unix.POLLIN...), or fails with ETIMEDOUT after the deadline; the
// zero time is never.
func WaitFD(fd int, events int16, deadline time.Time) error {
	n, err := Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, deadline)
	if err == nil && n == 0 {
		return unix.ETIMEDOUT
	}
	return err
}

// Sooner is the earlier of two deadlines, of which the zero time is never.
func Sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Past tells whether a deadline has come.
func Past(deadline time.Time) bool { return !deadline.IsZero() && !time.Now().Before(deadline) }

// Nap sleeps for a while, or until a signal comes, without a timer of the runtime, which would open descriptors for it.
func Nap(while time.Duration) {
	ts := Timespec(while)
	unix.Ppoll(nil, &ts, nil)
}

// Timespec is how long the kernel is told to wait for d, or not at all if that is negative. Where its numbers are of 32 bits they
// end with 68 years, which is as good as any longer time.
func Timespec(d time.Duration) unix.Timespec {
	d = max(d, 0)
	ts := unix.NsecToTimespec(int64(d))
	if time.Duration(ts.Sec) != d/time.Second {
		ts.Sec = math.MaxInt32
	}
	return ts
}

// Deadline is when ms milliseconds from now are over; never, the zero time, for 0.
func Deadline(ms uint64) time.Time {
	const most = uint64(1<<63-1) / uint64(time.Millisecond)
	if ms == 0 || ms > most {
		return time.Time{}
	}
	return time.Now().Add(time.Duration(ms) * time.Millisecond)
}
