package shell

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"s6box/internal/proc"
	"s6box/internal/sys"
)

// stage is one command of a pipeline.
type stage struct {
	stmt *syntax.Stmt
	sh   *Shell
	pid  int
	code int
}

// mergeErrors is what "|&" asks of the stage before it: 2>&1, after its own redirections.
func (s *stage) mergeErrors() {
	merged := *s.stmt
	merge := &syntax.Redirect{
		OpPos: s.stmt.Pos(), N: &syntax.Lit{Value: "2"}, Op: syntax.DplOut,
		Word: &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: "1"}}},
	}
	merged.Redirs = append(slices.Clip(merged.Redirs), merge)
	s.stmt = &merged
}

// stages lists the commands of a pipeline.
func stages(cmd *syntax.BinaryCmd) []*stage {
	var out []*stage
	if x, ok := cmd.X.Cmd.(*syntax.BinaryCmd); ok && isPipeline(x) && len(cmd.X.Redirs) == 0 && !cmd.X.Negated {
		out = stages(x)
	} else {
		out = []*stage{{stmt: cmd.X}}
	}
	if cmd.Op == syntax.PipeAll {
		out[len(out)-1].mergeErrors()
	}
	if y, ok := cmd.Y.Cmd.(*syntax.BinaryCmd); ok && isPipeline(y) && len(cmd.Y.Redirs) == 0 && !cmd.Y.Negated {
		return append(out, stages(y)...)
	}
	return append(out, &stage{stmt: cmd.Y})
}

func isPipeline(b *syntax.BinaryCmd) bool { return b.Op == syntax.Pipe || b.Op == syntax.PipeAll }

// pipeline runs commands at the same time, each reading what the one before writes. Programs are processes;
// other commands run in goroutines, the last of them here.
func (sh *Shell) pipeline(cmd *syntax.BinaryCmd) {
	list := stages(cmd)
	last := len(list) - 1
	sh.line = sh.unit.lineOf(list[last].stmt.Pos())
	for _, s := range list {
		if sh.debugStage(s.stmt) {
			return
		}
	}
	sh.sys.signals.survivePipe()
	if err := sh.connect(list); err != nil {
		sh.complain("pipe error: %s", reason(err))
		sh.status = 1
		return
	}
	var running sync.WaitGroup
	var left atomic.Int32
	for _, s := range list[:last] {
		if s.sh.startStage(s) {
			continue
		}
		s.sh.holds = false
		left.Add(1)
		running.Go(func() {
			s.run()
			left.Add(-1)
		})
	}
	if s := list[last]; sh.opts.shopted("lastpipe") && !sh.opts.has(monitor) {
		sh.runLast(s)
	} else {
		headStart(&left)
		if !s.sh.startStage(s) {
			s.run()
		}
	}
	sh.blocking(running.Wait)
	codes := make([]int, len(list))
	for i, s := range list {
		if s.pid > 0 {
			s.code = sh.waitStage(s)
		}
		codes[i] = s.code
	}
	sh.pipe = codes
	sh.status = codes[last]
	sh.shownStage(list)
	if sh.opts.has(pipeFail) {
		for _, code := range codes {
			if code != 0 {
				sh.status = code
			}
		}
	}
	if !sh.stopped() {
		sh.check()
	}
}

// shownStage makes the last stage that is a simple command or a subshell the running command, as in bash. Where a subshell is
// the last stage, its failure is one that an ERR trap is told of twice.
func (sh *Shell) shownStage(list []*stage) {
	for i, s := range slices.Backward(list) {
		switch s.stmt.Cmd.(type) {
		case *syntax.Subshell:
			sh.runs(s.stmt.Cmd, s.stmt.Redirs)
			if i == len(list)-1 && s.code != 0 && sh.quiet == 0 && !sh.stopped() {
				sh.runErrTrap()
			}
			return
		case *syntax.CallExpr:
			sh.runs(s.stmt.Cmd, s.stmt.Redirs)
			return
		}
	}
}

