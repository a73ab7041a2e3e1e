package shell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
)

// job is a process that was started with &, or by a process substitution.
type job struct {
	id       int // for %N; 0: not in the list
	pid      int
	text     string
	done     chan struct{} // closed when status is valid
	status   proc.Status
	seen     bool // its end was told
	buried   bool // the signal that ended it was told
	young    bool // it may be at its start still
	async    bool // it ignores SIGINT
	reaped   bool
	foreign  bool // the parent's, of which a subshell can only tell
	disowned bool // nobody waits for it
}

// jobTable is what a shell knows of its children.
type jobTable struct {
	list []*job
	last int // $!
}

// fork keeps $!, and the jobs to look at: the children of a shell are not those of its subshells.
func (t jobTable) fork() jobTable {
	out := jobTable{last: t.last}
	for _, j := range t.list {
		if j.id > 0 && !j.seen {
			c := *j
			c.foreign = true
			out.list = append(out.list, &c)
		}
	}
	return out
}

// own lists the jobs that can be waited for.
func (t *jobTable) own() []*job {
	return slices.DeleteFunc(slices.Clone(t.list), func(j *job) bool { return j.foreign || j.disowned })
}

func (t *jobTable) add(pid int, text string) *job {
	id := 1
	for _, j := range t.list {
		if !j.seen {
			id = max(id, j.id+1)
		}
	}
	j := &job{id: id, pid: pid, text: text, young: true}
	t.list = append(t.list, j)
	t.last = pid
	return j
}

// hidden keeps a process that has no job number, so that wait can ask for it.
func (t *jobTable) hidden(pid int) {
	t.poll()
	t.list = append(t.list, &job{pid: pid, young: true})
	t.last = pid
}

// poll collects the jobs that ended, without waiting, so that a shell that never waits leaves no zombies.
func (t *jobTable) poll() {
	for _, j := range t.list {
		j.poll()
	}
	if n := len(t.list); n > 256 {
		t.list = slices.DeleteFunc(t.list, func(j *job) bool { return j.reaped && j.pid != t.last })
	}
}

func (j *job) poll() bool {
	if j.done != nil {
		select {
		case <-j.done:
			j.reaped = true
		default:
		}
		return j.reaped
	}
	if j.foreign {
		return j.reaped
	}
	if !j.reaped {
		var ws unix.WaitStatus
		pid, err := unix.Wait4(j.pid, &ws, unix.WNOHANG, nil)
		if pid == j.pid || err == unix.ECHILD {
			j.status, j.reaped = proc.Status(ws), true
		}
	}
	return j.reaped
}

// watch returns a channel that is closed when the job is over.
func (j *job) watch() chan struct{} {
	if j.done != nil {
		return j.done
	}
	j.done = make(chan struct{})
	if j.reaped {
		close(j.done)
		return j.done
	}
	go func() {
		status, err := proc.Wait(j.pid)
		if err != nil {
			status = proc.Exited(127)
		}
		j.status = status
		close(j.done)
	}()
	return j.done
}

// find finds a job by %N, %%, %+, %-, %name or %?text.
func (t *jobTable) find(spec string) *job {
	var numbered []*job
	for _, j := range t.list {
		if j.id > 0 && !j.seen {
			numbered = append(numbered, j)
		}
	}
	name := strings.TrimPrefix(spec, "%")
	switch {
	case len(numbered) == 0:
		return nil
	case name == "" || name == "%" || name == "+":
		return numbered[len(numbered)-1]
	case name == "-":
		return numbered[max(0, len(numbered)-2)]
	}
	if id, err := strconv.Atoi(name); err == nil {
		for _, j := range numbered {
			if j.id == id {
				return j
			}
		}
		return nil
	}
	for _, j := range slices.Backward(numbered) {
		if part, inside := strings.CutPrefix(name, "?"); inside && strings.Contains(j.text, part) || strings.HasPrefix(j.text, name) {
			return j
		}
	}
	return nil
}

func (t *jobTable) byPid(pid int) *job {
	for _, j := range slices.Backward(t.list) {
		if j.pid == pid {
			return j
		}
	}
	return nil
}

func (t *jobTable) remove(j *job) {
	t.list = slices.DeleteFunc(t.list, func(other *job) bool { return other == j })
}

func (j *job) over() bool {
	select {
	case <-j.watch():
		return true
	default:
		return false
	}
}

// tellDeaths reports the jobs that a signal has ended, unless it is one that is sent to end a program quietly.
func (sh *Shell) tellDeaths() {
	if len(sh.jobs.list) == 0 {
		return
	}
	sh.jobs.poll()
	for _, j := range sh.jobs.list {
		sh.bury(j)
	}
}

// bury does so for one job that is over.
func (sh *Shell) bury(j *job) {
	if !j.reaped || j.buried || j.foreign || j.id == 0 && j.text == "" {
		return
	}
	j.buried = true
	switch sig := j.status.Signal(); sig {
	case 0, unix.SIGINT, unix.SIGPIPE, unix.SIGTERM:
	default:
		sh.complain("%s", obituary(j.pid, sig, j.text))
	}
}

// grown waits until the process of a job is past its start, while which signals have other actions than they should: the Go
// runtime handles them all, and drops some, and SIGINT is not ignored yet.
func (j *job) grown() {
	if !j.young {
		return
	}
	j.young = false
	const shortest, longest, patience = 100 * time.Microsecond, 10 * time.Millisecond, 3000 // half a minute at most, on a very busy machine
	for i := range patience {
		status, err := sys.ReadFile(sys.AT, "/proc/"+itoa(j.pid)+"/status", 8192)
		if err != nil || strings.Contains(string(status), "\nState:\tZ") || hasSignal(status, "SigIgn", unix.SIGINT) || !j.async && !hasSignal(status, "SigCgt", unix.SIGSTKFLT) {
			return
		}
		sys.Nap(min(longest, shortest*time.Duration(1+i/16)))
	}
}

// hasSignal tells whether the mask called label in a status of /proc has sig.
func hasSignal(status []byte, label string, sig unix.Signal) bool {
	_, rest, _ := strings.Cut(string(status), label+":\t")
	line, _, _ := strings.Cut(rest, "\n")
	mask, _ := strconv.ParseUint(line, 16, 64)
	return mask>>(sig-1)&1 != 0
}

func obituary(pid int, sig unix.Signal, text string) string {
	return fmt.Sprintf("%5d %-23s %s", pid, signalText(int(sig)), text)
}

// line is the job as jobs lists it, the i-th of n.
func (j *job) line(i, n int, long bool) string {
	mark, state, tail := " ", "Running", " &"
	switch i {
	case n - 1:
		mark = "+"
	case n - 2:
		mark = "-"
	}
	if j.reaped {
		state, tail = "Done", ""
		if code := exitCode(j.status); j.status.Signal() != 0 {
			state = signalText(int(j.status.Signal()))
		} else if code != 0 {
			state = "Exit " + strconv.Itoa(code)
		}
	}
	head := "[" + strconv.Itoa(j.id) + "]" + mark + "  "
	if long {
		head = "[" + strconv.Itoa(j.id) + "]" + mark + " " + fmt.Sprintf("%5d ", j.pid)
	}
	return head + state + strings.Repeat(" ", max(1, 24-len(state))) + j.text + tail + "\n"
}
