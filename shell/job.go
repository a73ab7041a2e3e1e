package shell

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// job is a process that was started with &, or by a process substitution.
type job struct {
	id      int // for %N; 0: not in the list
	pid     int
	text    string
	done    chan struct{} // closed when status is valid
	status  proc.Status
	seen    bool // its end was told
	reaped  bool
	foreign bool // the parent's, of which a subshell can only tell
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
	return slices.DeleteFunc(slices.Clone(t.list), func(j *job) bool { return j.foreign })
}

func (t *jobTable) add(pid int, text string) *job {
	id := 1
	for _, j := range t.list {
		id = max(id, j.id+1)
	}
	j := &job{id: id, pid: pid, text: text}
	t.list = append(t.list, j)
	t.last = pid
	return j
}

// hidden keeps a process that has no job number, so that wait can ask for it.
func (t *jobTable) hidden(pid int) {
	t.poll()
	t.list = append(t.list, &job{pid: pid})
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

func builtinWait(sh *Shell, words []string) int {
	var next bool
	variable := ""
	args, bad := flagsOf(words, "fnp:", func(c byte, value string) {
		next = next || c == 'n'
		if c == 'p' {
			variable = value
		}
	})
	if bad != "" {
		return sh.invalidOption("wait", bad)
	}
	if variable != "" {
		sh.unset(ref{name: variable})
	}
	jobs, missing := sh.waitTargets(args)
	if next {
		return sh.waitNext(jobs, len(args) > 0, variable)
	}
	if len(args) == 0 {
		for _, j := range jobs {
			if code, stopped := sh.await(j.watch()); stopped {
				return code
			}
			sh.jobs.remove(j)
		}
		return 0
	}
	status := missing
	for _, j := range jobs {
		if j == nil {
			status = 127
			continue
		}
		if code, stopped := sh.await(j.watch()); stopped {
			return code
		}
		j.reaped, j.seen, j.id = true, true, 0
		status = exitCode(j.status)
		if variable != "" {
			sh.set(variable, strconv.Itoa(j.pid))
		}
	}
	return status
}

// waitTargets lists the jobs that wait is given: nil stands for one that is no child.
func (sh *Shell) waitTargets(args []string) (jobs []*job, status int) {
	if len(args) == 0 {
		return sh.jobs.own(), 0
	}
	for _, arg := range args {
		var j *job
		if strings.HasPrefix(arg, "%") {
			if j = sh.jobs.find(arg); j == nil {
				sh.complain("wait: %s: no such job", arg)
			}
		} else if pid, err := strconv.Atoi(arg); err != nil {
			sh.complain("wait: `%s': not a pid or valid job spec", arg)
			status = 1
			continue
		} else if j = sh.jobs.byPid(pid); j == nil || j.foreign {
			j = nil
			sh.complain("wait: pid %d is not a child of this shell", pid)
		}
		jobs = append(jobs, j)
	}
	return jobs, status
}

// await waits for done. A signal with a trap ends the wait: its action is run and stopped is true.
func (sh *Shell) await(done chan struct{}) (code int, stopped bool) {
	var wake chan struct{}
	if sh.traps.signals != nil {
		wake = sh.traps.signals.wake
	}
	for {
		woken := false
		sh.blocking(func() {
			select {
			case <-done:
			default:
				select {
				case <-done:
				case <-wake:
					woken = true
				}
			}
		})
		if !woken {
			if wake == nil {
				return 0, false
			}
			sh.traps.signals.settle(sh.traps.has("CHLD"))
		}
		if sig := sh.runTraps(); sig != 0 && sig != int(unix.SIGCHLD) {
			return 128 + sig, true
		}
		if !woken {
			return 0, false
		}
	}
}

// waitNext is wait -n: for the next of the jobs to end.
func (sh *Shell) waitNext(jobs []*job, given bool, variable string) int {
	any := make(chan struct{}, 1)
	pending := 0
	for _, j := range jobs {
		if j == nil || j.seen {
			continue
		}
		pending++
		done := j.watch()
		go func() {
			<-done
			select {
			case any <- struct{}{}:
			default:
			}
		}()
	}
	if pending == 0 {
		return 127
	}
	if code, stopped := sh.await(any); stopped {
		return code
	}
	for _, j := range jobs {
		if j != nil && !j.seen && j.over() {
			j.seen, j.reaped = true, true
			sh.jobs.remove(j)
			if variable != "" {
				sh.set(variable, strconv.Itoa(j.pid))
			}
			return exitCode(j.status)
		}
	}
	return 127
}

func (j *job) over() bool {
	select {
	case <-j.watch():
		return true
	default:
		return false
	}
}

func builtinJobs(sh *Shell, words []string) int {
	var pids, long, running, stopped bool
	args, bad := flagsOf(words, "lnprsx", func(c byte, _ string) {
		pids = pids || c == 'p'
		long = long || c == 'l'
		running = running || c == 'r'
		stopped = stopped || c == 's'
	})
	if bad != "" {
		return sh.invalidOption("jobs", bad)
	}
	sh.jobs.poll()
	status := 0
	list := slices.DeleteFunc(slices.Clone(sh.jobs.list), func(j *job) bool { return j.id == 0 || j.seen })
	if len(args) > 0 {
		list = nil
		for _, arg := range args {
			if j := sh.jobs.find(arg); j != nil {
				list = append(list, j)
			} else {
				sh.complain("jobs: %s: no such job", arg)
				status = 1
			}
		}
	}
	var b strings.Builder
	for i, j := range list {
		switch {
		case stopped, running && j.reaped:
		case pids:
			b.WriteString(strconv.Itoa(j.pid) + "\n")
		default:
			b.WriteString(j.line(i, len(list), long))
		}
		if j.reaped {
			j.seen = true
		}
	}
	return max(status, sh.print("jobs", b.String()))
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
		head = "[" + strconv.Itoa(j.id) + "]" + mark + " " + strconv.Itoa(j.pid) + " "
	}
	return head + state + strings.Repeat(" ", max(1, 24-len(state))) + j.text + tail + "\n"
}

