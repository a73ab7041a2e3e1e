package lint

import (
	"bytes"
	"path"
	"strings"
)

// variables are the keys a script substitutes.
type variables struct {
	defined     map[string]bool
	exported    map[string]string // by name: the command that puts it into the environment only
	exports     map[int]bool      // where those have their names
	named       map[string]int    // how many other words a name is
	positionals bool              // ${1} and the like
}

func newVariables(items []item) *variables {
	v := &variables{make(map[string]bool), make(map[string]string), make(map[int]bool), make(map[string]int), false}
	v.count(items)
	return v
}

// count takes note of the words there are: a program that nobody here knows may define what it is told of.
func (v *variables) count(items []item) {
	for _, it := range items {
		if it.isBlock {
			v.count(it.block)
		} else {
			v.named[it.word]++
		}
	}
}

// define takes note of what a command with these arguments substitutes.
func (v *variables) define(k *call, args []item) {
	command := path.Base(k.name)
	_, imports := k.sig.options['E']
	switch {
	case command == "elgetpositionals":
		v.positionals = true
	case len(args) == 0:
	case command == "multidefine":
		if len(args) > 1 {
			for _, it := range args[1].block {
				v.defined[it.word] = true
			}
		}
	case command == "define" || command == "importas" || command == "elglob":
		v.defined[args[0].word] = true
	case imports && (command != "redirfd" || k.options['f']):
		if k.options['E'] {
			v.defined[args[0].word] = true
		} else if name, off := args[0].word, args[0].off; !v.exports[off] {
			v.exports[off] = true
			v.exported[name] = command
			v.named[name]--
		}
	}
}

// frame is how a script gets its arguments.
type frame int

const (
	unknownFrame frame = iota
	none               // -P
	substituted        // -S, -s
)

// frameOf reads the first line of a script.
func frameOf(src []byte, bare bool) frame {
	line, _, _ := bytes.Cut(src, []byte("\n"))
	if !bytes.HasPrefix(line, []byte("#!")) {
		if bare {
			return none
		}
		return unknownFrame
	}
	words := strings.Fields(string(line[2:]))
	for i, w := range words {
		if path.Base(w) != "execlineb" {
			continue
		}
		for _, option := range words[i+1:] {
			switch {
			case strings.HasPrefix(option, "-S"), strings.HasPrefix(option, "-s"):
				return substituted
			case strings.HasPrefix(option, "-") && strings.Contains(option, "P"):
				return none
			}
		}
	}
	return unknownFrame
}

// references reports words that look as if a variable was meant which nothing defines. Arguments of programs
// that have a language of their own are theirs.
func (c *checker) references(items []item) {
	foreign := false
	for _, it := range items {
		switch {
		case it.isBlock:
			c.references(it.block)
		case foreign:
		case hasLanguage(path.Base(it.word)):
			foreign = true
		default:
			c.reference(it)
		}
	}
}

func hasLanguage(prog string) bool {
	switch strings.TrimRight(prog, "0123456789.") {
	case "sh", "bash", "ash", "dash", "zsh", "ksh", "busybox", "awk", "gawk", "mawk", "sed", "perl", "python", "ruby", "lua",
		"php", "node", "envsubst", "expr", "find", "xargs", "make", "grep", "egrep", "su", "ssh", "execlineb", "eval", "jq":
		return true
	}
	return false
}

func (c *checker) reference(it item) {
	if strings.ContainsAny(it.word, " \t\n;|&()<>'\"`*^") {
		return
	}
	for rest := it.word; ; {
		at := strings.IndexByte(rest, '$')
		if at < 0 {
			return
		}
		slashes := at - len(strings.TrimRight(rest[:at], `\`))
		name, after := cutName(rest[at+1:])
		if name != "" && slashes%2 == 0 && !c.isDefined(name) {
			if by, ok := c.vars.exported[name]; ok {
				c.report(it.off, "${%s} is not replaced: %s puts it into the environment; add its option -E, or importas", name, by)
			} else {
				c.report(it.off, "${%s} is not replaced: nothing in this script defines it", name)
			}
		}
		rest = after
	}
}

// cutName reads a key behind a dollar, if it is one that people use.
func cutName(s string) (name, rest string) {
	s, braced := strings.CutPrefix(s, "{")
	end := strings.IndexAny(s, `\${}`)
	if end < 0 {
		end = len(s)
	}
	name, rest = s[:end], s[end:]
	if braced && !strings.HasPrefix(rest, "}") {
		return "", rest
	}
	for i := range len(name) {
		c := name[i]
		if !(c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || len(name) == 1 && (c == '@' || c == '#')) {
			return "", rest
		}
	}
	return name, rest
}

func (c *checker) isDefined(name string) bool {
	if name == "@" || name == "#" || strings.Trim(name, "0123456789") == "" {
		return c.vars.positionals || c.vars.defined[name]
	}
	return c.vars.defined[name] || c.vars.named[name] > 0
}
