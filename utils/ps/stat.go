package ps

import (
	"strconv"
	"strings"
)

// process is what /proc/PID tells about one process.
type process struct {
	pid   int
	comm  string
	state string
	num   [53]int64 // fields of stat by their number in proc_pid_stat(5), from 4 on
	rsslm uint64    // field 25 does not fit num
	uid   int
	gid   int
	depth int
}

// Fields of stat, by number.
const (
	fPpid, fPgrp, fSess, fTTY, fTpgid        = 4, 5, 6, 7, 8
	fMinflt, fCminflt, fMajflt, fCmajflt     = 10, 11, 12, 13
	fUtime, fStime, fCutime, fCstime         = 14, 15, 16, 17
	fPrio, fNice, fThreads, fStart, fVsize   = 18, 19, 20, 22, 23
	fRSS, fRSSLimit, fWchan, fCPU, fRT, fPol = 24, 25, 35, 39, 40, 41
)

// parseStat reads the content of /proc/PID/stat. The name in it may hold anything, parentheses too.
func parseStat(text string) (p process, ok bool) {
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return p, false
	}
	p.pid, _ = strconv.Atoi(strings.TrimSpace(text[:open]))
	p.comm = text[open+1 : end]
	fields := strings.Fields(text[end+1:])
	if p.pid <= 0 || len(fields) < fPol-2 {
		return p, false
	}
	p.state = fields[0]
	for i, f := range fields[1:min(len(fields), len(p.num)-3)] {
		n, err := strconv.ParseUint(strings.TrimPrefix(f, "-"), 10, 64)
		if err != nil {
			return p, false
		}
		if i+4 == fRSSLimit {
			p.rsslm = n
		}
		if strings.HasPrefix(f, "-") {
			n = -n
		}
		p.num[i+4] = int64(n)
	}
	return p, true
}

// flags is the state with what goes with it: s session leader, l threads, + in the foreground, N nice or <.
func (p *process) flags() string {
	s := p.state
	if p.num[fSess] == int64(p.pid) {
		s += "s"
	}
	if p.num[fThreads] > 1 {
		s += "l"
	}
	if p.num[fTpgid] > 0 && p.num[fTpgid] == p.num[fPgrp] {
		s += "+"
	}
	switch {
	case p.num[fNice] > 0:
		s += "N"
	case p.num[fNice] < 0:
		s += "<"
	}
	return s
}

// ticks adds up fields of time.
func (p *process) ticks(fields ...int) (sum uint64) {
	for _, f := range fields {
		sum += uint64(p.num[f])
	}
	return sum
}
