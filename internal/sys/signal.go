package sys

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Signal returns the signal of a name, in either case and with or without SIG, or of a number.
func Signal(name string) (sig unix.Signal, ok bool) {
	const most = 64
	if n, err := strconv.ParseUint(name, 10, 8); err == nil {
		return unix.Signal(n), 1 <= n && n <= most
	}
	name = strings.TrimPrefix(strings.ToUpper(name), "SIG")
	switch name { // second names
	case "CLD":
		name = "CHLD"
	case "IOT":
		name = "ABRT"
	case "POLL":
		name = "IO"
	case "UNUSED":
		name = "SYS"
	}
	sig = unix.SignalNum("SIG" + name)
	return sig, sig != 0
}
