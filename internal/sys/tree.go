package sys

import "golang.org/x/sys/unix"

// Create makes a file that was not there, with its content. The umask applies to mode. A name that is taken
// is EEXIST; what could not be written whole is removed.
func Create(dirfd int, name string, data []byte, mode uint32) error {
	fd, err := Open(dirfd, name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW, mode)
	if err != nil {
		return err
	}
	err = WriteAll(fd, data)
	if cerr := unix.Close(fd); err == nil {
		err = cerr
	}
	if err != nil {
		unix.Unlinkat(dirfd, name, 0)
	}
	return err
}

// CopyTree copies a file or a directory with everything in it to a name that is not taken: contents,
// permissions, owners as far as this process may set them, links as links, fifos and devices as such. Times
// are new.
func CopyTree(fromdir int, from string, todir int, to string) error {
	var st unix.Stat_t
	if err := unix.Fstatat(fromdir, from, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	var err error
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		err = copyDir(fromdir, from, todir, to)
	case unix.S_IFREG:
		err = copyFile(fromdir, from, todir, to)
	case unix.S_IFLNK:
		err = copyLink(fromdir, from, todir, to, int(st.Size))
	default:
		err = unix.Mknodat(todir, to, st.Mode, int(st.Rdev))
	}
	if err != nil {
		return err
	}
	return copyOwner(todir, to, &st)
}

// copyOwner sets the owner, and then the permissions, which a change of owner may have reduced.
func copyOwner(dir int, name string, st *unix.Stat_t) error {
	var now unix.Stat_t
	if err := unix.Fstatat(dir, name, &now, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	if now.Uid != st.Uid || now.Gid != st.Gid {
		err := unix.Fchownat(dir, name, int(st.Uid), int(st.Gid), unix.AT_SYMLINK_NOFOLLOW)
		if err != nil && err != unix.EPERM {
			return err
		}
		now.Mode = 0
	}
	if st.Mode&unix.S_IFMT == unix.S_IFLNK || now.Mode == st.Mode {
		return nil
	}
	return unix.Fchmodat(dir, name, st.Mode&0o7777, 0)
}

func copyDir(fromdir int, from string, todir int, to string) error {
	src, err := Open(fromdir, from, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer unix.Close(src)
	if err := unix.Mkdirat(todir, to, 0o700); err != nil {
		return err
	}
	dst, err := Open(todir, to, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer unix.Close(dst)
	names, err := ReadDirFD(src)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := CopyTree(src, name, dst, name); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(fromdir int, from string, todir int, to string) error {
	src, err := Open(fromdir, from, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(src)
	dst, err := Open(todir, to, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = copyContent(src, dst)
	if cerr := unix.Close(dst); err == nil {
		err = cerr
	}
	return err
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

func copyLink(fromdir int, from string, todir int, to string, size int) error {
	target := make([]byte, max(size+1, 256))
	n, err := unix.Readlinkat(fromdir, from, target)
	if err != nil {
		return err
	}
	return unix.Symlinkat(string(target[:n]), todir, to)
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
