package supervise

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/supervise/machine"
)

// entry is a service of a scan directory.
type entry struct {
	service
	scan    *Scan
	id      identity
	active  bool // the last scan found it
	logger  bool
	pipe    *logPipe // between a service and its logger
	retry   Timer    // when to open it
	trouble string   // why it could not be opened the last time
	tries   int
	since   int64 // when it was opened, on the engine's clock
}

// maxBackoff bounds the waits between attempts to open a service: 2^6 seconds.
const maxBackoff = 6

// supervise opens a service that has been found. Trouble is told once, and tried again ever less
// often. That there are too few descriptors is told once for all who need them.
func (en *entry) supervise() {
	defer en.caught()
	if !en.active || en.scan.ending {
		en.scan.forget(en)
		return
	}
	err := en.openDir()
	if err == nil {
		en.trouble, en.tries, en.scan.crowded = "", 0, false
		en.since = en.engine.clock()
		return
	}
	var full tooMany
	crowded := errors.As(err, &full)
	if text := err.Error(); text != en.trouble {
		en.trouble = text
		if !crowded || !en.scan.crowded {
			applet.Say(en.engine.Stderr, en.prog(), "fatal", text)
		}
	}
	en.scan.crowded = en.scan.crowded || crowded
	en.engine.arm(&en.retry, time.Second<<en.tries)
	en.tries = min(en.tries+1, maxBackoff)
}

func (en *entry) openDir() error {
	sc := en.scan
	fd, err := sc.engine.openHeld(sc.dir, en.name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return applet.System(err, "chdir to %s", en.name)
	}
	if id, err := identityOf(fd); err != nil || id != en.id {
		unix.Close(fd)
		en.active = false // the scan takes up what is there now
		sc.engine.arm(&sc.again, 0)
		return applet.Fatal(applet.ExitSystem, "unable to chdir to %s: the directory has been replaced", en.name)
	}
	return en.open(fd)
}

func identityOf(fd int) (identity, error) {
	var st unix.Stat_t
	err := unix.Fstat(fd, &st)
	return identity{uint64(st.Dev), st.Ino}, err
}

// order feeds the service a signal as s6-supervise would receive it.
func (en *entry) order(e machine.Event) {
	defer en.caught()
	if en.state.Phase != machine.Gone {
		en.step(e)
	}
}

// stdio gives st the log pipe, and the console to the logger of last resort.
func (en *entry) stdio(st *proc.State) error {
	if console := en.scan.Console; console > 0 && en.name == consoleLogger {
		if err := st.BorrowFD(2, console); err != nil {
			return err
		}
	}
	return en.pipeEnd(st)
}

// changed tells the watchers, and gives up the log pipe when it will not be needed any more.
func (en *entry) changed(letters string) {
	if letters != "" {
		en.scan.publish(en, Event{Letters: letters})
		return
	}
	en.trim()
}

func (en *entry) notStarted() { en.scan.publish(en, Event{NotStarted: true}) }

// gone is the end of supervision. An active service is taken up again, as s6-svscan restarts s6-supervise: at once, or
// a second after it was taken up the last time.
func (en *entry) gone() {
	if en.active {
		en.engine.armAt(&en.retry, en.since+int64(restartDelay))
		return
	}
	en.scan.forget(en)
	en.scan.finished()
}
