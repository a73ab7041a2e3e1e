package pattern

import "strings"

// Flags are those of fnmatch(3).
type Flags uint8

const (
	NoEscape Flags = 1 << iota // a backslash is a byte like any other
	Pathname                   // a slash is matched by a slash only
	Period                     // a leading dot is matched by a dot only; with Pathname behind each slash
)

// Fnmatch tells whether the whole of name matches the pattern, as fnmatch(3) does.
func Fnmatch(pattern, name string, flags Flags) bool {
	if flags&Pathname == 0 {
		return matchPart(pattern, name, flags)
	}
	for {
		p, pRest, pMore := cutSlash(pattern, flags&NoEscape != 0)
		n, nRest, nMore := strings.Cut(name, "/")
		if pMore != nMore || !matchPart(p, n, flags) {
			return false
		}
		if !pMore {
			return true
		}
		pattern, name = pRest, nRest
	}
}

// matchPart is Fnmatch for a name, or what is between two slashes of one.
func matchPart(pattern, name string, flags Flags) bool {
	noEscape := flags&NoEscape != 0
	if flags&Period != 0 && strings.HasPrefix(name, ".") {
		if pattern == "" {
			return false
		}
		if item, _ := next(pattern, noEscape); item != "." && item != `\.` {
			return false
		}
	}
	return Match(pattern, name, noEscape)
}

// cutSlash cuts a pattern at its first slash, which may be escaped. No bracket expression holds one.
func cutSlash(pattern string, noEscape bool) (before, after string, found bool) {
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '/':
			return pattern[:i], pattern[i+1:], true
		case pattern[i] != '\\' || noEscape || i+1 == len(pattern):
		case pattern[i+1] == '/':
			return pattern[:i], pattern[i+2:], true
		default:
			i++
		}
	}
	return pattern, "", false
}
