package shell

import (
	"mvdan.cc/sh/v3/syntax"
)

// stmts runs a list of statements.
func (sh *Shell) stmts(list []*syntax.Stmt) {
	for _, s := range list {
		if sh.stopped() {
			return
		}
		sh.stmt(s)
	}
}

// stmt runs one statement and leaves its exit code in sh.status.
func (sh *Shell) stmt(s *syntax.Stmt) {
	sh.yield()
	if sh.opts.has(noExec) {
		return
	}
	if sh.traps.pending() {
		sh.runTraps()
		if sh.stopped() {
			return
		}
	}
	open := len(sh.subs)
	switch {
	case s.Background:
		sh.background(s)
	case s.Negated:
		sh.quietly(func() { sh.command(s) })
		if sh.ctl.kind == ctlNone {
			sh.status = boolStatus(sh.status != 0)
		}
	default:
		sh.command(s)
	}
	sh.closeSubs(open)
}

// quietly runs f where a failure is not an error for set -e.
func (sh *Shell) quietly(f func()) {
	sh.quiet++
	f()
	sh.quiet--
}

func boolStatus(ok bool) int {
	if ok {
		return 0
	}
	return 1
}

// command runs the command of a statement with its redirections.
func (sh *Shell) command(s *syntax.Stmt) {
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		sh.simple(cmd, s.Redirs)
		return
	case *syntax.BinaryCmd:
		if len(s.Redirs) == 0 {
			sh.binary(cmd)
			return
		}
	}
	if sub, ok := s.Cmd.(*syntax.Subshell); ok {
		sh.line = sh.unit.lineOf(sub.Rparen)
	} else if decl, ok := s.Cmd.(*syntax.DeclClause); ok {
		sh.line = sh.unit.commandLine(decl, s.Redirs)
	} else if s.Cmd != nil {
		sh.line = sh.unit.lineOf(s.Cmd.Pos())
	} else if len(s.Redirs) > 0 {
		sh.line = sh.unit.lineOf(s.Redirs[0].Pos())
	}
	line := sh.line
	sh.line = sh.compoundLine(s.Cmd)
	sh.subst = 0
	undo, err := sh.redirect(s.Redirs)
	if err != nil {
		sh.redirectFailed(err)
		undo.undo()
		if decl, ok := s.Cmd.(*syntax.DeclClause); ok && sh.opts.posix && special(decl.Variant.Value) {
			sh.exit(1)
		}
		return
	}
	sh.line = line
	if s.Cmd == nil {
		sh.status = sh.subst
	} else {
		sh.compound(s.Cmd)
	}
	undo.undo()
	switch s.Cmd.(type) {
	case nil:
		sh.check()
	case *syntax.Subshell:
		if sh.traps.has("ERR") {
			sh.runs(s.Cmd, s.Redirs)
		}
		sh.check()
	case *syntax.DeclClause, *syntax.LetClause:
		sh.runs(s.Cmd, s.Redirs)
		sh.check()
	}
}

// compoundLine is the line that bash names for redirections of cmd: for most compound commands that where the function begins, or
// up to which the script has been read.
func (sh *Shell) compoundLine(cmd syntax.Command) int {
	switch cmd.(type) {
	case *syntax.Block, *syntax.IfClause, *syntax.WhileClause, *syntax.ForClause, *syntax.CaseClause:
		if f := sh.inFunction(); f != nil && sh.funcs[f.fn] != nil {
			return f.unit.lineOf(sh.funcs[f.fn].decl.Body.Pos())
		}
		return max(sh.line, sh.unit.lastLine)
	}
	return sh.line
}

// redirectFailed reports that a redirection could not be made: the command fails, the shell goes on.
func (sh *Shell) redirectFailed(err error) {
	if f, ok := err.(*failure); !ok || f.exit || f.math {
		sh.fail(hard(err))
		return
	}
	sh.complain("%s", err.Error())
	sh.status = 1
	sh.check()
}

// check acts on the failure of a command: the ERR trap, and set -e.
func (sh *Shell) check() { sh.checkSince(sh.traps.has("ERR")) }

// checkSince does so for a command that began with an ERR trap, or without one: a trap that it has set is for those that follow.
func (sh *Shell) checkSince(trapped bool) {
	if sh.status == 0 || sh.quiet > 0 || sh.stopped() {
		return
	}
	if trapped {
		sh.runErrTrap()
	}
	if sh.opts.has(errExit) && !sh.stopped() {
		sh.giveUp()
	}
}

// giveUp is the way out of set -e. The EXIT trap sees the names and arguments of the functions that are left, and of a subshell
// all; the variables and redirections of others it does not see.
func (sh *Shell) giveUp() {
	if !sh.root() || sh.inFunction() == nil {
		sh.leave(sh.status)
		return
	}
	sh.exit(sh.status)
	sh.ctl.named = true
}

