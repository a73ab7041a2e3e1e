package sys

import "golang.org/x/sys/unix"

// Create makes a file that was not there, with its content. The umask applies to mode. A name that is taken
// is EEXIST; what could not be written whole is removed.
func Create(dirfd int, name string, data []byte, mode uint32) error {
	return CreateWith(dirfd, name, data, mode, func(int) error { return nil })
}

// CreateWith is Create for a file that is more than its content: finish gets the descriptor, to flush it, to set its owner or
// its permissions. Where that fails the file is removed.
func CreateWith(dirfd int, name string, data []byte, mode uint32, finish func(fd int) error) error {
	fd, err := Open(dirfd, name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW, mode)
	if err != nil {
		return err
	}
	if err = WriteAll(fd, data); err == nil {
		err = finish(fd)
	}
	if cerr := unix.Close(fd); err == nil {
		err = cerr
	}
	if err != nil {
		unix.Unlinkat(dirfd, name, 0)
	}
	return err
}

// Mkdir makes a directory with the permissions mode, whatever the umask. That its files are to have its group, as those of the
// directory above, stays.
func Mkdir(dirfd int, name string, mode uint32) error {
	if err := unix.Mkdirat(dirfd, name, mode); err != nil {
		return err
	}
	fd, err := Open(dirfd, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	return unix.Fchmod(fd, mode|st.Mode&unix.S_ISGID)
}

// RemoveAll removes a file, or a directory with everything in it. It follows no link. What is not there is no
// error.
func RemoveAll(dirfd int, name string) error {
	err := unix.Unlinkat(dirfd, name, 0)
	if err == nil || err == unix.ENOENT {
		return nil
	}
	if err != unix.EISDIR && err != unix.EPERM {
		return err
	}
	fd, operr := Open(dirfd, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if operr != nil {
		return err
	}
	names, err := ReadDirFD(fd)
	for _, sub := range names {
		if rerr := RemoveAll(fd, sub); err == nil {
			err = rerr
		}
	}
	unix.Close(fd)
	if err != nil {
		return err
	}
	return unix.Unlinkat(dirfd, name, unix.AT_REMOVEDIR)
}

// ReplaceTree gives a file, or a directory with everything in it, the name name, and removes what had that name. It happens at
// once; where a file system can't exchange two names there is a moment without either. When it fails, fresh is the caller's.
func ReplaceTree(dirfd int, fresh, name string) error {
	err := unix.Renameat(dirfd, fresh, dirfd, name)
	if err == nil {
		return nil
	}
	err = unix.Renameat2(dirfd, fresh, dirfd, name, unix.RENAME_EXCHANGE)
	old := fresh
	if err == unix.EINVAL || err == unix.ENOSYS {
		old = Unique(name + ":old:")
		err = replaceInTurn(dirfd, fresh, name, old)
	}
	if err != nil {
		return err
	}
	return RemoveAll(dirfd, old)
}

func replaceInTurn(dirfd int, fresh, name, old string) error {
	if err := unix.Renameat(dirfd, name, dirfd, old); err != nil {
		return err
	}
	err := unix.Renameat(dirfd, fresh, dirfd, name)
	if err != nil {
		unix.Renameat(dirfd, old, dirfd, name)
	}
	return err
}
