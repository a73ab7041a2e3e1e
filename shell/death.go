package shell

import (
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
)

// deadly are the signals that end a shell whose default action they have; a shell with an EXIT trap runs it before.
var deadly = [...]unix.Signal{
	unix.SIGHUP, unix.SIGINT, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM, unix.SIGTERM, unix.SIGXCPU, unix.SIGVTALRM,
}

// lastWords lets a signal end the process with the EXIT trap of its first shell, whatever that shell waits for. Who runs
// the script holds baton, but for the time of a call that may block; the goroutine that ends the process takes it and never
// gives it back.
type lastWords struct {
	baton    sync.Mutex
	root     *Shell // whose trap it is; nil while there never was one
	dying    atomic.Bool
	deadly   [65]atomic.Bool // signals caught for no other reason
	awaiting atomic.Bool     // a program is in the foreground: SIGINT is first of all for that
	// interrupt says that SIGINT arrived meanwhile: the shell dies of it too if the program has died of it.
	interrupt atomic.Bool
	fatal     unix.Signal // what the process dies of when the shell is over
}

// watch catches the deadly signals that have their default action.
func (sh *Shell) watch() {
	w := &sh.sys.last
	if w.root == nil {
		sh.holds = true
		w.baton.Lock()
	}
	w.root = sh
	for _, sig := range deadly {
		if _, trapped := sh.traps.actions[signalName(int(sig))]; !trapped && !sh.sys.ignored(int(sig)) {
			sh.watchSignal(sig)
		}
	}
}

func (sh *Shell) watchSignal(sig unix.Signal) {
	sh.sys.last.deadly[sig].Store(true)
	sh.sys.signals.start(sh.sys)
	proc.CatchSignal(sh.sys.signals.in, sig)
}

// unwatch lets them act again.
func (sh *Shell) unwatch() {
	for _, sig := range deadly {
		if sh.sys.last.deadly[sig].Swap(false) {
			proc.DefaultSignal(sig)
		}
	}
}

// strike is the arrival of sig. It tells whether sig is deadly.
func (p *process) strike(sig unix.Signal) bool {
	w := &p.last
	if !w.deadly[sig].Load() {
		return false
	}
	if sig == unix.SIGINT && w.awaiting.Load() {
		w.interrupt.Store(true)
		return true
	}
	if w.dying.Swap(true) {
		return true
	}
	go func() {
		w.baton.Lock()
		sh := *w.root
		sh.holds = false
		sh.ctl, sh.last = control{}, true
		sh.runExitTrap()
		proc.KillSelf(sig)
	}()
	return true
}

// interrupted tells whether the SIGINT that ended a program was for this shell too. One that is caught may be on its way
// still; one that is not caught would have ended the shell.
func (w *lastWords) interrupted() bool {
	if !w.deadly[unix.SIGINT].Load() {
		return false
	}
	const rounds, pause = 200, 100 * time.Microsecond // 20 ms at most
	for range rounds {
		if w.interrupt.Load() {
			return true
		}
		sys.Nap(pause)
	}
	return false
}

// struck waits for signal n, which the shell has sent itself, to get through.
func (sh *Shell) struck(n int) {
	switch {
	case n == 0:
	case sh.sys.last.deadly[n].Load() && !sh.last:
		sh.blocking(func() { select {} })
	case sh.sys.caught[n].Load():
		sh.sys.signals.settle(true)
	}
}

// blocking makes a call that may take long.
func (sh *Shell) blocking(call func()) {
	if !sh.holds {
		call()
		return
	}
	sh.sys.last.baton.Unlock()
	call()
	sh.sys.last.baton.Lock()
}

// yield lets a deadly signal that arrived end the process.
func (sh *Shell) yield() {
	if sh.sys.last.dying.Load() && !sh.last {
		sh.blocking(func() { select {} })
	}
}

// dumping are the signals that end a process with a core dump: its other threads go on for a moment meanwhile.
var dumping = [...]unix.Signal{
	unix.SIGQUIT, unix.SIGILL, unix.SIGTRAP, unix.SIGABRT, unix.SIGBUS, unix.SIGFPE, unix.SIGSEGV, unix.SIGXCPU,
	unix.SIGXFSZ, unix.SIGSYS,
}

// dump ends the process by one of dumping, which the shell sends itself. It returns true when there is an EXIT trap to run
// first, and false when the signal does not end it, and is still to be sent.
func (sh *Shell) dump(sig unix.Signal) bool {
	w := sh.sys
	if w.caught[sig].Load() || w.last.deadly[sig].Load() || w.ignored(int(sig)) {
		return false
	}
	fault := proc.Fault(sig)
	switch {
	case fault && sh.traps.has("EXIT"):
		sh.die(sig)
		return true
	case unix.Getpid() != 1:
		proc.KillSelf(sig)
	case fault:
		proc.DefaultSignal(sig) // the runtime would take it for an error of its own
	}
	return false
}

// die ends the process by sig, with the EXIT trap before if there is one.
func (sh *Shell) die(sig unix.Signal) {
	if !sh.traps.has("EXIT") {
		proc.KillSelf(sig)
	}
	sh.sys.last.fatal = sig
	sh.ctl = control{kind: ctlExit}
}
