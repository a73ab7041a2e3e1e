// Package charclass is the character classes of POSIX: "alpha", "digit" and so on, and "word" and "ascii" beside them.
package charclass

import "unicode"

// Known tells whether there is a class of that name in POSIX.
func Known(name string) bool {
	switch name {
	case "alpha", "digit", "alnum", "upper", "lower", "space", "blank", "punct", "print", "graph", "cntrl", "xdigit":
		return true
	}
	return false
}

// In tells whether c belongs to the POSIX character class name ("alpha", "digit"…).
func In(name string, c rune) bool {
	switch name {
	case "digit":
		return '0' <= c && c <= '9'
	case "xdigit":
		return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
	case "blank":
		return c == ' ' || c == '\t'
	case "space":
		return c == ' ' || '\t' <= c && c <= '\r'
	case "cntrl":
		return c < 0x20 || c == 0x7f
	case "ascii":
		return c < 0x80
	case "word":
		return c == '_' || In("alnum", c)
	case "alnum":
		return In("alpha", c) || In("digit", c)
	case "alpha":
		return In("lower", c) || In("upper", c) || c >= 0xaa && c <= unicode.MaxRune && unicode.IsLetter(c)
	case "lower":
		return 'a' <= c && c <= 'z' || c >= 0xaa && c <= unicode.MaxRune && unicode.IsLower(c)
	case "upper":
		return 'A' <= c && c <= 'Z' || c >= 0xaa && c <= unicode.MaxRune && unicode.IsUpper(c)
	case "graph":
		return 0x20 < c && c < 0x7f || c >= 0xa1 && c <= unicode.MaxRune && unicode.IsGraphic(c)
	case "print":
		return c == ' ' || In("graph", c)
	case "punct":
		return In("graph", c) && !In("alnum", c)
	}
	return false
}
