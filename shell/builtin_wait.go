package shell

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// gone is the end of a job that was waited for.
func (sh *Shell) gone(j *job) {
	sh.bury(j)
	sh.endCoproc(j.pid)
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
	jobs, missing := sh.waitTargets(args, next)
	if next {
		return sh.waitNext(jobs, variable)
	}
	if len(args) == 0 {
		for _, j := range jobs {
			if code, stopped := sh.await(j.watch()); stopped {
				return code
			}
			j.reaped = true
			sh.gone(j)
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
		j.reaped = true
		sh.gone(j)
		j.seen, j.id = true, 0
		status = exitCode(j.status)
		if variable != "" {
			sh.set(variable, strconv.Itoa(j.pid))
		}
	}
	return status
}

// waitTargets lists the jobs that wait is given: nil stands for one that is no child.
func (sh *Shell) waitTargets(args []string, next bool) (jobs []*job, status int) {
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
		} else if j = sh.jobs.byPid(pid); j == nil || j.foreign || j.disowned && (next || pid != sh.jobs.last) {
			j = nil
			if next {
				sh.complain("wait: %d: no such job", pid)
				continue
			}
			sh.complain("wait: pid %d is not a child of this shell", pid)
		} else if j.disowned {
			continue
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
func (sh *Shell) waitNext(jobs []*job, variable string) int {
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
			j.reaped = true
			sh.gone(j)
			j.seen, j.id = true, 0 // wait may ask for it again
			if variable != "" {
				sh.set(variable, strconv.Itoa(j.pid))
			}
			return exitCode(j.status)
		}
	}
	return 127
}
