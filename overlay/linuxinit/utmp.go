package linuxinit

import (
	"encoding/binary"
	"runtime"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

const utmpFile = "/var/run/utmp"

// What utmp(5) says about a record, in the layout of the C library. Times are wider on machines that have no 32-bit
// past.
const (
	typeAt      = 0
	pidAt       = 4
	userAt      = 44
	sessionAt   = 336
	addressSize = 16 + 20 // with what is unused; behind the time

	userProcess = 7
	deadProcess = 8
)

func utmpSize() int {
	switch runtime.GOARCH {
	case "arm64", "riscv64", "loong64":
		return 400
	}
	return 384
}

// loggedOut marks the record of the process pid in a file as one of nobody. There may be none.
func loggedOut(name string, pid int32) error {
	fd, err := sys.Open(sys.AT, name, unix.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lock := unix.Flock_t{Type: unix.F_WRLCK}
	if err := unix.FcntlFlock(uintptr(fd), unix.F_SETLKW, &lock); err != nil {
		return err
	}
	record := make([]byte, utmpSize())
	for at := int64(0); ; at += int64(len(record)) {
		n, err := unix.Pread(fd, record, at)
		if err != nil || n < len(record) {
			return err
		}
		if isUser(record, pid) {
			logOut(record)
			_, err := unix.Pwrite(fd, record, at)
			return err
		}
	}
}

func isUser(record []byte, pid int32) bool {
	return binary.NativeEndian.Uint16(record[typeAt:]) == userProcess && int32(binary.NativeEndian.Uint32(record[pidAt:])) == pid
}

// logOut clears the names of the user and the host, and the time.
func logOut(record []byte) {
	binary.NativeEndian.PutUint16(record[typeAt:], deadProcess)
	clear(record[userAt : sessionAt-4])
	session := (len(record) - addressSize - sessionAt) / 3 // as wide as each half of the time that follows
	clear(record[sessionAt+session : sessionAt+3*session])
}
