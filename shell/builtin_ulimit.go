package shell

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// limit is a resource that ulimit knows.
type limit struct {
	letter   byte
	name     string
	unit     string
	resource int
	factor   uint64
}

var limits = [...]limit{
	{'c', "core file size", "blocks, ", unix.RLIMIT_CORE, 1024},
	{'d', "data seg size", "kbytes, ", unix.RLIMIT_DATA, 1024},
	{'e', "scheduling priority", "", unix.RLIMIT_NICE, 1},
	{'f', "file size", "blocks, ", unix.RLIMIT_FSIZE, 1024},
	{'i', "pending signals", "", unix.RLIMIT_SIGPENDING, 1},
	{'l', "max locked memory", "kbytes, ", unix.RLIMIT_MEMLOCK, 1024},
	{'m', "max memory size", "kbytes, ", unix.RLIMIT_RSS, 1024},
	{'n', "open files", "", unix.RLIMIT_NOFILE, 1},
	{'q', "POSIX message queues", "bytes, ", unix.RLIMIT_MSGQUEUE, 1},
	{'r', "real-time priority", "", unix.RLIMIT_RTPRIO, 1},
	{'s', "stack size", "kbytes, ", unix.RLIMIT_STACK, 1024},
	{'t', "cpu time", "seconds, ", unix.RLIMIT_CPU, 1},
	{'u', "max user processes", "", unix.RLIMIT_NPROC, 1},
	{'v', "virtual memory", "kbytes, ", unix.RLIMIT_AS, 1024},
	{'x', "file locks", "", unix.RLIMIT_LOCKS, 1},
}

const infinity = ^uint64(0)

func builtinUlimit(sh *Shell, words []string) int {
	var hard, soft, all bool
	var which []limit
	args, bad := flagsOf(words, "HSacdefilmnqrstuvxpP", func(c byte, _ string) {
		switch c {
		case 'H':
			hard = true
		case 'S':
			soft = true
		case 'a':
			all = true
		default:
			for _, l := range limits {
				if l.letter == c {
					which = append(which, l)
				}
			}
		}
	})
	if bad != "" {
		return sh.invalidOption("ulimit", bad)
	}
	if all {
		which = limits[:]
	}
	if len(which) == 0 {
		which = limits[3:4]
	}
	if len(args) > 0 && !all {
		return sh.setUlimit(which[len(which)-1], args[0], hard, soft)
	}
	var b strings.Builder
	for _, l := range which {
		now, err := sh.st.Limit(l.resource)
		if err != nil {
			continue
		}
		value := now.Soft
		if hard && !soft {
			value = now.Hard
		}
		text := "unlimited"
		if value != infinity {
			text = strconv.FormatUint(value/l.factor, 10)
		}
		if len(which) > 1 {
			label := "(" + l.unit + "-" + string(l.letter) + ")"
			text = l.name + strings.Repeat(" ", max(1, 40-len(l.name)-len(label))) + label + " " + text
		}
		b.WriteString(text + "\n")
	}
	return sh.print("ulimit", b.String())
}

func (sh *Shell) setUlimit(l limit, text string, hard, soft bool) int {
	now, err := sh.st.Limit(l.resource)
	if err != nil {
		sh.complain("ulimit: %s: cannot get limit: %s", l.name, reason(err))
		return 1
	}
	var value uint64
	switch text {
	case "unlimited":
		value = infinity
	case "hard":
		value = now.Hard
	case "soft":
		value = now.Soft
	default:
		n, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			sh.complain("ulimit: %s: invalid number", text)
			return 1
		}
		value = n * l.factor
	}
	next := proc.Limit{Soft: now.Soft, Hard: now.Hard}
	if soft || !hard {
		next.Soft = value
	}
	if hard || !soft {
		next.Hard = value
	}
	if err := sh.st.SetLimit(l.resource, next); err != nil {
		sh.complain("ulimit: %s: cannot modify limit: %s", l.name, reason(err))
		return 1
	}
	return 0
}
