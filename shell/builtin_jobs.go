package shell

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func builtinJobs(sh *Shell, words []string) int {
	var pids, long, running, stopped bool
	if len(words) > 1 && words[1] == "-x" {
		return sh.jobsCommand(words[2:])
	}
	args, bad := flagsOf(words, "lnprs", func(c byte, _ string) {
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

// jobsCommand is jobs -x: a command in which job specifications stand for process ids.
func (sh *Shell) jobsCommand(words []string) int {
	if len(words) == 0 {
		return 0
	}
	words = slices.Clone(words)
	for i, w := range words {
		if strings.HasPrefix(w, "%") {
			if j := sh.jobs.find(w); j != nil {
				words[i] = strconv.Itoa(j.pid)
			}
		}
	}
	sh.invoke(words, nil, nil, false)
	return sh.status
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
	switch {
	case j == nil:
		sh.complain("%s: %s: no such job", words[0], specName(spec))
		return 1
	case j.foreign: // in a subshell
		sh.complain("%s: no job control", words[0])
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
		if j := sh.jobs.find(spec); j != nil && !j.foreign {
			unix.Kill(j.pid, unix.SIGCONT)
		} else {
			sh.complain("bg: %s: no such job", specName(spec))
			status = 1
		}
	}
	return status
}

// builtinSuspend stops the shell until it gets SIGCONT.
func builtinSuspend(sh *Shell, words []string) int {
	force := false
	_, bad := flagsOf(words, "f", func(byte, string) { force = true })
	switch {
	case bad != "":
		return sh.invalidOption("suspend", bad)
	case !sh.opts.has(monitor):
		sh.complain("suspend: cannot suspend: no job control")
		return 1
	case sh.sys.login && !force:
		sh.complain("suspend: cannot suspend a login shell")
		return 1
	}
	unix.Kill(unix.Getpid(), unix.SIGSTOP)
	return 0
}

func builtinDisown(sh *Shell, words []string) int {
	var all, running, keep bool
	args, bad := flagsOf(words, "ahr", func(c byte, _ string) {
		all = all || c == 'a'
		running = running || c == 'r'
		keep = keep || c == 'h' // no SIGHUP when the shell ends: none is sent
	})
	if bad != "" {
		return sh.invalidOption("disown", bad)
	}
	if (all || running) && len(args) == 0 {
		sh.jobs.poll()
		for _, j := range sh.jobs.list {
			if !keep && (all || !j.reaped) {
				j.disown()
			}
		}
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
			sh.complain("disown: %s: no such job", specName(arg))
			status = 1
			continue
		}
		if !keep {
			j.disown()
		}
	}
	return status
}

// disown takes a job off the list. It is waited for no more.
func (j *job) disown() { j.id, j.buried, j.disowned = 0, true, true }

// specName is a job specification as messages call it.
func specName(spec string) string {
	if spec == "%" || spec == "%%" || spec == "%+" {
		return "current"
	}
	return spec
}
