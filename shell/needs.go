package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// needsProcess tells whether a subshell has to be a process of its own: because it asks for its process id, or
// changes what belongs to a process (limits, what signals do).
func (sh *Shell) needsProcess(stmts []*syntax.Stmt) bool {
	seen := make(map[string]bool)
	return slices.ContainsFunc(stmts, func(s *syntax.Stmt) bool { return sh.needs(s, seen) })
}

func (sh *Shell) needs(n syntax.Node, seen map[string]bool) bool {
	found := false
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ParamExp:
			found = found || n.Param != nil && n.Param.Value == "BASHPID"
		case *syntax.Lit: // in arithmetic
			found = found || n.Value == "BASHPID"
		case *syntax.SglQuoted: // of an eval
			found = found || strings.Contains(n.Value, "BASHPID")
		case *syntax.CallExpr:
			found = found || sh.callNeeds(n, seen)
		}
		return !found
	})
	return found
}

func (sh *Shell) callNeeds(c *syntax.CallExpr, seen map[string]bool) bool {
	if len(c.Args) == 0 {
		return false
	}
	name, ok := plainWord(c.Args[0])
	if !ok {
		return false
	}
	switch name {
	case "ulimit":
		return true
	case "trap":
		return trapsSignal(c.Args[1:])
	}
	if fn := sh.funcs[name]; fn != nil && !seen[name] {
		seen[name] = true
		return sh.needs(fn.decl.Body, seen)
	}
	return false
}

// trapsSignal tells whether a trap command is about more than EXIT, ERR and the like.
func trapsSignal(words []*syntax.Word) bool {
	if len(words) < 2 {
		return false
	}
	for _, w := range words[1:] {
		switch name, _ := plainWord(w); name {
		case "EXIT", "0", "ERR", "DEBUG", "RETURN":
		default:
			return true
		}
	}
	return false
}
