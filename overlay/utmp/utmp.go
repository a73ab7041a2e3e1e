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

// What utmp(5) says about a record, in the layout of the C library. Times are wider on machines that have no 32-bit
// past.
const (
	typeAt      = 0
	pidAt       = 4
	userAt      = 44
	userSize    = 32
	sessionAt   = 336
	addressSize = 16 + 20 // with what is unused; behind the time

	userProcess = 7
	deadProcess = 8
)

func size() int {
	switch runtime.GOARCH {
	case "arm64", "riscv64", "loong64":
		return 400
	}
	return 384
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
	clear(record[userAt : sessionAt-4])
	session := (len(record) - addressSize - sessionAt) / 3 // as wide as each half of the time that follows
	clear(record[sessionAt+session : sessionAt+3*session])
}