// builtinFg waits for a job: without job control it is in the foreground as far as it can be.
func builtinFg(sh *Shell, words []string) int {
	spec := "%+"
	if len(words) > 1 {
		spec = words[1]
	}
	if !sh.opts.has(monitor) {
		sh.complain("%s: no job control", words[0])
		return 1
	}
	j := sh.jobs.find(spec)
	if j == nil {
		sh.complain("%s: %s: no such job", words[0], spec)
		return 1
	}
	sh.print(words[0], j.text+"\n")
	unix.Kill(j.pid, unix.SIGCONT)
	if code, stopped := sh.await(j.watch()); stopped {
		return code
	}
	j.seen, j.reaped = true, true
	sh.jobs.remove(j)
	return exitCode(j.status)
}

func builtinBg(sh *Shell, words []string) int {
	if !sh.opts.has(monitor) {
		sh.complain("bg: no job control")
		return 1
	}
	status := 0
	for _, spec := range append(words[1:len(words):len(words)], "%+")[:max(1, len(words)-1)] {
		if j := sh.jobs.find(spec); j != nil {
			unix.Kill(j.pid, unix.SIGCONT)
		} else {
			sh.complain("bg: %s: no such job", spec)
			status = 1
		}
	}
	return status
}

func builtinDisown(sh *Shell, words []string) int {
	var all bool
	args, bad := flagsOf(words, "ahr", func(c byte, _ string) { all = all || c == 'a' || c == 'r' })
	if bad != "" {
		return sh.invalidOption("disown", bad)
	}
	if all {
		sh.jobs.list = nil
		return 0
	}
	if len(args) == 0 {
		args = []string{"%+"}
	}
	status := 0
	for _, arg := range args {
		j := sh.jobs.find(arg)
		if pid, err := strconv.Atoi(arg); err == nil {
			j = sh.jobs.byPid(pid)
		}
		if j == nil {
			sh.complain("disown: %s: no such job", arg)
			status = 1
			continue
		}
		sh.jobs.remove(j)
	}
	return status
}
