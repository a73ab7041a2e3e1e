package subst

import (
	"strconv"
	"strings"
)

// appendNetstring appends the netstring of s: its length, a colon, s, a comma.
func appendNetstring(dst []byte, s string) []byte {
	dst = strconv.AppendInt(dst, int64(len(s)), 10)
	dst = append(dst, ':')
	dst = append(dst, s...)
	return append(dst, ',')
}

// parseNetstrings decodes a sequence of netstrings, or fails with errNetstrings.
func parseNetstrings(s string) ([]string, error) {
	var words []string
	for s != "" {
		digits, rest, _ := strings.Cut(s, ":")
		n, err := strconv.ParseUint(digits, 10, 31)
		if err != nil || uint64(len(rest)) <= n || rest[n] != ',' {
			return nil, errNetstrings
		}
		words = append(words, rest[:n])
		s = rest[n+1:]
	}
	return words, nil
}
