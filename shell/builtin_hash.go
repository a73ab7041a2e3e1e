package shell

import (
	"fmt"
	"slices"
	"strings"
)

// known are the programs that the shell has found along PATH. It goes on using them until PATH changes.
type known struct {
	paths map[string]*knownPath
	along string // the PATH that they were found along
}

type knownPath struct {
	path string
	hits int
}

// remembered is the program called name, of those that are known or along PATH.
func (sh *Shell) remembered(name string) (string, error) {
	if strings.Contains(name, "/") || !sh.opts.has(hashAll) {
		return sh.lookPath(name)
	}
	sh.refresh()
	if v, in := sh.scope.find("PATH"); v != nil && in.temp {
		return sh.lookPath(name)
	}
	p := sh.known.paths[name]
	if p == nil {
		path, err := sh.lookPath(name)
		if err != nil || !strings.HasPrefix(path, "/") {
			return path, err
		}
		p = sh.remember(name, path)
	}
	p.hits++
	return p.path, nil
}

func (sh *Shell) remember(name, path string) *knownPath {
	p := &knownPath{path: path}
	if sh.known.paths == nil {
		sh.known = known{paths: make(map[string]*knownPath), along: sh.value("PATH")}
	}
	sh.known.paths[name] = p
	return p
}

// refresh forgets what was found along another PATH.
func (sh *Shell) refresh() {
	if v, in := sh.scope.find("PATH"); v == nil || in.temp || v.str != sh.known.along {
		if in == nil || !in.temp {
			sh.known = known{}
		}
	}
}

func builtinHash(sh *Shell, words []string) int {
	var pathname string
	var forget, remove, show, list bool
	names, bad := flagsOf(words, "rltdp:", func(c byte, value string) {
		switch c {
		case 'p':
			pathname = value
		case 'r':
			forget = true
		case 't':
			show = true
		case 'd':
			remove = true
		case 'l':
			list = true
		}
	})
	if bad != "" {
		return sh.invalidOption("hash", bad)
	}
	if !sh.opts.has(hashAll) {
		sh.complain("hash: hashing disabled")
		return 1
	}
	sh.refresh()
	if forget {
		sh.known = known{}
	}
	if show && len(names) == 0 {
		sh.complain("hash: -t: option requires an argument")
		return 1
	}
	if len(names) == 0 {
		if forget {
			return 0
		}
		return sh.printKnown(list)
	}
	found := true
	var b strings.Builder
	for _, name := range names {
		p := sh.known.paths[name]
		switch {
		case pathname != "":
			sh.remember(name, pathname)
		case remove && len(sh.known.paths) == 0:
		case (show || remove) && p == nil:
			sh.complain("hash: %s: not found", name)
			found = false
		case show && list:
			b.WriteString(hashCommand(name, p))
		case show && len(names) > 1:
			b.WriteString(name + "\t" + p.path + "\n")
		case show:
			b.WriteString(p.path + "\n")
		case remove:
			delete(sh.known.paths, name)
		default:
			found = sh.learn(name) && found
		}
	}
	return max(sh.print("hash", b.String()), boolStatus(found))
}

// learn looks a program up and remembers it. It is false where there is none.
func (sh *Shell) learn(name string) bool {
	if builtins(name) != nil || sh.funcs[name] != nil || strings.Contains(name, "/") {
		return true
	}
	path, err := sh.lookPath(name)
	if err == nil {
		sh.remember(name, path)
	} else if len(sh.paths(name, false)) == 0 {
		sh.complain("hash: %s: not found", name)
		return false
	}
	return true
}

// hashCommand is the command by which a shell knows a program.
func hashCommand(name string, p *knownPath) string {
	return "builtin hash -p " + p.path + " " + name + "\n"
}

// printKnown lists what is known, in the order in which bash does.
func (sh *Shell) printKnown(commands bool) int {
	if len(sh.known.paths) == 0 {
		if commands {
			return 0
		}
		return sh.print("hash", "hash: hash table empty\n")
	}
	const buckets = 256
	var names []string
	for name := range sh.known.paths {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return int(hash(a)%buckets) - int(hash(b)%buckets) })
	var b strings.Builder
	if !commands {
		b.WriteString("hits\tcommand\n")
	}
	for _, name := range names {
		if p := sh.known.paths[name]; commands {
			b.WriteString(hashCommand(name, p))
		} else {
			fmt.Fprintf(&b, "%4d\t%s\n", p.hits, p.path)
		}
	}
	return sh.print("hash", b.String())
}