// headStart gives the stages in goroutines some time before the last begins, which might not read at all: scripts know no
// SIGPIPE from echo | true, because a process takes longer to start than echo takes to write.
func headStart(left *atomic.Int32) {
	const rounds, pause = 20, 20 * time.Microsecond // 0.4 ms at most
	for round := 0; round < rounds && left.Load() > 0; round++ {
		sys.Nap(pause)
	}
}

func (sh *Shell) waitStage(s *stage) int {
	var status proc.Status
	var err error
	sh.blocking(func() { status, err = proc.Wait(s.pid) })
	if err != nil {
		return 127
	}
	return exitCode(status)
}

// debugStage runs the DEBUG trap for a stage that is a simple command. Where the shell of the stage inherits the trap, it
// does that itself.
func (sh *Shell) debugStage(s *syntax.Stmt) (skip bool) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || sh.inherits("DEBUG") || !sh.traps.has("DEBUG") {
		return false
	}
	line := sh.line
	sh.line = sh.unit.commandLine(call, s.Redirs)
	skip = sh.debug(func() string { return sh.commandCode(call, s.Redirs) })
	sh.line = line
	return skip
}

// connect gives each stage a shell of its own and ties them together with pipes.
func (sh *Shell) connect(list []*stage) error {
	for _, s := range list {
		s.sh = sh.fork()
		s.sh.leaveLoops(s.stmt)
		if _, ok := s.stmt.Cmd.(*syntax.Subshell); ok {
			s.sh.depth-- // it is one and the same
		}
	}
	for i, s := range list[:len(list)-1] {
		r, w, err := pipe()
		if err != nil {
			for _, s := range list {
				s.sh.files.release()
			}
			return err
		}
		s.sh.setFile(1, w)
		list[i+1].sh.setFile(0, r)
	}
	return nil
}

// run runs the stage in this goroutine.
func (s *stage) run() {
	s.sh.stmt(s.stmt)
	s.code = s.sh.end()
}

// runLast runs the last stage in the shell itself (shopt lastpipe).
func (sh *Shell) runLast(s *stage) {
	r := &redirection{sh: sh}
	if f := s.sh.files[0]; f != nil {
		r.set(0, f.share())
	}
	s.sh.files.release()
	sh.stmt(s.stmt)
	s.code = sh.status
	r.undo()
}

// startStage starts the command as a process, if it is nothing but a program, and gives the descriptors of the
// stage back.
func (sub *Shell) startStage(s *stage) bool {
	if sub.needsProcess([]*syntax.Stmt{s.stmt}) {
		s.pid = sub.startProcess([]*syntax.Stmt{s.stmt}, false)
	} else if call, ok := sub.program(s.stmt); ok {
		s.pid, s.code = sub.startSimple(call, s.stmt.Redirs)
	} else {
		return false
	}
	sub.closeSubs(0)
	sub.files.release()
	sub.st.Release()
	return true
}

// program tells whether a statement is the call of a program, known to be no function or builtin.
func (sh *Shell) program(s *syntax.Stmt) (*syntax.CallExpr, bool) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || s.Negated || s.Background || len(call.Args) == 0 || len(call.Assigns) > 0 {
		return nil, false
	}
	name, ok := plainWord(call.Args[0])
	if !ok || sh.funcs[name] != nil || sh.builtin(name) != nil || sh.funcs["command_not_found_handle"] != nil || len(sh.aliases) > 0 || strings.HasPrefix(name, "%") {
		return nil, false
	}
	return call, true
}

// startSimple starts a program in a shell that ends with it.
func (sub *Shell) startSimple(call *syntax.CallExpr, redirs []*syntax.Redirect) (pid, code int) {
	sub.line = sub.unit.commandLine(call, redirs)
	words, err := sub.fields(call.Args)
	if err != nil {
		sub.fail(err)
		return 0, sub.status
	}
	sub.traceCommand(words)
	undo, err := sub.redirect(redirs)
	defer undo.undo()
	if err != nil {
		sub.complain("%s", err.Error())
		return 0, 1
	}
	return sub.start(words)
}
