package execline

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdWait = applet.Applet{
	Name:  "wait",
	Usage: "[ -I | -i ] [ -a | -o ] [ -r | -t timeout ] { [ pids... ] } [ prog... ]",
	Help: `Waits for the children whose pids are listed, or for all children if none is, and goes on with prog.

  -a          for all of them (default)
  -o          for one of them; sets the variable ! to its pid and ? to its exit code (128 plus the signal that
              killed it, and 128 for codes from 128 on), or unsets both if none has ended
  -t TIMEOUT  for that many milliseconds at most
  -r          do not wait, only take note of those that have ended: -t 0, whatever another -t says
  -I          go on when the time is over (default)
  -i          exit 99 when the time is over

Without a block, all arguments are pids and wait exits with the code of the last one, as the command of that
name in shells: 127 if that is not a child or has not ended in time, 0 without pids. Other exit codes: 100 for
a pid that is not a number.

Example: background { s6-sleep 1 } importas -u P ! wait { $P } s6-echo done
`,
	Chain: runWait,
	Waits: true,
}

// waiting are the options of wait.
type waiting struct {
	one, strict, limited bool
	timeout              uint64 // milliseconds, if limited
}

func runWait(inv *applet.Invocation) ([]string, error) {
	var w waiting
	var reap bool
	var timeout string
	is := func(p *bool, value bool) func(string) error {
		return func(string) error { *p = value; return nil }
	}
	err := inv.Gol(
		applet.Option{Short: 'I', Long: "no-insist", Set: is(&w.strict, false)},
		applet.Option{Short: 'i', Long: "insist", Set: is(&w.strict, true)},
		applet.Option{Short: 'a', Long: "all", Set: is(&w.one, false)},
		applet.Option{Short: 'o', Long: "one", Set: is(&w.one, true)},
		applet.Option{Short: 'r', Long: "reap", Set: is(&reap, true)},
		applet.Option{Short: 't', Long: "timeout", Value: true, Set: func(v string) error { w.limited, timeout = true, v; return nil }},
	)
	if err == nil && w.limited && !reap { // wherever it stands, -r wins, and of several -t the last one
		err = inv.Uint(&w.timeout)(timeout)
	}
	if err != nil {
		return nil, err
	}
	w.limited = w.limited || reap
	end := slices.Index(inv.Args, "")
	if end < 0 {
		return nil, w.posix(inv)
	}
	pids, err := parsePids(inv, inv.Args[:end])
	if err != nil {
		return nil, err
	}
	ended, err := w.wait(inv, pids)
	if err != nil {
		return nil, err
	}
	if w.one {
		w.tell(inv, ended)
	}
	return inv.Args[end+1:], nil
}

// posix is wait without a block.
func (w *waiting) posix(inv *applet.Invocation) error {
	pids, err := parsePids(inv, inv.Args)
	if err != nil {
		return err
	}
	ended, err := w.wait(inv, pids)
	if err != nil {
		return err
	}
	last := 0
	switch {
	case w.one && len(ended.order) > 0:
		last = ended.order[0]
	case w.one && w.limited && len(pids) == 0 && !ended.late:
		return nil // there are no children
	case w.one:
	case len(pids) > 0:
		last = pids[len(pids)-1]
	case !ended.late:
		return nil
	}
	status, ok := ended.status[last]
	if !ok {
		return applet.Exit(127)
	}
	return applet.Exit(status.Approx())
}

func parsePids(inv *applet.Invocation, words []string) (pids []int, err error) {
	for _, word := range words {
		pid, err := strconv.ParseInt(strings.TrimPrefix(word, " "), 10, 64)
		if err != nil || pid > math.MaxUint32 || pid < math.MinInt32 {
			return nil, inv.UsageError()
		}
		pids = append(pids, int(pid))
	}
	return pids, nil
}

// ended are the children that were waited for.
type ended struct {
	status map[int]proc.Status
	order  []int
	late   bool // the time was over first
}

func (w *waiting) wait(inv *applet.Invocation, pids []int) (ended, error) {
	got := ended{status: make(map[int]proc.Status)}
	if inv.Proc.Virtual() {
		return got, nil // what is evaluated inside another process has no children
	}
	if len(pids) > 0 && !w.one && !w.limited {
		for _, pid := range pids {
			if pid <= 0 {
				continue // means something else to the kernel
			}
			if status, err := proc.Wait(pid); err == nil {
				got.status[pid] = status
			}
		}
		return got, nil
	}
	var listed proc.Children
	for _, pid := range pids {
		listed.Add(pid)
	}
	var until time.Time
	if w.limited {
		until = time.Now().Add(time.Duration(min(w.timeout, 1<<40)) * time.Millisecond)
	}
	for {
		pid, status, err := next(&listed, len(pids) == 0, until)
		switch {
		case err == unix.ECHILD:
			return got, nil
		case err == unix.ETIMEDOUT && w.strict:
			return got, applet.Fatal(applet.ExitDone, "unable to wait: Operation timed out")
		case err == unix.ETIMEDOUT:
			got.late = true
			return got, nil
		case err != nil:
			return got, applet.System(err, "wait")
		}
		got.status[pid] = status
		got.order = append(got.order, pid)
		if w.one {
			return got, nil
		}
	}
}

func next(listed *proc.Children, all bool, until time.Time) (pid int, status proc.Status, err error) {
	if all {
		return proc.WaitAny(until)
	}
	if pid, status := listed.Poll(); pid != 0 {
		return pid, status, nil
	}
	if listed.Len() == 0 {
		return 0, 0, unix.ECHILD
	}
	return listed.Wait(until)
}

// tell sets the variables ! and ? to the child that was waited for, or unsets them.
func (w *waiting) tell(inv *applet.Invocation, got ended) {
	if len(got.order) == 0 {
		inv.Proc.Env = inv.Proc.Env.Unset("?").Unset("!")
		return
	}
	pid := got.order[0]
	setNumber(inv, "!", pid)
	setNumber(inv, "?", got.status[pid].Approx())
}
