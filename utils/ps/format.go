package ps

import (
	"fmt"
	"strings"
	"time"
)

const hertz = 100 // clock ticks per second, as the kernel shows them to programs

// duration writes clock ticks: 01.50s, 02m03s, 01h02m03s, 4d01h02m03s.
func duration(ticks uint64) string {
	s := ticks / hertz
	m, h, d := s/60, s/3600, s/86400
	switch {
	case m == 0:
		return fmt.Sprintf("%02d.%02ds", s, ticks%hertz)
	case h == 0:
		return fmt.Sprintf("%02dm%02ds", m, s%60)
	case d == 0:
		return fmt.Sprintf("%02dh%02dm%02ds", h, m%60, s%60)
	}
	return fmt.Sprintf("%dd%02dh%02dm%02ds", d, h%24, m%60, s%60)
}

// percent writes part of whole, cut off after two digits.
func percent(part, whole uint64) string {
	n := part * 10000 / max(whole, 1)
	return fmt.Sprintf("%d.%02d", n/100, n%100)
}

// startTime writes the time of day for a start today, the day and time for one this year, else the date.
func startTime(start, now time.Time) string {
	switch {
	case start.Year() != now.Year():
		return start.Format("2006-01-02")
	case start.YearDay() != now.YearDay():
		return start.Format("Jan02 15:04")
	}
	return start.Format("15:04:05")
}

func policy(n int64) string {
	names := []string{"NORMAL", "FIFO", "RR", "BATCH", "ISO", "IDLE", "DEADLINE"}
	if n < 0 || n >= int64(len(names)) || n == 4 || n == 6 {
		return "UNKNOWN"
	}
	return names[n]
}

// table lays rows out in columns with spacing spaces between them; what is not on the right has no blanks
// behind it in the last column.
func table(rows [][]string, right []bool, spacing int) string {
	width := make([]int, len(right))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], len(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-len(cell))
			switch {
			case right[i]:
				b.WriteString(pad + cell)
			case i == len(row)-1:
				b.WriteString(cell)
			default:
				b.WriteString(cell + pad)
			}
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", spacing))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// tree orders processes with every child behind its parent, those of the kernel first. Children of pid 1 are
// not set in.
func tree(all []process) []process {
	known := map[int]bool{}
	for _, p := range all {
		known[p.pid] = true
	}
	children := map[int][]process{}
	for _, p := range all {
		parent := int(p.num[fPpid])
		if !known[parent] || parent == p.pid {
			parent = 0
		}
		if p.pid != 1 {
			children[parent] = append(children[parent], p)
		}
	}
	var out []process
	var add func(p process, depth int)
	add = func(p process, depth int) {
		p.depth = depth
		out = append(out, p)
		if p.pid != 1 {
			depth++
		}
		for _, c := range children[p.pid] {
			add(c, depth)
		}
	}
	for _, p := range children[0] {
		add(p, 0)
	}
	for _, p := range all {
		if p.pid == 1 {
			add(p, 0)
		}
	}
	return out
}

// branch is what a command line of the tree starts with.
func branch(depth int) string {
	if depth == 0 {
		return ""
	}
	return strings.Repeat("    ", depth-1) + ` \_ `
}
