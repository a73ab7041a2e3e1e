package shell

import (
	"math"
	"strconv"
	"strings"
	"time"

	"s6box/internal/sys"
)

// readOptions are those of read besides what reading needs.
type readOptions struct {
	array, prompt string
	silent, timed bool
	fd            int
	problem       string // what is wrong with one of their values
}

// options takes in the options of the command line words, and returns the names behind them, or an option that is none.
func (o *readOptions) options(r *reading, words []string) (names []string, bad string) {
	return flagsOf(words, "rsea:d:i:n:N:p:t:u:", func(c byte, value string) {
		switch c {
		case 'r':
			r.raw = true
		case 's':
			o.silent = true
		case 'a':
			o.array = value
		case 'd':
			r.delim = delimiterOf(value)
		case 'p':
			o.prompt = value
		case 'n', 'N':
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 {
				o.problem = value + ": invalid number"
			}
			r.chars, r.exact = n, c == 'N'
		case 't':
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil || seconds < 0 || math.IsNaN(seconds) {
				o.problem = value + ": invalid timeout specification"
			}
			r.timeout, o.timed = time.Duration(seconds*float64(time.Second)), true
		case 'u':
			n, err := strconv.Atoi(value)
			if err != nil {
				o.problem = value + ": invalid file descriptor specification"
			}
			o.fd = n
		}
	})
}

// delimiterOf is what ends a line for the option -d: the first byte of its value, or NUL.
func delimiterOf(value string) byte {
	if value == "" {
		return 0
	}
	return value[0]
}

func builtinRead(sh *Shell, words []string) int {
	r := reading{sh: sh, delim: '\n', chars: -1}
	var o readOptions
	names, bad := o.options(&r, words)
	if bad != "" {
		return sh.invalidOption("read", bad)
	}
	if o.problem != "" {
		sh.complain("read: %s", o.problem)
		return 1
	}
	var err error
	if r.fd, err = sh.fd(o.fd); err != nil {
		if o.fd == 0 {
			sh.complain("read: read error: 0: %s", reason(err))
		} else {
			sh.complain("read: %d: invalid file descriptor: %s", o.fd, reason(err))
		}
		return 1
	}
	if o.timed {
		if r.timeout == 0 {
			return boolStatus(r.ready(0))
		}
		r.until = time.Now().Add(r.timeout)
	}
	for _, name := range names {
		if !parseRef(name).valid() {
			sh.complain("read: %s", notIdentifier(name))
			return 1
		}
	}
	if sys.IsTerminal(r.fd) {
		sh.write(2, o.prompt)
		if o.silent {
			defer noEcho(r.fd)()
		}
	}
	line, code := r.line()
	if code == codeFailed {
		return 1
	}
	return max(code, sh.readAssign(&r, line, names, o.array))
}

const codeFailed = 2

// readAssign splits the line and gives it to the variables.
func (sh *Shell) readAssign(r *reading, line []glyph, names []string, array string) int {
	ifs, ok := sh.get("IFS")
	if !ok {
		ifs = " \t\n"
	}
	if array != "" {
		v := sh.arrayVar("read", array)
		if v == nil {
			return 1
		}
		for i, f := range splitGlyphs(line, ifs, -1) {
			v.list.put(i, f)
		}
		v.set = true
		return 0
	}
	if r.exact && len(names) > 0 || len(names) == 0 {
		name := "REPLY"
		if len(names) > 0 {
			name = names[0]
		}
		for _, extra := range names[min(1, len(names)):] {
			sh.readSet(extra, "")
		}
		return sh.readSet(name, glyphText(line))
	}
	status := 0
	fields := splitGlyphs(line, ifs, len(names))
	for i, name := range names {
		value := ""
		if i < len(fields) {
			value = fields[i]
		}
		status = max(status, sh.readSet(name, value))
	}
	return status
}

// arrayVar makes name an empty indexed array.
func (sh *Shell) arrayVar(cmd, name string) *variable {
	r, v := sh.resolve(ref{name: name})
	switch {
	case !isName(r.name):
		sh.complain("%s: %s", cmd, notIdentifier(name))
		return nil
	case v == nil:
		v = sh.add(sh.scope.global(), r.name)
	case v.flags&readonly != 0:
		sh.complain("%s: readonly variable", name)
		return nil
	case v.flags&isAssoc != 0:
		sh.complain("%s: %s: not an indexed array", cmd, name)
		return nil
	}
	v.flags |= isList
	v.list, v.str = &list{}, ""
	return v
}

func (sh *Shell) readSet(name, value string) int { return sh.assignResult("read", name, value) }

// assignResult gives what the builtin cmd has found to a variable or an element.
func (sh *Shell) assignResult(cmd, name, value string) int {
	r := parseRef(name)
	if !isName(r.name) {
		sh.complain("%s: %s", cmd, notIdentifier(name))
		return 1
	}
	r.index = sh.keyText(r)
	if err := sh.assign(r, value, false); err != nil {
		if f, ok := err.(*failure); ok && f.math {
			sh.fail(f.of(cmd))
			return sh.status
		}
		sh.complain("%s", err.Error())
		return 1
	}
	return 0
}

// splitGlyphs splits a line at the characters of IFS into at most n fields, the last of which has all that is
// left; n < 0: no limit.
func splitGlyphs(line []glyph, ifs string, n int) []string {
	sep := func(i int) bool {
		return i < len(line) && !line[i].escaped && strings.Contains(ifs, line[i].text)
	}
	blank := func(i int) bool {
		return sep(i) && strings.Contains(" \t\n", line[i].text)
	}
	i := 0
	for blank(i) {
		i++
	}
	var out []string
	for i < len(line) {
		if n > 0 && len(out) == n-1 {
			return append(out, lastField(line[i:], ifs))
		}
		start := i
		for i < len(line) && !sep(i) {
			i++
		}
		out = append(out, glyphText(line[start:i]))
		for blank(i) {
			i++
		}
		if sep(i) && !blank(i) {
			i++
			for blank(i) {
				i++
			}
		}
	}
	return out
}

// lastField is the rest of a line without the white space of IFS at its end, and without a delimiter that ends the only field
// in it.
func lastField(line []glyph, ifs string) string {
	blank := func(g glyph) bool {
		return !g.escaped && strings.Contains(ifs, g.text) && strings.Contains(" \t\n", g.text)
	}
	trim := func() {
		for len(line) > 0 && blank(line[len(line)-1]) {
			line = line[:len(line)-1]
		}
	}
	trim()
	if fields := splitGlyphs(line, ifs, -1); len(fields) == 1 && len(line) > 0 {
		if last := line[len(line)-1]; !last.escaped && strings.Contains(ifs, last.text) {
			line = line[:len(line)-1]
			trim()
		}
	}
	return glyphText(line)
}
