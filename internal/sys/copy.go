package sys

import "golang.org/x/sys/unix"

// CopyTree copies a file or a directory with everything in it to a name that is not taken: contents,
// permissions, owners as far as this process may set them, links as links, fifos and devices as such. Times
// are new. Of what lies in a directory the error is a *CopyError.
func CopyTree(fromdir int, from string, todir int, to string) error {
	return new(copier).copy(fromdir, from, todir, to, "")
}

// MergeTree is CopyTree to a name that may be taken. A directory that is there is filled, the content of a file is
// replaced, and below it what is neither stays as it is, unlike the permissions. What is in from and can't be copied is told to
// failed, by its path below from, and the rest is copied all the same; the error is that of from itself.
func MergeTree(fromdir int, from string, todir int, to string, failed func(path string, err error)) error {
	c := copier{merge: true, failed: failed}
	return c.copy(fromdir, from, todir, to, "")
}

// CopyError is something in a directory that can't be copied.
type CopyError struct {
	Path string // below the directory, with a slash before it
	Err  error
}

func (e *CopyError) Error() string { return "unable to copy " + e.Path + ": " + e.Err.Error() }
func (e *CopyError) Unwrap() error { return e.Err }

// copyError is the error for what path names, or for what lies in it.
func copyError(path string, err error) error {
	if _, deeper := err.(*CopyError); deeper {
		return err
	}
	return &CopyError{path, err}
}

type copier struct {
	merge  bool
	failed func(path string, err error) // nil: the first failure ends it
}

// copy copies one file or directory; path is its name below the start.
func (c *copier) copy(fromdir int, from string, todir int, to, path string) error {
	var st unix.Stat_t
	if err := unix.Fstatat(fromdir, from, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return c.copyDir(fromdir, from, todir, to, path, &st)
	case unix.S_IFREG:
		return c.copyFile(fromdir, from, todir, to, &st)
	}
	err := copyNode(fromdir, from, todir, to, &st)
	if err == unix.EEXIST && c.merge && path != "" {
		return nil
	}
	return err
}

func (c *copier) copyDir(fromdir int, from string, todir int, to, path string, st *unix.Stat_t) error {
	src, err := Open(fromdir, from, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer unix.Close(src)
	names, err := ReadDirFD(src) // before to is made, which may lie in it
	if err != nil {
		return err
	}
	dst, err := c.openDir(todir, to)
	if err != nil {
		return err
	}
	defer unix.Close(dst)
	for _, name := range names {
		err := c.copy(src, name, dst, name, path+"/"+name)
		if err != nil && c.failed == nil {
			return copyError(path+"/"+name, err)
		}
		if err != nil {
			c.failed(path+"/"+name, err)
		}
	}
	return CopyOwner(dst, st)
}

// openDir makes a directory and opens it.
func (c *copier) openDir(dir int, name string) (int, error) {
	flags := unix.O_RDONLY | unix.O_DIRECTORY
	err := unix.Mkdirat(dir, name, 0o700)
	switch {
	case err == nil:
		flags |= unix.O_NOFOLLOW
	case err != unix.EEXIST || !c.merge:
		return 0, err
	}
	return Open(dir, name, flags, 0)
}

func (c *copier) copyFile(fromdir int, from string, todir int, to string, st *unix.Stat_t) error {
	src, err := Open(fromdir, from, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(src)
	dst, err := c.openFile(todir, to, st)
	if err != nil || dst < 0 {
		return err
	}
	err = copyContent(src, dst)
	if err == nil {
		err = CopyOwner(dst, st)
	}
	if cerr := unix.Close(dst); err == nil {
		err = cerr
	}
	return err
}

// openFile makes an empty file. It is -1 where the name stands for the original itself.
func (c *copier) openFile(dir int, name string, original *unix.Stat_t) (int, error) {
	const flags = unix.O_WRONLY | unix.O_CREAT | unix.O_NONBLOCK
	if !c.merge {
		return Open(dir, name, flags|unix.O_EXCL, 0o600)
	}
	fd, err := Open(dir, name, flags, 0o600)
	if err != nil {
		return -1, err
	}
	var st unix.Stat_t
	err = unix.Fstat(fd, &st)
	switch {
	case err != nil:
	case st.Mode&unix.S_IFMT != unix.S_IFREG:
		err = unix.EEXIST
	case st.Dev == original.Dev && st.Ino == original.Ino:
		unix.Close(fd)
		return -1, nil
	default:
		err = unix.Ftruncate(fd, 0)
	}
	if err != nil {
		unix.Close(fd)
	}
	return fd, err
}

func copyContent(src, dst int) error {
	var buf [16 << 10]byte
	for {
		n, err := unix.Read(src, buf[:])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return err
		case n == 0:
			return nil
		default:
			if err := WriteAll(dst, buf[:n]); err != nil {
				return err
			}
		}
	}
}

// copyNode copies a link, a fifo, a device or a socket.
func copyNode(fromdir int, from string, todir int, to string, st *unix.Stat_t) (err error) {
	link := st.Mode&unix.S_IFMT == unix.S_IFLNK
	if link {
		err = copyLink(fromdir, from, todir, to, int(st.Size))
	} else {
		err = unix.Mknodat(todir, to, st.Mode, int(st.Rdev))
	}
	if err != nil {
		return err
	}
	err = permitted(unix.Fchownat(todir, to, int(st.Uid), int(st.Gid), unix.AT_SYMLINK_NOFOLLOW))
	if err != nil || link {
		return err
	}
	return unix.Fchmodat(todir, to, st.Mode&0o7777, 0)
}

func copyLink(fromdir int, from string, todir int, to string, size int) error {
	target := make([]byte, max(size+1, 256))
	n, err := unix.Readlinkat(fromdir, from, target)
	if err != nil {
		return err
	}
	return unix.Symlinkat(string(target[:n]), todir, to)
}

// CopyOwner gives an open file the owner that st has, as far as this process may set it, and then its permissions, which a
// change of owner may have reduced: those to act as the owner only if it is the one.
func CopyOwner(fd int, st *unix.Stat_t) error {
	var now unix.Stat_t
	if err := unix.Fstat(fd, &now); err != nil {
		return err
	}
	mode := st.Mode
	if now.Uid != st.Uid || now.Gid != st.Gid {
		err := unix.Fchown(fd, int(st.Uid), int(st.Gid))
		if permitted(err) != nil {
			return err
		}
		if err != nil && mode&unix.S_IFMT == unix.S_IFREG {
			mode &^= unix.S_ISUID | unix.S_ISGID // they were meant to act as somebody else
		}
		now.Mode = 0
	}
	if now.Mode == mode {
		return nil
	}
	return unix.Fchmod(fd, mode&0o7777)
}

// permitted takes an owner that this process may not set, or that its user namespace lacks, for set.
func permitted(err error) error {
	if err == unix.EPERM || err == unix.EINVAL {
		return nil
	}
	return err
}
