package utils

import (
	"fmt"
	"strconv"

	"s6box/internal/applet"
)

var cmdS6Seq = applet.Applet{
	Name:  "s6-seq",
	Usage: "[ -w ] [ -s separator ] limits",
	Help: `Prints the numbers from first to last, the limits: one is last, two are first and last, three are first, increment
and last. First and increment are 1 if they are not given. With increment 0 it goes on for ever.

  -w      all of the same width, with zeros before the shorter ones
  -s SEP  what follows each number instead of a newline; NUL if empty

Exit codes: 100 not one to three unsigned numbers of 32 bits, 111 stdout can't be written.

Example: s6-seq -w 8 11
`,
	Run: runSeq,
}

func runSeq(inv *applet.Invocation) error {
	fixed, sep := false, "\n"
	err := inv.Getopt("ws:", func(opt byte, value string) error {
		switch {
		case opt == 'w':
			fixed = true
		case value == "":
			sep = "\x00"
		default:
			sep = value
		}
		return nil
	})
	if err != nil {
		return err
	}
	s, ok := parseSequence(inv.Args)
	if !ok {
		return inv.UsageError()
	}
	width := 0
	if fixed {
		width = len(strconv.FormatUint(s.end(), 10))
	}
	const enough = 32 << 10
	var out []byte
	for n := s.first; n <= s.last; n += s.step {
		out = append(fmt.Appendf(out, "%0*d", width, n), sep...)
		if len(out) >= enough {
			if err := print(inv, string(out)); err != nil {
				return err
			}
			out = out[:0]
		}
	}
	return print(inv, string(out))
}

// sequence is the numbers from first to last with a step between. Each limit fits in 32 bits, so that none
// overflows.
type sequence struct{ first, step, last uint64 }

func parseSequence(words []string) (s sequence, ok bool) {
	limits := make([]uint64, len(words))
	for i, word := range words {
		if limits[i], ok = applet.ParseUint(word); !ok || limits[i] >= 1<<32 {
			return s, false
		}
	}
	switch len(limits) {
	case 1:
		return sequence{1, 1, limits[0]}, true
	case 2:
		return sequence{limits[0], 1, limits[1]}, true
	case 3:
		return sequence{limits[0], limits[1], limits[2]}, true
	}
	return s, false
}

// end is the last number that is printed; it is the longest.
func (s sequence) end() uint64 {
	if s.step == 0 || s.last < s.first {
		return s.first
	}
	return s.last - (s.last-s.first)%s.step
}
