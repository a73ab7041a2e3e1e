// Package logging holds s6-log and what else writes logs: the logging script, the lines, the logdirs.
package logging

import (
	"math"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/posixre"
)

// selection changes whether the current line is selected.
type selection struct {
	kind  byte // '+', '-' or 'f'
	match func(line []byte) bool
}

// settings are what control directives say of the actions behind them.
type settings struct {
	files     uint64 // n: archived files of a logdir
	size      uint64 // s: bytes of current at which it is rotated
	total     uint64 // S: bytes of all archived files, 0 any
	tolerance uint64 // l: bytes short of size that will do
	cooldown  uint64 // r: milliseconds between attempts
	period    uint64 // R: seconds between rotations, 0 none
	alert     uint64 // E: bytes of an alert, 0 all
	status    uint64 // ^: bytes of a status file, 0 all
	prefix    string // p
	processor []string
	tai, iso  bool // t, T: of the next action only
}

// action is what happens to selected lines. target is "1", "2", a logdir, or a status file behind '='.
type action struct {
	target string
	settings
}

// step is one directive that is carried out for each line: a selection or an action.
type step struct {
	*selection
	*action
}

// defaults are the settings before any control directive.
var defaults = settings{files: 10, size: 99999, tolerance: 2000, cooldown: 2000, alert: 200, status: 1001}

const (
	leastSize = 4096
	mostSize  = 268435455
)

// parseScript reads the directives of s6-log. trailing tells that the last one is not an action.
// See the page s6-log, logging script syntax.
func parseScript(words []string) (steps []step, trailing bool, err error) {
	now := defaults
	actions := 0
	for _, word := range words {
		trailing = true
		kind := byte(0)
		if word != "" {
			kind = word[0]
		}
		switch kind {
		case '+', '-', 'f':
			sel, err := parseSelection(kind, word)
			if err != nil {
				return nil, false, err
			}
			steps = append(steps, step{selection: sel})
		case '1', '2', '=', '/', '.':
			if (kind == '1' || kind == '2') && len(word) > 1 || word == "=" {
				return nil, false, syntaxError(word)
			}
			steps = append(steps, step{action: &action{target: word, settings: now}})
			now.tai, now.iso = false, false
			trailing = false
			actions++
		default:
			if err := now.set(kind, word); err != nil {
				return nil, false, err
			}
		}
	}
	if actions == 0 {
		return nil, false, applet.Fatal(applet.ExitUsage, "no action directive specified")
	}
	return steps, trailing, nil
}

func parseSelection(kind byte, word string) (*selection, error) {
	if kind == 'f' {
		if len(word) > 1 {
			return nil, syntaxError(word)
		}
		return &selection{kind: kind}, nil
	}
	re, err := posixre.Compile(word[1:], 0)
	if err != nil {
		return nil, applet.Fatal(applet.ExitUsage, "unrecognized directive: %s (not a regular expression: %s)", word, err)
	}
	return &selection{kind, re.Matcher()}, nil
}

// set carries out a control directive.
func (s *settings) set(kind byte, word string) error {
	switch kind {
	case 't', 'T':
		if len(word) > 1 {
			return syntaxError(word)
		}
		s.tai, s.iso = s.tai || kind == 't', s.iso || kind == 'T'
		return nil
	case 'p':
		s.prefix = word[1:]
		return nil
	case '!', '?':
		s.processor = processorOf(kind, word[1:])
		return nil
	}
	at := strings.IndexByte("nsSlrRE^", kind)
	n, ok := uint64(0), false
	if word != "" {
		n, ok = applet.ParseUint(word[1:])
	}
	if at < 0 || kind == 0 || !ok || n > math.MaxUint32 && kind != 'S' {
		return applet.Fatal(applet.ExitUsage, "unrecognized directive: %s", word)
	}
	switch kind {
	case 's':
		n = min(max(n, leastSize), mostSize)
		if s.tolerance > n/2 {
			s.tolerance = n / 2
		}
	case 'l':
		if n > s.size/2 {
			return applet.Fatal(applet.ExitUsage, "directive %s conflicts with previous s directive (tolerance is at most half of %d)", word, s.size)
		}
	}
	*[]*uint64{&s.files, &s.size, &s.total, &s.tolerance, &s.cooldown, &s.period, &s.alert, &s.status}[at] = n
	return nil
}

func processorOf(kind byte, text string) []string {
	switch {
	case text == "":
		return nil
	case kind == '?':
		return []string{"/bin/sh", "-c", text}
	default:
		return []string{"execlineb", "-Pc", text}
	}
}

func syntaxError(word string) error {
	return applet.Fatal(applet.ExitUsage, "syntax error at directive: %s", word)
}
