// Package posixre matches POSIX regular expressions, byte by byte as in the C locale, in a time that is linear in the
// text. The regular expressions of Go's library are others, and cost start-up time in every program that links them.
package posixre

import (
	"errors"

	"s6box/internal/ere"
)

// Flags choose the kind of expression.
type Flags uint8

const (
	Basic    Flags = 1 << iota // basic rather than extended
	FoldCase                   // letters match in either case
)

// Regexp is a compiled expression.
type Regexp struct {
	prog *prog
	slow *ere.Regexp // one with back references, which may take long
}

// Compile reads an expression. Errors are worded as regerror(3) words them.
func Compile(expr string, flags Flags) (*Regexp, error) {
	p := parser{src: expr, basic: flags&Basic != 0, fold: flags&FoldCase != 0}
	top, err := p.parse()
	if err == errBackReference {
		return compileSlow(expr, flags)
	} else if err != nil {
		return nil, err
	}
	prog, ok := compile(top, p.groups)
	if !ok {
		return nil, errors.New("Out of memory")
	}
	return &Regexp{prog: prog}, nil
}

// Match tells whether any part of s matches.
func (r *Regexp) Match(s string) bool {
	if r.slow != nil {
		return r.slow.Match(private(s)) != nil
	}
	return newSearch(r.prog, 0).run(s)
}

// Find returns the leftmost longest part of s that matches, then what each group matched: start and end
// offsets in s, -1 where there is none. It is nil without a match.
func (r *Regexp) Find(s string) [][2]int {
	if r.slow != nil {
		return r.findSlow(s)
	}
	search := newSearch(r.prog, r.prog.slots)
	if !search.run(s) {
		return nil
	}
	groups := make([][2]int, r.prog.slots/2)
	for i := range groups {
		groups[i] = [2]int(search.best[2*i:])
	}
	return groups
}
