package ps

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"s6box/internal/tai"
)

// field is a column that -o knows.
type field struct {
	name, header string
	right        bool
	show         func(l *lister, p *process) string
}

func number(name, header string, n int) field {
	return field{name, header, true, func(_ *lister, p *process) string { return strconv.FormatInt(p.num[n], 10) }}
}

func cpuTime(name, header string, parts ...int) field {
	return field{name, header, false, func(_ *lister, p *process) string { return duration(p.ticks(parts...)) }}
}

func cpuShare(name, header string, parts ...int) field {
	return field{name, header, true, func(l *lister, p *process) string {
		whole := int64(l.uptime/(time.Second/hertz)) - p.num[fStart]
		return percent(p.ticks(parts...), uint64(max(whole, 1)))
	}}
}

func fields() []field {
	return []field{
		number("pid", "PID", 0),
		{"comm", "COMM", false, func(_ *lister, p *process) string { return p.comm }},
		{"s", "STAT", false, func(_ *lister, p *process) string { return p.flags() }},
		number("ppid", "PPID", fPpid), number("pgrp", "PGRP", fPgrp), number("sess", "SESSION", fSess),
		{"tty", "TTY", false, func(l *lister, p *process) string { return l.tty(uint32(p.num[fTTY])) }},
		number("tpgid", "TPGID", fTpgid),
		number("minflt", "MINFLT", fMinflt), number("cminflt", "CMINFLT", fCminflt),
		number("majflt", "MAJFLT", fMajflt), number("cmajflt", "CMAJFLT", fCmajflt),
		cpuTime("utime", "UTIME", fUtime), cpuTime("stime", "STIME", fStime),
		cpuTime("cutime", "CUTIME", fUtime, fCutime), cpuTime("cstime", "CSTIME", fStime, fCstime),
		number("prio", "PRIO", fPrio), number("nice", "NICE", fNice), number("thcount", "THREADS", fThreads),
		{"start", "START", false, func(l *lister, p *process) string { return startTime(l.started(p), l.now) }},
		{"vsize", "VSZ", true, func(_ *lister, p *process) string { return strconv.FormatUint(uint64(p.num[fVsize])/1024, 10) }},
		{"rss", "RSS", true, func(l *lister, p *process) string { return strconv.FormatUint(l.rss(p), 10) }},
		{"rsslimit", "RSSLIM", true, func(_ *lister, p *process) string { return strconv.FormatUint(p.rsslm/1024, 10) }},
		number("psr", "CPU", fCPU), number("rtprio", "RTPRIO", fRT),
		{"policy", "RTPOLICY", false, func(_ *lister, p *process) string { return policy(p.num[fPol]) }},
		{"user", "USER", false, func(l *lister, p *process) string { return l.user(p.uid) }},
		{"group", "GROUP", false, func(l *lister, p *process) string { return l.group(p.gid) }},
		{"pmem", "%MEM", true, func(l *lister, p *process) string { return percent(l.rss(p), l.memory) }},
		{"wchan", "WCHAN", false, func(l *lister, p *process) string { return l.symbols.name(uint64(p.num[fWchan])) }},
		{"args", "COMMAND", false, func(l *lister, p *process) string { return branch(p.depth) + l.args(p) }},
		{"env", "ENVIRONMENT", false, func(l *lister, p *process) string { return l.environment(p) }},
		cpuShare("pcpu", "%CPU", fUtime, fStime),
		cpuTime("ttime", "TTIME", fUtime, fStime),
		cpuTime("cttime", "CTTIME", fUtime, fStime, fCutime, fCstime),
		{"tstart", "TSTART", false, func(l *lister, p *process) string { return tai.FromTime(l.started(p)).String() }},
		cpuShare("cpcpu", "C%CPU", fUtime, fStime, fCutime, fCstime),
	}
}

// parseFields reads the list of -o.
func parseFields(list string) (chosen []field, err error) {
	seen := map[string]bool{}
	known := fields()
words:
	for _, word := range strings.Split(list, ",") {
		switch {
		case word == "":
			return nil, fmt.Errorf("invalid (empty) field for -o option")
		case seen[word]:
			return nil, fmt.Errorf("duplicate field for -o option: %s", word)
		}
		seen[word] = true
		for _, f := range known {
			if f.name == word {
				chosen = append(chosen, f)
				continue words
			}
		}
		return nil, fmt.Errorf("invalid field for -o option: %s", word)
	}
	return chosen, nil
}
