// Package pattern matches strings against shell patterns, as fnmatch(3) does byte by byte: * ? [...] and
// backslash.
package pattern

import (
	"strings"

	"s6box/internal/charclass"
)

// Match tells whether the whole of name matches the pattern. With noEscape, a backslash is a byte like any
// other.
func Match(pattern, name string, noEscape bool) bool {
	for i := 0; ; {
		if pattern == "" {
			return i == len(name)
		}
		item, rest := next(pattern, noEscape)
		if item == "*" {
			for rest != "" && rest[0] == '*' {
				rest = rest[1:]
			}
			return matchTail(rest, name[i:], noEscape)
		}
		if i == len(name) || !matchByte(item, name[i]) {
			return false
		}
		pattern = rest
		i++
	}
}

// matchTail matches what follows a star: at the first place that fits up to the next star, which is enough
// to try, and so on.
func matchTail(pattern, name string, noEscape bool) bool {
	for {
		fixed, n, star := cutStar(pattern, noEscape)
		if !star {
			return len(name) >= n && Match(fixed, name[len(name)-n:], noEscape)
		}
		at := 0
		for ; ; at++ {
			if len(name)-at < n {
				return false
			}
			if Match(fixed, name[at:at+n], noEscape) {
				break
			}
		}
		name = name[at+n:]
		pattern = strings.TrimLeft(pattern[len(fixed):], "*")
	}
}

// cutStar returns the items of pattern in front of its first star and how many bytes they match.
func cutStar(pattern string, noEscape bool) (fixed string, n int, star bool) {
	for rest := pattern; rest != ""; n++ {
		item, after := next(rest, noEscape)
		if item == "*" {
			return pattern[:len(pattern)-len(rest)], n, true
		}
		rest = after
	}
	return pattern, n, false
}

// next splits off the first item of a pattern: a star, a question mark, a bracket expression, an escaped or a
// plain byte. A bracket without end is a plain one.
func next(pattern string, noEscape bool) (item, rest string) {
	n := 1
	switch {
	case pattern[0] == '\\' && !noEscape && len(pattern) > 1:
		n = 2
	case pattern[0] == '[':
		if end := bracketEnd(pattern); end > 0 {
			n = end
		}
	}
	return pattern[:n], pattern[n:]
}

// bracketEnd returns the length of the bracket expression that pattern begins with, or 0.
func bracketEnd(pattern string) int {
	i := 1
	if i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^') {
		i++
	}
	for first := i; i < len(pattern); i++ {
		switch {
		case pattern[i] == ']' && i > first:
			return i + 1
		case pattern[i] == '[' && i+1 < len(pattern) && strings.IndexByte(":.=", pattern[i+1]) >= 0:
			if end := strings.Index(pattern[i+2:], pattern[i+1:i+2]+"]"); end >= 0 {
				i += end + 3
			}
		}
	}
	return 0
}

func matchByte(item string, c byte) bool {
	switch {
	case item == "?":
		return true
	case len(item) == 2:
		return item[1] == c
	case len(item) > 2:
		return matchBracket(item[1:len(item)-1], c)
	}
	return item[0] == c
}

func matchBracket(set string, c byte) bool {
	negate := set[0] == '!' || set[0] == '^'
	if negate {
		set = set[1:]
	}
	found := false
	for set != "" {
		lo, rest, class := element(set)
		set = rest
		if class != "" {
			found = found || inClass(class, c)
			continue
		}
		hi := lo
		if len(set) > 1 && set[0] == '-' {
			hi, set, _ = element(set[1:])
		}
		found = found || lo <= c && c <= hi
	}
	return found != negate
}

// element reads one element of a bracket expression: a byte, [.x.], [=x=], or a class.
func element(set string) (c byte, rest, class string) {
	if len(set) > 3 && set[0] == '[' && strings.IndexByte(":.=", set[1]) >= 0 {
		if end := strings.Index(set[2:], set[1:2]+"]"); end >= 0 {
			name := set[2 : 2+end]
			if set[1] == ':' {
				return 0, set[end+4:], name
			}
			if len(name) == 1 {
				return name[0], set[end+4:], ""
			}
		}
	}
	return set[0], set[1:], ""
}

// inClass knows ASCII alone, whatever encoding a byte beyond it is part of.
func inClass(class string, c byte) bool {
	return c < 0x80 && charclass.Known(class) && charclass.In(class, rune(c))
}

// HasMeta tells whether pattern stands for more than one string.
func HasMeta(pattern string, noEscape bool) bool {
	for pattern != "" {
		item, rest := next(pattern, noEscape)
		if item == "*" || item == "?" || len(item) > 2 {
			return true
		}
		pattern = rest
	}
	return false
}

// Literal returns the one string that a pattern without special characters stands for.
func Literal(pattern string, noEscape bool) string {
	if noEscape {
		return pattern
	}
	var out []byte
	for pattern != "" {
		item, rest := next(pattern, noEscape)
		out = append(out, item[len(item)-1])
		pattern = rest
	}
	return string(out)
}
