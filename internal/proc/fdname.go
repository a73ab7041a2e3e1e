package proc

import (
	"strconv"
	"strings"
)

// FDName tells which descriptor of the process that opens it a file name stands for.
func FDName(name string) (n int, ok bool) {
	switch name {
	case "/dev/stdin":
		return 0, true
	case "/dev/stdout":
		return 1, true
	case "/dev/stderr":
		return 2, true
	}
	for _, dir := range []string{"/dev/fd/", "/proc/self/fd/"} {
		if digits, ok := strings.CutPrefix(name, dir); ok {
			n, err := strconv.Atoi(digits)
			return n, err == nil && n >= 0
		}
	}
	return 0, false
}

// fdPath is the name under which this process finds what descriptor n of s stands for, which s calls name: one that no
// file has where that is closed, whatever this process keeps there.
func (s *State) fdPath(n int, name string) string {
	switch real, err := s.FD(n); {
	case err != nil:
		return fdLink(-1)
	case real != n:
		return fdLink(real)
	}
	return name
}
