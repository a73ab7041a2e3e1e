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
	signals *signals // nil while no signal is caught
	running bool
}

// fork keeps only what is ignored; ERR, DEBUG and RETURN are inherited where set -E or -T say so.
func (t traps) fork() traps {
	out := traps{}
	for name, action := range t.actions {
		if action == "" || name == "ERR" || name == "DEBUG" || name == "RETURN" {
			out.put(name, action)
		}
	}
	return out
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

// runAction runs the text of a trap and keeps $? as it is, unless the action leaves the shell.
func (sh *Shell) runAction(name, action string) {
	status, pipe, line, subst := sh.status, sh.pipe, sh.line, sh.subst
	sh.runText(&unit{name: sh.unit.name, file: sh.unit.file, base: line - 1}, action)
	if sh.ctl.kind == ctlExit {
		return
	}
	if sh.ctl.kind == ctlDiscard {
		sh.ctl = control{}
	}
	sh.pipe, sh.line, sh.subst = pipe, line, subst
	if sh.ctl.kind != ctlReturn {
		sh.status = status
	}
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
	status := sh.status
	sh.runAction("exit trap", action)
	if sh.ctl.kind != ctlExit {
		sh.status = status
	}
	sh.ctl = control{kind: ctlExit}
}

func (sh *Shell) runErrTrap() {
	if action := sh.traps.actions["ERR"]; action != "" && !sh.traps.running &&
		(sh.opts.has(errTrace) || sh.inFunction() == nil && sh.depth == 0) {
		sh.traps.running = true
		sh.runAction("error trap", action)
		sh.traps.running = false
	}
}

func (sh *Shell) runDebugTrap() {
	if action := sh.traps.actions["DEBUG"]; action != "" && !sh.traps.running &&
		(sh.opts.has(funcTrace) || sh.inFunction() == nil && sh.depth == 0) {
		sh.traps.running = true
		sh.runAction("debug trap", action)
		sh.traps.running = false
	}
}

// shieldReturnTrap takes the RETURN trap out of the way of a function, unless functions inherit it. The
// function returned runs the trap that the function set, if any, and puts the old one back.
func (sh *Shell) shieldReturnTrap() (leave func()) {
	old, had := sh.traps.actions["RETURN"]
	if had && !sh.opts.has(funcTrace) {
		sh.traps.remove("RETURN")
	}
	return func() {
		sh.runReturnTrap()
		if _, has := sh.traps.actions["RETURN"]; had && !has {
			sh.traps.put("RETURN", old)
		}
	}
}

// runReturnTrap runs the RETURN trap when a function or a sourced file is over.
func (sh *Shell) runReturnTrap() {
	if action := sh.traps.actions["RETURN"]; action != "" && !sh.traps.running && !sh.stopped() {
		sh.traps.running = true
		sh.runAction("return trap", action)
		sh.traps.running = false
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
