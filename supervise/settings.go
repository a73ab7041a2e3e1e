package supervise

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// number reads a file of the service directory that holds an unsigned number; absent is its value where
// there is none, or none that is valid.
func (s *service) number(name string, absent uint64) uint64 {
	n, err := sys.ReadUint(s.at(), name, absent)
	switch err {
	case nil:
	case unix.EINVAL:
		s.warn("invalid %s", name)
	default:
		s.warn("unable to read %s: %s", name, applet.Reason(err))
	}
	return n
}

// descriptor reads a file that holds a descriptor number, at least 1; 0 is none.
func (s *service) descriptor(name string) int {
	const most, none = 1 << 20, 1 << 32
	n := s.number(name, none)
	switch {
	case n == none:
		return 0
	case n == 0 || n > most:
		s.warn("invalid %s", name)
		return 0
	}
	return int(n)
}

// signalFile reads a file that names a signal, by name or number.
func (s *service) signalFile(name string, absent unix.Signal) unix.Signal {
	line, err := sys.ReadLine(s.at(), name, 32)
	switch {
	case err == unix.ENOENT:
		return absent
	case err != nil:
		s.warn("unable to read %s: %s", name, applet.Reason(err))
		return absent
	}
	if sig, ok := sys.Signal(strings.TrimSpace(string(line))); ok {
		return sig
	}
	s.warn("invalid %s: %s", name, line)
	return absent
}
