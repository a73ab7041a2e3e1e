package shell

import (
	"slices"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// traps are the actions of a shell: by the name of a signal without SIG, or EXIT, ERR, DEBUG, RETURN.
// An empty action ignores a signal.
type traps struct {
	actions map[string]string
	signals *signals          // nil while no signal is caught
	running []string          // of those that are for no signal
	shown   map[string]string // of the parent, which trap lists until this shell sets one
}

// fork keeps only what is ignored, and what subshells inherit.
func (t traps) fork(inherited func(name string) bool) traps {
	out := traps{shown: t.actions, running: slices.Clone(t.running)}
	if t.shown != nil {
		out.shown = t.shown
	}
	for name, action := range t.actions {
		if action == "" || inherited(name) {
			out.put(name, action)
		}
	}
	return out
}

// inherits tells whether functions and subshells inherit a trap: ERR with set -E, DEBUG and RETURN with set -T, or where
// the function is traced.
func (sh *Shell) inherits(trap string) bool {
	switch trap {
	case "ERR":
		return sh.opts.has(errTrace)
	case "DEBUG", "RETURN":
		f := sh.inFunction()
		return sh.opts.has(funcTrace) || f != nil && sh.funcs[f.fn] != nil && sh.funcs[f.fn].traced
	}
	return false
}

func (t *traps) put(name, action string) {
	next := make(map[string]string, len(t.actions)+1)
	for k, v := range t.actions {
		next[k] = v
	}
	next[name] = action
	t.actions = next
}

func (t *traps) remove(name string) {
	next := make(map[string]string, len(t.actions))
	for k, v := range t.actions {
		if k != name {
			next[k] = v
		}
	}
	t.actions = next
}

func (t *traps) has(name string) bool { return t.actions[name] != "" }

// pending tells whether a signal with a trap may have arrived.
func (t *traps) pending() bool { return t.signals != nil && t.signals.any.Load() }

// runTraps runs the actions of the signals that arrived. It returns the last of these signals, or 0.
func (sh *Shell) runTraps() int {
	if sh.traps.signals == nil {
		return 0
	}
	last := 0
	for _, n := range sh.traps.signals.take() {
		last = n
		if action := sh.traps.actions[signalName(n)]; action != "" {
			sh.runAction("trap", action)
		}
	}
	return last
}

// trapStatus is the exit code from before a trap, with which an exit or a return that names none leaves it.
type trapStatus struct {
	code    int
	leaving string // the builtin that it is for
	frames  int    // calls around a return
}

// statusBefore answers what a plain exit or return leaves with.
func (sh *Shell) statusBefore(builtin string) int {
	if t := sh.before; t != nil && t.leaving == builtin && (builtin == "exit" || t.frames == len(sh.frames)) {
		return t.code
	}
	return sh.status
}

// runAction runs the text of a trap and keeps $? as it is, unless the action leaves the shell. It returns the exit code of the
// action.
func (sh *Shell) runAction(name, action string) (code int) {
	status, pipe, line, subst := sh.status, sh.pipe, sh.line, sh.subst
	acting, running := sh.acting, sh.running
	if !acting {
		sh.text, sh.acting = sh.commandText(), true
	}
	before := sh.before
	defer func() { sh.acting, sh.running, sh.before = acting, running, before }()
	switch name {
	case "exit trap":
		sh.before = &trapStatus{code: status, leaving: "exit"}
	case "trap":
		sh.before = &trapStatus{code: status, leaving: "return", frames: len(sh.frames)}
	}
	base := line - 1
	if name == "trap" || name == "exit trap" { // which may come anywhere
		base = 0
	}
	sh.lenient++
	nested := sh.nested
	if name != "exit trap" { // which set -x shows as commands of the script
		sh.nested++
	}
	sh.runText(&unit{name: sh.unit.name, file: sh.unit.file, label: name, base: base}, action)
	sh.nested = nested
	sh.lenient--
	if code = sh.status; sh.ctl.kind == ctlExit {
		return code
	}
	if sh.ctl.kind == ctlDiscard {
		sh.ctl = control{}
	}
	sh.pipe, sh.line, sh.subst = pipe, line, subst
	if sh.ctl.kind != ctlReturn {
		sh.status = status
	}
	return code
}

// runExitTrap runs the EXIT trap, once; an exit in it changes the exit code.
func (sh *Shell) runExitTrap() {
	action := sh.traps.actions["EXIT"]
	if action == "" {
		return
	}
	sh.traps.remove("EXIT")
	sh.ctl = control{}
	if sh.unit == nil {
		sh.unit = &unit{name: sh.name}
	}
	status, quiet := sh.status, sh.quiet
	sh.quiet = 0
	sh.runAction("exit trap", action)
	sh.quiet = quiet
	switch sh.ctl.kind {
	case ctlExit, ctlReturn:
	default:
		sh.status = status
	}
	sh.ctl = control{kind: ctlExit}
}

func (sh *Shell) runErrTrap() { sh.runPseudoTrap("ERR", "error trap") }

// debug runs the DEBUG trap before a command, whose text is for BASH_COMMAND. skip says that the command is not to run:
// the action left the shell or, with shopt extdebug, failed.
func (sh *Shell) debug(text func() string) (skip bool) {
	if !sh.traps.has("DEBUG") || slices.Contains(sh.traps.running, "DEBUG") {
		return false
	}
	acting := sh.acting
	if !acting {
		sh.text, sh.acting = text(), true
	}
	code := sh.runPseudoTrap("DEBUG", "debug trap")
	sh.acting = acting
	if sh.stopped() || code == 0 || !sh.opts.shopted("extdebug") {
		return sh.stopped()
	}
	if sh.status = 1; code == 2 && sh.inFunction() != nil {
		sh.ctl = control{kind: ctlReturn}
	}
	return true
}

// runReturnTrap runs the RETURN trap when a function or a sourced file is over.
func (sh *Shell) runReturnTrap() {
	if !sh.stopped() {
		sh.runPseudoTrap("RETURN", "return trap")
	}
}

// runPseudoTrap runs the action of a trap that is for no signal. It returns how that ended.
func (sh *Shell) runPseudoTrap(name, called string) (code int) {
	if action := sh.traps.actions[name]; action != "" && !slices.Contains(sh.traps.running, name) {
		outer := sh.traps.running
		sh.traps.running = append(slices.Clip(outer), name)
		code = sh.runAction(called, action)
		sh.traps.running = outer
	}
	return code
}

// shieldTraps takes those of the traps that functions don't inherit out of the way of a function. The function returned puts
// back those that the function has not set anew.
func (sh *Shell) shieldTraps(names ...string) (leave func()) {
	var shielded []string
	actions := sh.traps.actions
	for _, name := range names {
		if sh.traps.has(name) && !sh.inherits(name) {
			shielded = append(shielded, name)
			sh.traps.remove(name)
		}
	}
	return func() {
		for _, name := range shielded {
			if _, set := sh.traps.actions[name]; !set {
				sh.traps.put(name, actions[name])
			}
		}
	}
}

// setTrap sets or, with ok false, resets the action of a trap.
func (sh *Shell) setTrap(name, action string, ok bool) {
	if n, isSignal := signalNumber(name); isSignal && n > 0 && sh.root() {
		sig := unix.Signal(n)
		if sh.sys.ignored(n) && !sh.sys.ours[n] {
			return // ignored from the start: POSIX has it stay so
		}
		sh.sys.ours[n] = true
		sh.sys.caught[n].Store(ok && action != "")
		switch {
		case sig == unix.SIGKILL || sig == unix.SIGSTOP:
		case !ok && sh.traps.has("EXIT") && slices.Contains(deadly[:], sig):
			sh.watchSignal(sig)
		case !ok:
			sh.sys.last.deadly[n].Store(false)
			proc.DefaultSignal(sig)
		case action == "":
			sh.sys.last.deadly[n].Store(false)
			proc.IgnoreSignal(sig)
		default:
			sh.sys.last.deadly[n].Store(false)
			sh.sys.signals.start(sh.sys)
			sh.traps.signals = &sh.sys.signals
			proc.CatchSignal(sh.sys.signals.in, sig)
		}
	}
	sh.traps.shown = nil
	if ok {
		sh.traps.put(name, action)
	} else {
		sh.traps.remove(name)
	}
	if name == "EXIT" && sh.root() {
		if sh.traps.has(name) {
			sh.watch()
		} else {
			sh.unwatch()
		}
	}
}
