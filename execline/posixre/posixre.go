// Package posixre matches POSIX regular expressions, byte by byte as in the C locale.
package posixre

import (
	"errors"
	"regexp"
	"strings"

	"s6box/internal/ere"
)

// Flags choose the kind of expression.
type Flags uint8

const (
	Basic    Flags = 1 << iota // basic rather than extended
	FoldCase                   // letters match in either case
)

// Regexp is a compiled expression. One that package regexp can't express is for package ere, which may take long.
type Regexp struct {
	re   *regexp.Regexp
	slow *ere.Regexp
}

// Compile reads an expression. Errors are worded as regerror(3) words them.
func Compile(expr string, flags Flags) (*Regexp, error) {
	t := translator{src: expr, basic: flags&Basic != 0, fold: flags&FoldCase != 0}
	if err := t.run(); err == errBeyond {
		return compileSlow(expr, flags)
	} else if err != nil {
		return nil, err
	}
	head := "(?s)"
	if flags&FoldCase != 0 {
		head = "(?si)"
	}
	re, err := regexp.Compile(head + t.out.String())
	if err != nil {
		return nil, errors.New("Out of memory") // only its size is left to complain of
	}
	re.Longest()
	return &Regexp{re: re}, nil
}

// Syntax is the expression in the syntax of package regexp, for texts in which every byte is the character of its
// number. It is false for an expression that it can't write.
func (r *Regexp) Syntax() (expr string, ok bool) {
	if r.slow != nil {
		return "", false
	}
	return r.re.String(), true
}

// Match tells whether any part of s matches.
func (r *Regexp) Match(s string) bool {
	if r.slow != nil {
		return r.slow.Match(private(s)) != nil
	}
	return r.re.MatchString(latin1(s))
}

// Find returns the leftmost longest part of s that matches, then what each group matched: start and end
// offsets in s, -1 where there is none. It is nil without a match.
func (r *Regexp) Find(s string) [][2]int {
	wide, loc := r.find(s)
	if loc == nil {
		return nil
	}
	groups := make([][2]int, len(loc)/2)
	for i := range groups {
		groups[i] = [2]int{narrow(wide, loc[2*i]), narrow(wide, loc[2*i+1])}
	}
	return groups
}

func (r *Regexp) find(s string) (wide string, loc []int) {
	if r.slow != nil {
		wide = private(s)
		return wide, r.slow.Match(wide)
	}
	wide = latin1(s)
	return wide, r.re.FindStringSubmatchIndex(wide)
}

// latin1 makes a character of each byte: what package regexp matches is characters.
func latin1(s string) string {
	if isASCII(s) {
		return s
	}
	var out strings.Builder
	for i := range len(s) {
		out.WriteRune(rune(s[i]))
	}
	return out.String()
}

// narrow turns an offset in latin1(s) into one in s.
func narrow(wide string, offset int) int {
	if offset < 0 || isASCII(wide) {
		return offset
	}
	n := 0
	for range wide[:offset] {
		n++
	}
	return n
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
