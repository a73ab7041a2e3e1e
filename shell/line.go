package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// commandLine is the line of a simple command as bash numbers it: that up to which its parser has read when it knows the first
// word to be one. It reads what is behind that first, and if that is a word of several lines, all of them.
func (u *unit) commandLine(cmd syntax.Command, redirs []*syntax.Redirect) int {
	var first, second syntax.Pos // where they end
	start := cmd.Pos()
	take := func(n syntax.Node) {
		switch {
		case !first.IsValid():
			first = n.End()
		case !second.IsValid():
			second = n.End()
		}
	}
	switch c := cmd.(type) {
	case *syntax.CallExpr:
		if len(c.Assigns) > 0 { // surely a command
			return u.lineOf(c.Assigns[0].End())
		}
		for _, w := range c.Args {
			take(w)
		}
	case *syntax.DeclClause:
		take(c.Variant)
		for _, a := range c.Args {
			take(a)
		}
	}
	for _, r := range redirs {
		switch at := r.Pos(); {
		case !at.After(start):
			return u.lineOf(r.End())
		case !second.IsValid() || second.After(at):
			second = at
		}
	}
	if second.After(first) {
		return u.lineOf(second)
	}
	return u.lineOf(first) + u.continued(int(first.Offset()))
}

// continued counts the lines that end in a backslash between offset at and the token behind it.
func (u *unit) continued(at int) (lines int) {
	for u.flat == 0 && at < len(u.src) {
		switch {
		case u.src[at] == ' ' || u.src[at] == '\t':
			at++
		case strings.HasPrefix(u.src[at:], "\\\n"):
			at += 2
			lines++
		default:
			return lines
		}
	}
	return lines
}

// inside is the unit of a statement of a substitution. Bash numbers its lines from that of the command around it, as the code
// that it shows of the substitution has them.
func (u *unit) inside(s *syntax.Stmt, line int) *unit {
	out := *u
	if out.flat = line; strings.Contains(u.code(s), "\n") {
		out.flat, out.base = 0, line-int(s.Pos().Line())
	}
	return &out
}

// substStmts runs the statements of a substitution in a command on the given line.
func (sub *Shell) substStmts(stmts []*syntax.Stmt, line int) {
	u := sub.unit
	for _, s := range stmts {
		if sub.stopped() {
			return
		}
		sub.unit = u.inside(s, line)
		sub.stmt(s)
		sub.unit = u
		if line += strings.Count(u.code(s), "\n"); !s.Semicolon.IsValid() {
			line++
		}
	}
}
