package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/supervise/machine"
)

func (sc *Scan) controlled() {
	n, err := unix.Read(int(sc.ctl), sc.engine.buf[:])
	if err != nil {
		return
	}
	for _, letter := range append([]byte(nil), sc.engine.buf[:n]...) {
		sc.Command(letter)
	}
}

// Command does what a letter of s6-svscanctl says.
func (sc *Scan) Command(letter byte) {
	switch letter {
	case 'z':
		sc.engine.Reap()
	case 'a':
		sc.Scan()
	case 'b':
		sc.end()
	case 'h':
		sc.Scan()
		sc.kill('n')
	case 't', 'i':
		sc.terminate('t')
	case 'q':
		sc.terminate('q')
	case 'n', 'N':
		sc.kill(letter)
	default:
		sc.engine.Warn("received unknown control command: %c", letter)
	}
}

// Signal does what a signal to s6-svscan says: the executable of that name in .s6-svscan if there is one,
// or what is built in.
func (sc *Scan) Signal(sig unix.Signal) {
	switch sig {
	case unix.SIGALRM:
		sc.Command('a')
		return
	case unix.SIGABRT:
		sc.Command('b')
		return
	}
	if sc.divert(".s6-svscan/" + unix.SignalName(sig)) {
		return
	}
	switch sig {
	case unix.SIGHUP:
		sc.Command('h')
	case unix.SIGTERM, unix.SIGINT:
		sc.Command('t')
	case unix.SIGQUIT:
		sc.Command('q')
	}
}

// divert starts the handler of a signal, and tells whether that worked.
func (sc *Scan) divert(file string) bool {
	if unix.Faccessat(sc.dir, file, unix.X_OK, unix.AT_EACCESS) != nil {
		return false
	}
	st := proc.New(sc.engine.Env)
	defer st.Release()
	st.Enter(sc.dir, sc.path)
	err := sc.engine.Child(func() (int, error) { return st.Spawn(file, []string{file}) }, func(proc.Status) {})
	if err != nil {
		sc.engine.Warn("unable to spawn %s: %s", file, applet.Reason(err))
	}
	return err == nil
}

// terminate brings everything down, then ends.
func (sc *Scan) terminate(policy byte) {
	if !sc.ending && sc.Ending != nil {
		sc.Ending()
	}
	sc.ending = true
	for _, en := range sc.services {
		en.active = false
	}
	sc.kill(policy)
	sc.finished()
}

// kill ends the services that are not active. Loggers end when their input does, except with q and N.
func (sc *Scan) kill(policy byte) {
	if sc.again.pos > 0 && !sc.ending {
		sc.prune = policy // the scan will tell what is inactive
		return
	}
	for _, en := range sc.services {
		if en.active {
			continue
		}
		if !en.opened() {
			sc.forget(en)
			continue
		}
		if en.logger && policy != 'q' && policy != 'N' {
			en.order(machine.Hangup)
		} else {
			en.order(machine.Terminate)
		}
	}
}

func (sc *Scan) finished() {
	if sc.ending && len(sc.services) == 0 {
		sc.end()
	}
}

func (sc *Scan) end() {
	if !sc.ended && sc.Ended != nil {
		sc.ended = true
		sc.Ended()
	}
}
