// Package prescription decides, without input or output, which prescriptions the services of a set may be in: what has to
// change together, what makes a set consistent, and what keeps it from being committed.
package prescription

import "slices"

// RX is a prescription: what a set wants of a service. They are ordered: a service may be in no higher one than
// what it depends on.
type RX byte

const (
	Masked RX = iota // not in the database
	Usable           // in the database, down at boot
	Active           // up at boot
	Always           // up at boot, and essential
)

// Count is how many prescriptions there are.
const Count = 4

func (x RX) String() string { return [...]string{"masked", "usable", "active", "always"}[x] }

// Parse returns the prescription that a word stands for.
func Parse(word string) (x RX, ok bool) {
	i := slices.IndexFunc(rxNames[:], func(names []string) bool { return slices.Contains(names, word) })
	return RX(max(i, 0)), i >= 0
}

var rxNames = [Count][]string{
	{"masked", "mask"},
	{"usable", "disabled", "disable", "inactive", "deactivate", "unmasked", "unmask", "latent"},
	{"active", "activate", "enabled", "enable", "onboot"},
	{"always", "essential", "make-essential"},
}
