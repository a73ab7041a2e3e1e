// Package utmp knows the file that says who is logged in.
package utmp

import (
	"bytes"
	"encoding/binary"
	"runtime"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// File is where it is.
const File = "/var/run/utmp"

// What utmp(5) says about a record, in the layout of the C library.
const (
	typeAt    = 0
	pidAt     = 4
	userAt    = 44
	userSize  = 32
	sessionAt = 336

	userProcess = 7
	deadProcess = 8
)

// layout says where the time is in a record, and how long they are. Most machines of 64 bits have the times of those of 32
// that they were before.
func layout(arch string) (timeAt, timeSize, size int) {
	switch arch {
	case "arm64", "loong64", "s390x":
		return sessionAt + 8, 16, 400
	}
	return sessionAt + 4, 8, 384
}

func size() int {
	_, _, size := layout(runtime.GOARCH)
	return size
}

// LogOut marks the record of the process pid in a file as one of nobody. There may be none, nor a file.
func LogOut(name string, pid int32) error {
	fd, err := sys.Open(sys.AT, name, unix.O_RDWR, 0)
	if err == unix.ENOENT {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lock := unix.Flock_t{Type: unix.F_WRLCK}
	if err := unix.FcntlFlock(uintptr(fd), unix.F_SETLKW, &lock); err != nil {
		return err
	}
	record := make([]byte, size())
	for at := int64(0); ; at += int64(len(record)) {
		n, err := unix.Pread(fd, record, at)
		if err != nil || n < len(record) {
			return err
		}
		if kind(record) == userProcess && pidOf(record) == pid {
			release(record)
			_, err := unix.Pwrite(fd, record, at)
			return err
		}
	}
}

func kind(record []byte) uint16 { return binary.NativeEndian.Uint16(record[typeAt:]) }

func pidOf(record []byte) int32 { return int32(binary.NativeEndian.Uint32(record[pidAt:])) }

// Users are the names of those who are logged in, by the file of that name. One that is not there names nobody.
func Users(name string) ([]string, error) {
	const longest = 1 << 24
	data, err := sys.ReadFile(sys.AT, name, longest)
	if err == unix.ENOENT {
		return nil, nil
	}
	var users []string
	for ; len(data) >= size(); data = data[size():] {
		if user := data[userAt : userAt+userSize]; kind(data) == userProcess {
			user, _, _ = bytes.Cut(user, []byte{0})
			users = append(users, string(user))
		}
	}
	return users, err
}

// release clears the names of the user and the host, and the time.
func release(record []byte) {
	binary.NativeEndian.PutUint16(record[typeAt:], deadProcess)
	clear(record[userAt : sessionAt-4]) // behind it is the exit status
	timeAt, timeSize, _ := layout(runtime.GOARCH)
	clear(record[timeAt : timeAt+timeSize])
}
