package proc

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// Wait waits for the child pid and no other.
func Wait(pid int) (Status, error) {
	_, status, err := reap(pid, 0)
	return status, err
}

// Reap takes the child pid off the process table if it has ended, and does not wait.
func Reap(pid int) (status Status, ended bool, err error) {
	got, status, err := reap(pid, unix.WNOHANG)
	return status, got == pid && err == nil, err
}

// reap takes a child that has ended off the process table: pid, or any if that is -1. With WNOHANG the result
// is 0 when it still runs.
func reap(pid, options int) (got int, status Status, err error) {
	var ws unix.WaitStatus
	for {
		got, err := unix.Wait4(pid, &ws, options, nil)
		if err != unix.EINTR {
			return got, Status(ws), err
		}
	}
}

// tick is how long a wait sleeps where the kernel can't tell that a child has ended.
const tick = 10 * time.Millisecond

// WaitAny waits for any child of this process, until the given time or for ever if that is zero. The error is
// ECHILD when there is none and ETIMEDOUT when the time is over.
func WaitAny(until time.Time) (pid int, status Status, err error) {
	if until.IsZero() {
		return reap(-1, 0)
	}
	for {
		pid, status, err := reap(-1, unix.WNOHANG)
		if pid != 0 || err != nil {
			return pid, status, err
		}
		left := time.Until(until)
		if left <= 0 {
			return 0, 0, unix.ETIMEDOUT
		}
		all := Children{pids: children()}
		if len(all.pids) == 0 {
			left = min(left, tick) // there are some, but /proc doesn't tell
		}
		if err := all.pause(left); err != nil {
			return 0, 0, err
		}
	}
}

// children lists the children of this process, those that have ended as well, or nothing where /proc doesn't
// tell.
func children() (pids []int) {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return nil
	}
	for _, thread := range threads {
		list, err := os.ReadFile("/proc/self/task/" + thread.Name() + "/children")
		if err != nil {
			return nil
		}
		for word := range strings.FieldsSeq(string(list)) {
			if pid, err := strconv.Atoi(word); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// Children are some of the children of this process; the others it leaves alone.
type Children struct{ pids []int }

// Add counts pid in, once.
func (c *Children) Add(pid int) {
	if pid > 0 && !slices.Contains(c.pids, pid) {
		c.pids = append(c.pids, pid)
	}
}

// Len is the number of those that were not waited for.
func (c *Children) Len() int { return len(c.pids) }

// Poll takes out one of c that has ended and returns it, or pid 0 when all run. What is not a child, or not any
// more, is dropped.
func (c *Children) Poll() (pid int, status Status) {
	for i := 0; i < len(c.pids); {
		pid, status, err := reap(c.pids[i], unix.WNOHANG)
		if pid == 0 && err == nil {
			i++
			continue
		}
		c.pids = slices.Delete(c.pids, i, i+1)
		if err == nil {
			return pid, status
		}
	}
	return 0, 0
}

// Wait waits until one of c, all of them children, has ended, takes it out and returns it; until is as for
// WaitAny.
func (c *Children) Wait(until time.Time) (pid int, status Status, err error) {
	if until.IsZero() && len(c.pids) > 0 {
		// Whoever ends first is mostly one of ours.
		pid, err := lookChild()
		if err != nil {
			return 0, 0, err
		}
		if i := slices.Index(c.pids, pid); i >= 0 {
			c.pids = slices.Delete(c.pids, i, i+1)
			return reap(pid, 0)
		}
	}
	for {
		if pid, status := c.Poll(); pid != 0 {
			return pid, status, nil
		}
		if len(c.pids) == 0 {
			return 0, 0, unix.ECHILD
		}
		left := time.Duration(-1)
		if !until.IsZero() {
			if left = time.Until(until); left <= 0 {
				return 0, 0, unix.ETIMEDOUT
			}
		}
		if err := c.pause(left); err != nil {
			return 0, 0, err
		}
	}
}

// pause waits until one of c has ended or the time is over; a negative time is for ever.
func (c *Children) pause(left time.Duration) error {
	var fds []unix.PollFd
	defer func() {
		for _, fd := range fds {
			unix.Close(int(fd.Fd))
		}
	}()
	for _, pid := range c.pids {
		fd, err := unix.PidfdOpen(pid, 0)
		if err == unix.ESRCH {
			return nil
		}
		if err != nil { // an old kernel, or no descriptor left
			if left < 0 || left > tick {
				left = tick
			}
			break
		}
		fds = append(fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	var timeout *unix.Timespec
	if left >= 0 {
		ts := sys.Timespec(left)
		timeout = &ts
	}
	_, err := unix.Ppoll(fds, timeout, nil)
	if err == unix.EINTR {
		return nil
	}
	return err
}

// lookChild waits until any child has ended, leaves it where it is and returns its pid.
func lookChild() (pid int, err error) {
	pid, _, err = waitid(unix.P_ALL, 0, unix.WEXITED|unix.WNOWAIT)
	return pid, err
}

// Stopped waits until the child pid is stopped, and returns by which signal. The error is ECHILD when it has ended.
func Stopped(pid int) (unix.Signal, error) {
	_, status, err := waitid(unix.P_PID, pid, unix.WSTOPPED)
	return unix.Signal(status), err
}

func waitid(of, id, options int) (pid, status int, err error) {
	var info unix.Siginfo
	for {
		err = unix.Waitid(of, id, &info, options, nil)
		if err != unix.EINTR {
			break
		}
	}
	// The union of siginfo begins behind three ints, aligned as a pointer; its first fields are pid, uid and status.
	const word = unsafe.Sizeof(uintptr(0))
	union := (*[3]int32)(unsafe.Add(unsafe.Pointer(&info), (12+word-1)&^(word-1)))
	return int(union[0]), int(union[2]), err
}
