// Package update is the change from one compiled database to another while services run: which of them stop,
// stay and start, and how the live directory is handed over. See the page
// https://skarnet.org/software/s6-rc/s6-rc-update.html.
package update

import (
	"fmt"
	"strings"

	"s6box/execline/lex"
	"s6box/rc/db"
	"s6box/rc/source"
)

// Conversion is one line of a conversion file.
type Conversion struct {
	Old, New string // New is Old where the line does not rename
	Restart  bool
	At       string // file and line, for messages; "" if it is from no file
}

// Error is a reason not to update, and the exit code of s6-rc-update for it.
type Error struct {
	Code int
	Text string
}

func (e *Error) Error() string { return e.Text }

// Exit codes for bad conversion files and databases.
const (
	codeUnknown   = 3
	codeInvalid   = 4
	codeWrongType = 5
	codeDuplicate = 6
	codeSyntax    = 100
)

func fail(code int, format string, args ...any) *Error {
	return &Error{code, fmt.Sprintf(format, args...)}
}

// ParseConversions reads a conversion file for the database old. name is what messages call it.
func ParseConversions(name string, data []byte, old *db.DB) (all []Conversion, err error) {
	seen := map[string]int{}
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		at := fmt.Sprintf("%s:%d", name, number)
		words, err := lex.Parse([]byte(line))
		if err != nil {
			return nil, fail(codeSyntax, "syntax error in conversion file: %s: %v", at, err)
		}
		if len(words) == 0 {
			continue
		}
		if _, err := atomic(old, words[0], at); err != nil {
			return nil, err
		}
		if first := seen[words[0]]; first > 0 {
			return nil, fail(codeDuplicate, "service %s appears more than once in conversion file (%s:%d and %s)",
				source.Show(words[0]), name, first, at)
		}
		c := Conversion{Old: words[0], New: words[0], At: at}
		words = words[1:]
		if len(words) > 1 && words[0] == "->" {
			c.New, words = words[1], words[2:]
		}
		if len(words) > 0 && words[0] == "restart" {
			c.Restart, words = true, words[1:]
		}
		switch {
		case len(words) == 1 && words[0] == "->":
			return nil, fail(codeSyntax, "unknown keyword in conversion file: -> (%s: a new name must follow)", at)
		case len(words) > 0:
			return nil, fail(codeSyntax, "unknown keyword in conversion file: %s (%s)", source.Show(words[0]), at)
		}
		seen[c.Old] = number
		all = append(all, c)
	}
	return all, nil
}

// target is what an old service becomes.
type target struct {
	numbers []int // in the new database; none if the service is gone
	same    bool  // one atomic service of the same type
	restart bool  // it was asked for
}

// targets finds what every old service becomes. An atomic service of the new database has at most one that
// it continues.
func targets(old, neu *db.DB, conversions []Conversion) ([]target, error) {
	all := make([]target, len(old.Services))
	names := make([]string, len(old.Services))
	for n := range names {
		names[n] = old.Services[n].Name
	}
	for _, c := range conversions {
		n, err := atomic(old, c.Old, c.At)
		if err != nil {
			return nil, err
		}
		if _, ok := neu.Lookup(c.New); !ok && c.New != c.Old {
			return nil, fail(codeInvalid, "bad conversion file: new service %s is undefined in the new database%s%s", source.Show(c.New), suggest(neu, c.New), place(c.At))
		}
		if c.New != c.Old {
			names[n] = c.New
		}
		all[n].restart = c.Restart
	}
	from := map[int]int{}
	for n, name := range names {
		t := &all[n]
		t.numbers, _ = neu.Lookup(name)
		if len(t.numbers) != 1 || neu.Services[t.numbers[0]].Name != name {
			continue
		}
		m := t.numbers[0]
		if first, taken := from[m]; taken {
			return nil, fail(codeDuplicate, "unable to convert database: new service %s is a target for more than one conversion: of %s and of %s",
				name, old.Services[first].Name, old.Services[n].Name)
		}
		from[m] = n
		t.same = old.IsLongrun(n) == neu.IsLongrun(m)
	}
	return all, nil
}

// atomic finds the service that a name stands for: a bundle that holds one is another name for that.
func atomic(d *db.DB, name, at string) (int, *Error) {
	numbers, ok := d.Lookup(name)
	switch {
	case !ok:
		return 0, fail(codeUnknown, "bad conversion file: %s is not a service of the database in force%s%s", source.Show(name), suggest(d, name), place(at))
	case len(numbers) != 1:
		return 0, fail(codeWrongType, "bad conversion file: %s is a bundle; only atomic services can be converted%s", source.Show(name), place(at))
	}
	return numbers[0], nil
}

// place is the end of a message about a line of a conversion file.
func place(at string) string {
	if at == "" {
		return ""
	}
	return " (" + at + ")"
}

func suggest(d *db.DB, name string) string {
	names := make([]string, len(d.Names))
	for i, e := range d.Names {
		names[i] = e.Name
	}
	if near, ok := source.Nearest(name, names); ok {
		return " (did you mean " + near + "?)"
	}
	return ""
}
