package proc

import (
	"strconv"
	"strings"
)

// FDName tells which descriptor of the process that opens it a file name stands for.
func FDName(name string) (n int, ok bool) {
	n, below, ok := cutFDName(name)
	return n, ok && below == ""
}

// cutFDName is FDName for names below that too: below is the rest, from its slash on.
func cutFDName(name string) (n int, below string, ok bool) {
	switch name {
	case "/dev/stdin":
		return 0, "", true
	case "/dev/stdout":
		return 1, "", true
	case "/dev/stderr":
		return 2, "", true
	}
	for _, dir := range []string{"/dev/fd/", "/proc/self/fd/"} {
		if rest, ok := strings.CutPrefix(name, dir); ok {
			digits, _, _ := strings.Cut(rest, "/")
			n, err := strconv.Atoi(digits)
			return n, rest[len(digits):], err == nil && n >= 0
		}
	}
	return 0, "", false
}

// fdPath is the name under which this process finds what is below descriptor n of s, which s calls name: one that no
// file has where that is closed, whatever this process keeps there.
func (s *State) fdPath(n int, below, name string) string {
	switch real, err := s.FD(n); {
	case err != nil:
		return fdLink(-1)
	case real != n:
		return fdLink(real) + below
	}
	return name
}
