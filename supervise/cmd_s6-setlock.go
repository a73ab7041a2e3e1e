package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdS6Setlock = applet.Applet{
	Name:  "s6-setlock",
	Usage: "[ -r | -w ] [ -n | -N ] [ -t timeout ] [ -d fd ] lockfile prog...",
	Help: `Takes a lock on lockfile, which is made if need be, and executes prog. The lock lasts as long as the process.

  -w     an exclusive lock (the default)
  -r     a shared lock
  -N     wait for the lock (the default)
  -n     do not wait
  -t MS  wait no longer than MS milliseconds
  -d FD  the descriptor that prog holds the lock by

Exit codes: 1 the lock is held by somebody else, 100 wrong usage, 111 system call failed.

Example: s6-setlock -n /run/app.lock app --daemon
`,
	Chain: runSetlock,
	Waits: true,
}

// exitBusy is the exit code for a lock that somebody else holds.
const exitBusy = 1

func runSetlock(inv *applet.Invocation) (rest []string, err error) {
	var shared, noWait, hasFd bool
	var timeout, fd uint64
	err = inv.Getopt("rwnNt:d:", func(opt byte, value string) error {
		switch opt {
		case 'r', 'w':
			shared = opt == 'r'
		case 'n', 'N':
			noWait = opt == 'n'
		case 't':
			return inv.Uint(&timeout)(value)
		case 'd':
			hasFd = true
			return inv.Uint(&fd)(value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	if err := inv.Proc.Own(); err != nil {
		return nil, err
	}
	file := inv.Args[0]
	lock, err := openLock(inv, file, shared)
	if err != nil {
		return nil, err
	}
	if err := takeLock(lock, shared, noWait, timeout); err != nil {
		return nil, lockError(file, err)
	}
	if !hasFd {
		fd = uint64(lock)
	}
	if err := inv.Proc.SetFD(int(fd), lock); err != nil {
		return nil, applet.System(err, "move lock descriptor")
	}
	return inv.Args[1:], nil
}

func openLock(inv *applet.Invocation, file string, shared bool) (int, error) {
	mode, purpose := unix.O_WRONLY|unix.O_CREAT, "writing"
	if shared {
		mode, purpose = unix.O_RDONLY, "reading" // a directory too
	}
	fd, err := inv.Proc.Open(file, mode|unix.O_NONBLOCK, 0o666)
	if shared && err == unix.ENOENT {
		fd, err = inv.Proc.Open(file, mode|unix.O_CREAT|unix.O_NONBLOCK, 0o666)
	}
	if err != nil {
		return -1, applet.System(err, "open %s for %s", file, purpose)
	}
	return fd, nil
}

func lockError(file string, err error) error {
	switch err {
	case unix.ETIMEDOUT:
		return applet.Fatal(exitBusy, "lock %s: timed out", file)
	case unix.EAGAIN, unix.EACCES:
		err = unix.EBUSY
	}
	return applet.SystemCode(exitBusy, err, "lock %s", file)
}

// takeLock takes a lock that lasts as long as the process. A timeout of 0 milliseconds is none: it waits.
func takeLock(fd int, shared, noWait bool, timeout uint64) error {
	if noWait || timeout == 0 {
		return sys.LockProcess(fd, shared, !noWait)
	}
	r, w, err := proc.Pipe()
	if err != nil {
		return err
	}
	result := make(chan error, 1)
	go func() { // whichever thread waits, the lock is the process's
		result <- sys.LockProcess(fd, shared, true)
		unix.Close(w)
	}()
	if err := sys.WaitFD(r, unix.POLLIN, sys.Deadline(timeout)); err != nil {
		return err
	}
	unix.Close(r)
	return <-result
}
