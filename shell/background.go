package shell

import (
	"slices"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/syntax"

	"s6box/internal/proc"
)

// background starts a statement that ends in &.
func (sh *Shell) background(s *syntax.Stmt) {
	run := *s
	run.Background, run.Negated = false, false // bash takes no notice of a !
	if sh.debugStage(&run) {
		return
	}
	sub := sh.fork()
	sub.leaveLoops(&run)
	if _, ok := sub.files[0]; !ok && !sh.opts.has(monitor) {
		if fd, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0); err == nil {
			if f, err := newFile(fd); err == nil {
				sub.setFile(0, f)
			}
		}
	}
	pid := sub.startProcess([]*syntax.Stmt{&run}, !sh.opts.has(monitor))
	sub.files.release()
	sub.st.Release()
	if pid == 0 {
		sh.status = 1
		return
	}
	sh.jobs.poll()
	sh.jobs.add(pid, sh.code(&run)).async = !sh.opts.has(monitor)
	sh.status = 0
}

// leaveLoops takes the shell of a compound command out of the loops around it: there is nothing to break there. A break alone does
// nothing and has nothing to say.
func (sub *Shell) leaveLoops(s *syntax.Stmt) {
	if _, simple := s.Cmd.(*syntax.CallExpr); !simple {
		sub.loops = 0
	}
}

// startProcess runs statements in a process of their own, which is told the state of the shell. async: it
// ignores SIGINT and SIGQUIT, as what a shell without job control puts in the background does. The result is
// 0 when there is no process.
func (sub *Shell) startProcess(stmts []*syntax.Stmt, async bool) int {
	stmts = unwrapped(stmts)
	text, err := sub.stateText(stmts)
	if err == nil {
		var f *file
		if f, err = textFile(text); err == nil {
			defer f.release()
			return sub.resumed(f, async)
		}
	}
	sub.complain("cannot make a process: %s", reason(err))
	return 0
}

// unwrapped makes ( … ) alone in a process { … }: one is enough.
func unwrapped(stmts []*syntax.Stmt) []*syntax.Stmt {
	if len(stmts) != 1 {
		return stmts
	}
	inner, ok := stmts[0].Cmd.(*syntax.Subshell)
	if !ok || stmts[0].Negated || len(inner.Stmts) == 0 {
		return stmts
	}
	s := *stmts[0]
	s.Cmd = &syntax.Block{Lbrace: inner.Lparen, Rbrace: inner.Rparen, Stmts: inner.Stmts}
	return []*syntax.Stmt{&s}
}

// resumed starts this program with the state of a shell in f.
func (sub *Shell) resumed(f *file, async bool) int {
	st := sub.child()
	defer st.Release()
	n := 9
	for taken := true; taken; {
		n++
		_, err := sub.fd(n)
		taken = err == nil
	}
	st.BorrowFD(n, f.fd)
	option := resumeOption
	if async {
		option = resumeAsync
	}
	pid, err := st.Spawn(proc.Self(), []string{hiddenName, option, itoa(n)})
	if err != nil {
		sub.complain("fork: %s", reason(err))
		return 0
	}
	return pid
}

// runProcess runs statements as startProcess does and waits.
func (sh *Shell) runProcess(stmts []*syntax.Stmt) int {
	sub := sh.fork()
	pid := sub.startProcess(stmts, false)
	sub.files.release()
	sub.st.Release()
	if pid == 0 {
		return 1
	}
	return sh.waitFor(pid)
}

// coproc starts a command with pipes to its standard input and output; NAME[0] reads from it and NAME[1] writes
// to it.
func (sh *Shell) coproc(c *syntax.CoprocClause) {
	name := "COPROC"
	if c.Name != nil {
		var err error
		if name, err = sh.literal(c.Name); err != nil {
			sh.fail(err)
			return
		}
	}
	fromR, fromW, err := pipe()
	if err != nil {
		sh.fail(discard("cannot make pipe for coprocess: %s", reason(err)))
		return
	}
	toR, toW, err := pipe()
	if err != nil {
		fromR.release()
		fromW.release()
		sh.fail(discard("cannot make pipe for coprocess: %s", reason(err)))
		return
	}
	sub := sh.fork()
	sub.loops = 0
	sub.setFile(0, toR)
	sub.setFile(1, fromW)
	stmt := *c.Stmt
	if call, ok := stmt.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 {
		stmt.Position = call.Args[0].Pos() // the parser took the first word for a name
	}
	pid := sub.startProcess([]*syntax.Stmt{&stmt}, true)
	sub.files.release()
	sub.st.Release()
	in := sh.freeNumber(60)
	sh.setFile(in, fromR)
	out := sh.freeNumber(60)
	sh.setFile(out, toW)
	sh.unset(ref{name: name})
	sh.fill(sh.add(sh.scope.global(), name), name, []elem{{value: itoa(in)}, {value: itoa(out)}}, false)
	sh.set(name+"_PID", itoa(pid))
	sh.coprocs = append(sh.coprocs, coprocess{name, pid, in, out})
	sh.jobs.add(pid, sh.commandCode(c, nil)).async = true
	sh.status = 0
}

// coprocess is a coproc that has not been waited for, and its descriptors here.
type coprocess struct {
	name    string
	pid     int
	in, out int
}

// endCoproc takes back what coproc has set, when the process is over.
func (sh *Shell) endCoproc(pid int) {
	i := slices.IndexFunc(sh.coprocs, func(c coprocess) bool { return c.pid == pid })
	if i < 0 {
		return
	}
	c := sh.coprocs[i]
	sh.coprocs = slices.Delete(slices.Clone(sh.coprocs), i, i+1)
	for _, n := range []int{c.in, c.out} {
		sh.files[n].release()
		delete(sh.files, n)
	}
	sh.unset(ref{name: c.name})
	sh.unset(ref{name: c.name + "_PID"})
}
