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
	// Instant: Inline, and over at once, so that a caller that does not wait may have it inside its process too: it
	// neither reads nor writes.
	Instant bool
	// Waits: Chain starts processes or may block. Who must not wait gives it a process of its own.
	Waits bool
}

// lists are the commands of the binary, by package. They are laid out by the compiler: building an index while
// packages initialise would be paid by every exec in a container, and looking through them costs less.
var lists []*[]*Applet

// Use makes the commands of those lists known. The binary calls it once, before anything else.
func Use(commands ...*[]*Applet) { lists = commands }

// Lookup returns the applet called name, or nil.
func Lookup(name string) *Applet {
	for _, list := range lists {
		for _, a := range *list {
			if a.Name == name {
				return a
			}
		}
	}
	return nil
}

// All returns every applet but the hidden ones, sorted by name.
func All() []*Applet {
	var all []*Applet
	for _, list := range lists {
		for _, a := range *list {
			if !a.Hidden {
				all = append(all, a)
			}
		}
	}
	slices.SortFunc(all, func(a, b *Applet) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Stays tells whether a is about for a while: signals that reach its process meanwhile are to act as on a C program.
func (a *Applet) Stays() bool { return a.Waits || a.Run != nil && !a.Inline }

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
	if a.Stays() && !inv.Proc.Virtual() {
		proc.DefaultSignals()
	}
	as := New(a, inv.Args, inv.Proc)
	defer func() { inv.Prog = as.Prog }() // which a may change
	if a.Chain != nil {
		return a.Chain(as)
	}
	return nil, a.Run(as)
}
