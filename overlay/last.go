package overlay

import (
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
)

// takeDown is the way down: services in the order of their dependencies, then whatever is left.
func (l *life) takeDown() {
	defer l.oneshots.spare()()
	settings, _ := storedSettings(l.env)
	l.settings.KillGrace, l.settings.SyncDisks, l.settings.Verbosity = settings.KillGrace, settings.SyncDisks, settings.Verbosity
	if l.final.Grace > 0 {
		l.settings.KillGrace = l.final.Grace
	}
	l.servicesDown()
	l.graceEnds = time.Now().Add(l.settings.KillGrace)
	l.restDown()
	l.leaveCatchall()
	l.engine.Post(func() { l.scan.Command('t') })
	select {
	case <-l.ended:
	case <-time.After(time.Until(l.graceEnds)):
	}
}

// restDown has the supervised services stop that s6-rc did not bring up or down, and everything else end. They are
// told to be down before supervision is ended, so that their finish scripts keep their output, and in the same
// turn of the loop as the rest gets its signal: none of those scripts has begun then.
func (l *life) restDown() {
	var names []string
	l.engine.Do(func() { names = l.scan.Live() })
	down := l.follow(names, isDown)
	defer down.cancel()
	l.engine.Do(func() {
		for _, name := range names {
			l.scan.Control(name, "d")
		}
		l.signalAll(unix.SIGTERM)
		l.signalAll(unix.SIGCONT)
	})
	down.wait(max(time.Until(l.graceEnds), time.Millisecond), l.ended)
}

// nothingLeft waits until this process has no descendants. It runs when nobody else waits for children. What
// is still there after the grace time is killed, and what can't be killed is left.
func (l *life) nothingLeft() {
	const unkillable = 2 * time.Second
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			_, err := unix.Wait4(-1, nil, 0, nil)
			if err != nil && err != unix.EINTR {
				return
			}
		}
	}()
	select {
	case <-gone:
		return
	case <-time.After(max(time.Until(l.graceEnds), 0)):
	}
	l.signalAll(unix.SIGKILL)
	select {
	case <-gone:
	case <-time.After(unkillable):
		l.warn("some processes could not be killed")
	}
}

// signalAll signals every process of the container but this one: as process 1 all there are, else the
// descendants of this process and no others.
func (l *life) signalAll(sig unix.Signal) {
	if l.first {
		unix.Kill(-1, sig)
		return
	}
	for _, pid := range descendants(unix.Getpid()) {
		unix.Kill(pid, sig)
	}
}

// descendants are the processes below pid. They are found by following what every process of the system
// says about its parent, once.
func descendants(pid int) []int {
	children := make(map[int][]int)
	names, _ := sys.ReadDir(sys.AT, "/proc")
	for _, name := range names {
		n, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if parent, ok := proc.ParentOf(n); ok {
			children[parent] = append(children[parent], n)
		}
	}
	var found []int
	todo := []int{pid}
	for len(todo) > 0 {
		below := children[todo[0]]
		todo = append(todo[1:], below...)
		found = append(found, below...)
	}
	return found
}
