// Package sys wraps system calls that several packages need in the same shape. It holds no policy. Every
// name is relative to a directory descriptor, as in openat(2): AT is the working directory.
package sys

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// AT stands for the working directory where a directory descriptor is wanted.
const AT = unix.AT_FDCWD

// Open is openat(2): close-on-exec, and interrupted calls are made again.
func Open(dirfd int, name string, flags int, mode uint32) (int, error) {
	for {
		fd, err := unix.Openat(dirfd, name, flags|unix.O_CLOEXEC, mode)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// ReadFile reads at most max bytes of a file. It never waits for a fifo's writer.
func ReadFile(dirfd int, name string, max int) ([]byte, error) {
	return readUntil(dirfd, name, unix.O_NONBLOCK, max, never)
}

// ReadFifo is ReadFile for a fifo, whose writer it waits for.
func ReadFifo(dirfd int, name string, max int) ([]byte, error) {
	return readUntil(dirfd, name, 0, max, never)
}

func never([]byte) bool { return false }

// ReadLine reads the first line of a file without its newline, or the first max bytes of that. It never
// waits for a fifo's writer.
func ReadLine(dirfd int, name string, max int) ([]byte, error) {
	data, err := readUntil(dirfd, name, unix.O_NONBLOCK, max, func(data []byte) bool { return bytes.IndexByte(data, '\n') >= 0 })
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return line, err
}

// readUntil reads a file to its end, to max bytes, or until what has been read is enough.
func readUntil(dirfd int, name string, flags, max int, enough func([]byte) bool) ([]byte, error) {
	fd, err := Open(dirfd, name, unix.O_RDONLY|flags, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	data := make([]byte, 0, min(max, 512))
	for len(data) < max && !enough(data) {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := unix.Read(fd, data[len(data):min(cap(data), max)])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return nil, err
		case n == 0:
			return data, nil
		default:
			data = data[:len(data)+n]
		}
	}
	return data, nil
}

// ReplaceFile makes name hold data: it writes name.new and renames it, so that readers see the old or the
// new content, whole. The umask applies to mode. Whatever name.new was before is not followed. The
// directory must belong to one writer; in those of users Rewrite is the one to take.
func ReplaceFile(dirfd int, name string, data []byte, mode uint32) error {
	return ReplaceBy(dirfd, name+".new", name, data, mode)
}

// ReplaceBy is ReplaceFile with another name than name.new.
func ReplaceBy(dirfd int, temp, name string, data []byte, mode uint32) error {
	return rename(dirfd, temp, name, create(dirfd, temp, data, mode))
}

// Rewrite has create make a file under a name that nobody else has, and gives it the name name, in place of whatever
// non-directory that was. Others may make files in the directory, by this too. Nothing is left where it fails.
func Rewrite(dirfd int, name string, create func(temp string) error) error {
	temp := Unique(name + ":")
	return rename(dirfd, temp, name, create(temp))
}

// RewriteFile is Rewrite for a file that holds data, which is on the disk before anybody sees it. The umask applies to mode.
func RewriteFile(dirfd int, name string, data []byte, mode uint32) error {
	return Rewrite(dirfd, name, func(temp string) error { return CreateWith(dirfd, temp, data, mode, Flush) })
}

// rename gives what was made as temp, if err is nil, the name name. On failure it is removed.
func rename(dirfd int, temp, name string, err error) error {
	if err != nil {
		return err
	}
	if err := unix.Renameat(dirfd, temp, dirfd, name); err != nil {
		unix.Unlinkat(dirfd, temp, 0)
		return err
	}
	return nil
}

// create is Create in place of whatever non-directory had that name.
func create(dirfd int, name string, data []byte, mode uint32) error {
	err := Create(dirfd, name, data, mode)
	if err != unix.EEXIST {
		return err
	}
	if err := unix.Unlinkat(dirfd, name, 0); err != nil {
		return err
	}
	return Create(dirfd, name, data, mode)
}

// WriteAll writes all of data to a blocking descriptor.
func WriteAll(fd int, data []byte) error {
	for len(data) > 0 {
		n, err := unix.Write(fd, data)
		if err != nil && err != unix.EINTR {
			return err
		}
		data = data[max(n, 0):]
	}
	return nil
}

// ReplaceSymlink makes name a symbolic link to target, in place of whatever non-directory it was.
func ReplaceSymlink(target string, dirfd int, name string) error {
	return Replace(dirfd, name, func(name string) error { return unix.Symlinkat(target, dirfd, name) })
}

// TempPrefix precedes names in the names of what is to replace them.
const TempPrefix = ".s6box-new:"

// Replace has create make a file called name, in place of whatever non-directory it was: there is no moment
// without a file of that name. create makes a link, a fifo or what else is whole at once; for content there is
// ReplaceFile. What a process that was killed in between has left, the next one replaces too.
func Replace(dirfd int, name string, create func(name string) error) error {
	err := create(name)
	if err != unix.EEXIST {
		return err
	}
	slash := strings.LastIndexByte(name, '/') + 1
	temp := name[:slash] + TempPrefix + name[slash:min(len(name), slash+unix.NAME_MAX-len(TempPrefix))]
	for {
		if err = create(temp); err == unix.EEXIST {
			if err = unix.Unlinkat(dirfd, temp, 0); err == nil || err == unix.ENOENT {
				continue
			}
		}
		if err != nil {
			return err
		}
		if err = unix.Renameat(dirfd, temp, dirfd, name); err == unix.ENOENT {
			continue // somebody else who replaces it has taken ours away
		}
		unix.Unlinkat(dirfd, temp, 0) // still there after a failure, or where both are the same file
		return err
	}
}

// Sync flushes a file or a directory to its disk.
func Sync(dirfd int, name string) error {
	fd, err := Open(dirfd, name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return Flush(fd)
}

// Flush is fsync(2). That some file systems don't have it is no error.
func Flush(fd int) error {
	err := unix.Fsync(fd)
	if err == unix.EINVAL || err == unix.ENOTSUP {
		return nil
	}
	return err
}

// Exists tells whether name exists, following links; any other failure than its absence is the error.
func Exists(dirfd int, name string) (bool, error) {
	var st unix.Stat_t
	err := unix.Fstatat(dirfd, name, &st, 0)
	if err == unix.ENOENT {
		return false, nil
	}
	return err == nil, err
}

// ReadUint reads a small file holding an unsigned decimal number, of which the first line counts. absent
// is the value where there is no file. Anything else in it is EINVAL.
func ReadUint(dirfd int, name string, absent uint64) (uint64, error) {
	const longest = 11
	line, err := ReadLine(dirfd, name, longest)
	if err == unix.ENOENT {
		return absent, nil
	}
	if err != nil {
		return absent, err
	}
	n, err := strconv.ParseUint(string(line), 10, 32)
	if err != nil {
		return absent, unix.EINVAL
	}
	return n, nil
}