func (sh *Shell) compound(cmd syntax.Command) {
	switch cmd := cmd.(type) {
	case *syntax.BinaryCmd:
		sh.binary(cmd)
	case *syntax.Block:
		sh.stmts(cmd.Stmts)
	case *syntax.Subshell:
		sh.subshell(cmd)
	case *syntax.IfClause:
		sh.ifClause(cmd)
	case *syntax.WhileClause:
		sh.while(cmd)
	case *syntax.ForClause:
		sh.forClause(cmd)
	case *syntax.CaseClause:
		sh.caseClause(cmd)
	case *syntax.FuncDecl:
		sh.define(cmd)
	case *syntax.ArithmCmd:
		sh.arithCmd(cmd)
	case *syntax.TestClause:
		sh.testClause(cmd)
	case *syntax.DeclClause:
		sh.declClause(cmd)
	case *syntax.LetClause:
		sh.letClause(cmd)
	case *syntax.TimeClause:
		sh.timeClause(cmd)
	case *syntax.CoprocClause:
		sh.coproc(cmd)
	default:
		sh.complain("%T: not a command of this shell", cmd)
		sh.status = 2
	}
}

func (sh *Shell) binary(cmd *syntax.BinaryCmd) {
	switch cmd.Op {
	case syntax.AndStmt, syntax.OrStmt:
		tail := sh.tail
		sh.tail = false
		sh.quietly(func() { sh.stmt(cmd.X) })
		if !sh.stopped() && (sh.status == 0) == (cmd.Op == syntax.AndStmt) {
			sh.tail = tail && len(sh.traps.actions) == 0 // the first may have set one
			sh.stmt(cmd.Y)
		}
		sh.tail = false
	default:
		sh.tail = false
		sh.pipeline(cmd)
	}
}

// subshell runs ( … ).
func (sh *Shell) subshell(cmd *syntax.Subshell) {
	before := sh.running
	sh.runs(cmd, nil)
	if sh.needsProcess(cmd.Stmts) {
		sh.status = sh.runProcess(cmd.Stmts)
		sh.write(2, sh.obituary)
		sh.obituary = ""
	} else {
		sub := sh.fork()
		sub.loops = 0
		sub.stmts(cmd.Stmts)
		sh.status = sub.end()
	}
	sh.pipe = []int{sh.status}
	if !sh.traps.has("ERR") {
		sh.running = before
	}
}

func (sh *Shell) ifClause(c *syntax.IfClause) {
	for ; c != nil; c = c.Else {
		if len(c.Cond) == 0 { // else
			sh.stmts(c.Then)
			return
		}
		sh.quietly(func() { sh.stmts(c.Cond) })
		if sh.stopped() {
			return
		}
		if sh.status == 0 {
			sh.stmts(c.Then)
			return
		}
	}
	sh.status = 0
}

// endLoop tells whether the enclosing loop ends, consuming break and continue.
func (sh *Shell) endLoop() bool {
	switch sh.ctl.kind {
	case ctlNone:
		return false
	case ctlBreak, ctlContinue:
		if sh.ctl.count > 1 {
			sh.ctl.count--
			return true
		}
		end := sh.ctl.kind == ctlBreak
		sh.ctl = control{}
		return end
	}
	return true
}

func (sh *Shell) caseClause(c *syntax.CaseClause) {
	if sh.debug(func() string { return "case " + sh.wordCode(c.Word) + " in " }) {
		return
	}
	word, err := sh.literal(c.Word)
	if err != nil {
		sh.fail(err)
		return
	}
	if sh.opts.has(xTrace) {
		sh.trace("case " + sh.wordCode(c.Word) + " in")
	}
	ran, through := false, false
	defer func() {
		if !ran && !sh.stopped() {
			sh.status = 0
		}
	}()
	for _, item := range c.Items {
		if !through {
			match, err := sh.matches(item, word)
			if err != nil {
				sh.fail(err)
				return
			}
			if !match {
				continue
			}
		}
		ran = ran || len(item.Stmts) > 0
		sh.stmts(item.Stmts)
		if sh.stopped() {
			return
		}
		switch item.Op {
		case syntax.Fallthrough:
			through = true
		case syntax.Resume, syntax.ResumeKorn:
			through = false
		default:
			return
		}
	}
}

func (sh *Shell) matches(item *syntax.CaseItem, word string) (bool, error) {
	for _, p := range item.Patterns {
		text, err := sh.patternOf(p)
		if err != nil {
			return false, err
		}
		if sh.match(text, word) {
			return true, nil
		}
	}
	return false, nil
}
