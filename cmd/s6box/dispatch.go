package main

import (
	"path"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

// self is the name under which the binary is itself rather than one of its commands.
const self = "s6box"

// dispatch runs the command argv[0] names. `exec -a` and login shells change argv[0], so the file that was
// executed decides where that is one of our links.
func dispatch(st *proc.State, argv []string) int {
	if len(argv) == 0 { // execve lets that be
		argv = []string{self}
	}
	name := path.Base(argv[0])
	if a := lookup(st, name); a != nil {
		return chain.Main(st, a, argv)
	}
	if name == self || path.Base(proc.ExecFile()) == self {
		return chain.Main(st, &box, argv)
	}
	applet.Say(st.Stderr(), self, "fatal", "unknown command: "+name+" (s6box --list prints the commands there are)")
	return applet.ExitUsage
}

func lookup(st *proc.State, name string) *applet.Applet {
	a := applet.Lookup(name)
	if a != nil && a.Hidden {
		return a
	}
	file := proc.ExecFile()
	if other := path.Base(file); other != name && other != "exe" {
		if a := applet.Lookup(other); a != nil && st.IsSelf(file) {
			return a
		}
	}
	return a
}
