// Package source reads service definition directories, the source format of s6-rc-compile: see the page
// https://skarnet.org/software/s6-rc/s6-rc-compile.html. Reading never stops at the first thing wrong: every
// problem is reported with its place and, where there is one, a hint.
package source

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Kind is the type of a service.
type Kind byte

const (
	Unknown Kind = iota // the definition has no valid type
	Oneshot
	Longrun
	Bundle
)

func (k Kind) String() string {
	return [...]string{"unknown", "oneshot", "longrun", "bundle"}[k]
}

// Place is a line of a file, or with Line 0 the file as a whole.
type Place struct {
	File string
	Line int // from 1
}

// String is file or file:line, on one line whatever the name of the file is.
func (p Place) String() string {
	file := p.File
	if strings.ContainsFunc(file, unicode.IsControl) {
		file = strconv.Quote(file)
	}
	if p.Line == 0 {
		return file
	}
	return file + ":" + strconv.Itoa(p.Line)
}

// Ref is the name of a service as a definition mentions it.
type Ref struct {
	Name string
	At   Place
}

// Definition is one service as its directory defines it.
type Definition struct {
	Name        string
	Dir         string
	Below       []string // the directories that lie below Dir, if trees are layers
	Kind        Kind
	Essential   bool
	Recommended bool
	Contents    []Ref  // bundles
	Deps        []Ref  // oneshots and longruns
	TimeoutUp   uint32 // milliseconds, 0 for none
	TimeoutDown uint32

	Up, Down, Reload []string // oneshots: command lines

	Servicedir Servicedir // longruns: what goes into the service directory
	Producer   *Ref       // longruns: the service that reads this one's output
	Consumes   []Ref      // longruns: the services whose output this one reads
	Pipeline   *Ref       // longruns: the name of the pipeline that ends here
}

// Servicedir is the content of a longrun's service directory, without what pipelines add.
type Servicedir struct {
	Run    []byte
	Finish []byte   // nil: none
	Files  []File   // the small files that supervisors read
	Copies []string // directories below the definition to be copied as they are
	Makes  []string // empty directories
}

// File is a small file and its content.
type File struct {
	Name    string
	Content string
}

// Severity orders problems.
type Severity byte

const (
	Notice  Severity = iota // worth knowing
	Warning                 // works, but should be put right
	Fatal                   // the tree can't be compiled
	System                  // the tree can't be read
)

// Problem is one thing to say about a tree.
type Problem struct {
	Severity Severity
	At       Place
	Text     string // what is wrong, naming the file and the offending word
	Hint     string // what to do about it; may be empty
}

func (p Problem) String() string {
	if p.Hint == "" {
		return p.Text
	}
	return p.Text + " (" + p.Hint + ")"
}

// Failed tells whether any of the problems forbids compiling.
func Failed(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity >= Fatal })
}

// Reserved tells whether a name begins with a prefix that s6-rc keeps for itself.
func Reserved(name string) bool {
	return strings.HasPrefix(name, "s6rc-") || strings.HasPrefix(name, "s6-rc-")
}

// Show is a word as messages show it: quoted where it could be misread.
func Show(word string) string {
	if len(word) > longestShown {
		return strconv.Quote(word[:longestShown]) + "…"
	}
	for _, r := range word {
		if r == '"' || r == ' ' || !strconv.IsPrint(r) {
			return strconv.Quote(word)
		}
	}
	if word == "" {
		return `""`
	}
	return word
}

// longestShown is how much of a word messages show: a file may hold anything.
const longestShown = 80

// Nearest returns the candidate that word most likely stands for: the one with the fewest letters to
// change, if those are few. ok is false if none comes near.
func Nearest(word string, candidates []string) (best string, ok bool) {
	limit := min(2, (len(word)+1)/3)
	if trimmed := strings.TrimSpace(word); trimmed != word {
		word, limit = trimmed, 0
	}
	for _, c := range candidates {
		diff := len(c) - len(word)
		if diff > limit || -diff > limit {
			continue
		}
		if d := distance(word, c); d <= limit {
			best, ok = c, true
			limit = d - 1
		}
	}
	return best, ok
}

// distance counts the letters to insert, delete, replace or swap with their neighbour to make b of a.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j-1]+cost, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
