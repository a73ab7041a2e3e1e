package proc

import (
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// environ returns the environment exactly as execve received it. os.Environ drops repeated names and
// builds an index that a chain has no use for. The kernel lays the strings of argv, then those of the
// environment, then the path of the executed file one behind the other, and os.Args points at the first.
func environ(argv []string) Env {
	end := execFileAddr()
	if end == 0 || len(argv) == 0 {
		return os.Environ()
	}
	start := uintptr(unsafe.Pointer(unsafe.StringData(argv[0])))
	for _, word := range argv {
		start += uintptr(len(word)) + 1
	}
	if argv[0] == "" || start > end || end-start > 1<<30 {
		return os.Environ()
	}
	if start == end {
		return nil
	}
	block := unsafe.String((*byte)(stackPointer(start)), int(end-start-1))
	return strings.Split(block, "\x00")
}

// execFileAddr is where the kernel put the path of the executed file, or 0.
func execFileAddr() uintptr {
	const atExecfn = 31
	auxv, err := unix.Auxv()
	if err != nil {
		return 0
	}
	for _, pair := range auxv {
		if pair[0] == atExecfn {
			return pair[1]
		}
	}
	return 0
}

// stackString reads the NUL-terminated string at addr on this process's initial stack.
func stackString(addr uintptr) string {
	return unix.BytePtrToString((*byte)(stackPointer(addr)))
}

// stackPointer makes a pointer of an address that lies outside the Go heap, for good.
func stackPointer(addr uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&addr))
}
