package sys

import "golang.org/x/sys/unix"

// Lock takes a write lock on all of fd without waiting: EAGAIN or EACCES when somebody else holds it. It
// is an open-file-description lock, which programs using fcntl's process locks see as well: it lasts until
// every copy of fd is closed, whatever else this process opens and closes.
func Lock(fd int) error {
	return setLock(fd, unix.F_OFD_SETLK, unix.F_WRLCK)
}

// lockShared takes a read lock on all of fd without waiting.
func lockShared(fd int) error {
	return setLock(fd, unix.F_OFD_SETLK, unix.F_RDLCK)
}

// LockWait takes a lock on all of fd, waiting for it as long as it takes.
func LockWait(fd int, shared bool) error {
	kind := int16(unix.F_WRLCK)
	if shared {
		kind = unix.F_RDLCK
	}
	return setLock(fd, unix.F_OFD_SETLKW, kind)
}

// OpenLocked opens a file and locks it: for reading, or with exclusive for writing, and then it is created if need be,
// with flags added. The lock is held until the descriptor is closed. Without wait, a lock that is taken is EAGAIN or EACCES.
func OpenLocked(dirfd int, name string, exclusive, wait bool, flags int, mode uint32) (fd int, err error) {
	how := unix.O_RDONLY
	if exclusive {
		how = unix.O_RDWR | unix.O_CREAT | flags
	}
	if fd, err = Open(dirfd, name, how|unix.O_NONBLOCK, mode); err != nil {
		return -1, err
	}
	switch {
	case wait:
		err = LockWait(fd, !exclusive)
	case exclusive:
		err = Lock(fd)
	default:
		err = lockShared(fd)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// Locked tells whether somebody else holds a write lock on fd, by whatever kind of lock.
func Locked(fd int) (bool, error) {
	lock := unix.Flock_t{Type: unix.F_RDLCK}
	if err := unix.FcntlFlock(uintptr(fd), unix.F_OFD_GETLK, &lock); err != nil {
		return false, err
	}
	return lock.Type != unix.F_UNLCK, nil
}

// LockProcess is fcntl's process lock, which execve keeps and children do not hold. wait tells whether to
// wait for it.
func LockProcess(fd int, shared, wait bool) error {
	cmd, kind := unix.F_SETLK, int16(unix.F_WRLCK)
	if wait {
		cmd = unix.F_SETLKW
	}
	if shared {
		kind = unix.F_RDLCK
	}
	return setLock(fd, cmd, kind)
}

func setLock(fd, cmd int, kind int16) error {
	for {
		lock := unix.Flock_t{Type: kind}
		err := unix.FcntlFlock(uintptr(fd), cmd, &lock)
		if err != unix.EINTR {
			return err
		}
	}
}
