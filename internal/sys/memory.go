package sys

import (
	"bytes"
	"os"
	"runtime/debug"
	"strconv"

	"golang.org/x/sys/unix"
)

// ForgetProgram gives back the memory that holds this program's code and constants: the parts needed next
// are mapped again, from the page cache, as they are touched. It is for daemons that have started up and go
// to rest. The program is not position-independent: what it may not write to is as it is in its file.
func ForgetProgram() {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	const most = 1 << 20
	maps, err := ReadFile(AT, "/proc/self/maps", most) // not by os, which would keep its poller for it
	if err != nil {
		return
	}
	for line := range bytes.Lines(maps) {
		fields := bytes.Fields(line)
		const columns = 6 // range, permissions, offset, device, inode, file
		if len(fields) < columns || fields[1][1] == 'w' || string(fields[columns-1]) != exe {
			continue
		}
		from, to, _ := bytes.Cut(fields[0], []byte("-"))
		start, err1 := strconv.ParseUint(string(from), 16, 64)
		end, err2 := strconv.ParseUint(string(to), 16, 64)
		if err1 == nil && err2 == nil {
			unix.Syscall(unix.SYS_MADVISE, uintptr(start), uintptr(end-start), unix.MADV_DONTNEED)
		}
	}
}

// KeepSmall has garbage collected from one megabyte of it on, where the runtime would wait for four: for a process that
// goes round for long with little at hand.
func KeepSmall() {
	const percent = 25
	debug.SetGCPercent(percent)
}

// MemFile returns a descriptor that reads text from a file that is in memory only.
func MemFile(text string) (fd int, err error) {
	if fd, err = unix.MemfdCreate("here-document", unix.MFD_CLOEXEC); err != nil {
		return -1, err
	}
	if err = WriteAll(fd, []byte(text)); err == nil {
		_, err = unix.Seek(fd, 0, unix.SEEK_SET)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
