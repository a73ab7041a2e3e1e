package execline

import (
	"strings"

	"s6box/internal/applet"
)

// codes are the exit codes by which a loop goes on or ends: the options -o and -x. The zero value goes on
// whatever the code.
type codes struct {
	list   []uint64
	breaks bool // list ends the loop; else everything that is not in it does
	given  bool
}

// set keeps the list of option -o or -x; the last one counts.
func (c *codes) set(inv *applet.Invocation, opt byte, value string) error {
	list, bad := parseCodes(value)
	if list == nil {
		return inv.UsageError()
	}
	if bad != "" {
		inv.Warn("ignoring %s in the list of exit codes %s", bad, value)
	}
	*c = codes{list: list, breaks: opt == 'x', given: true}
	return nil
}

// stop tells whether a loop ends after an iteration that exited with code, 128 plus the signal if killed.
func (c *codes) stop(code int) bool {
	if !c.given {
		return false
	}
	for _, n := range c.list {
		if n == uint64(code) {
			return c.breaks
		}
	}
	return !c.breaks
}

// parseCodes parses numbers with commas or blanks in between; bad is the rest that is something else. The
// list is nil when there is no number in front.
func parseCodes(s string) (list []uint64, bad string) {
	for {
		end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			end = len(s)
		}
		n, ok := applet.ParseUint(s[:end])
		if !ok {
			return list, s
		}
		list = append(list, n)
		rest := strings.TrimLeft(s[end:], ",:; \t\r\n")
		if rest == "" || len(rest) == len(s[end:]) {
			return list, rest
		}
		s = rest
	}
}
