// Package applet is the registry of commands, and what a command is given: its invocation, option parsing
// and the grammar of messages and exit codes.
package applet

import (
	"slices"
	"strings"

	"s6box/internal/proc"
)

// Applet is one command. Exactly one of Run and Chain is set.
type Applet struct {
	Name  string
	Usage string // what follows the name on the usage line, e.g. "[ -n ] { block } prog..."
	Help  string // for people: what it does, options, exit codes, one example

	// Run is a program: nil is exit code 0, an Exit or Fatal error any other.
	Run func(*Invocation) error
	// Chain is a chain loader: it changes inv.Proc and returns the command line to go on with. None left
	// means exit code 0.
	Chain func(*Invocation) (rest []string, err error)

	// Hidden: called by ourselves only; no list shows it.
	Hidden bool
	// Inline: Run only computes an exit code or some output, and may do so inside the process of a
	// caller that waits for it.
	Inline bool
	// Waits: Chain starts processes or may block. Who must not wait gives it a process of its own.
	Waits bool
}

// The registry is an open-addressed hash table, filled while packages initialise: that time is paid by
// every exec in a container, so it neither allocates nor sorts.
const slots = 1024

var table [slots]*Applet

// Register adds an applet; a second one of the same name is a programming error.
func Register(a *Applet) {
	slot := find(a.Name)
	if *slot != nil {
		panic("applet registered twice: " + a.Name)
	}
	*slot = a
}

// Lookup returns the applet called name, or nil.
func Lookup(name string) *Applet { return *find(name) }

// All returns every applet but the hidden ones, sorted by name.
func All() []*Applet {
	var all []*Applet
	for _, a := range table {
		if a != nil && !a.Hidden {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b *Applet) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func find(name string) **Applet {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	for i := h % slots; ; i = (i + 1) % slots {
		if table[i] == nil || table[i].Name == name {
			return &table[i]
		}
	}
}

// Invocation is one call of a command.
type Invocation struct {
	*Applet
	Prog  string   // the command's name, as messages show it
	Argv0 string   // what it was called by
	Args  []string // the words after argv[0]; option parsing takes its words off
	Proc  *proc.State
}

// New makes the invocation of a for the command line argv, argv[0] being the name it was called by.
func New(a *Applet, argv []string, st *proc.State) *Invocation {
	return &Invocation{Applet: a, Prog: a.Name, Argv0: argv[0], Args: argv[1:], Proc: st}
}

// Become runs a in place of inv, whose words are the command line of a.
func (inv *Invocation) Become(a *Applet) (rest []string, err error) {
	if inv.Proc.Virtual() && a.Run != nil && !a.Inline {
		return nil, proc.ErrNeedProcess
	}
	as := New(a, inv.Args, inv.Proc)
	inv.Prog = as.Prog
	if a.Chain != nil {
		return a.Chain(as)
	}
	return nil, a.Run(as)
}
