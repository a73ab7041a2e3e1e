// Package mounts reads tables of mounts: fstab(5), and /proc/mounts, which looks like it.
package mounts

import (
	"strings"

	"s6box/internal/sys"
)

// Where the tables are.
const (
	Fstab  = "/etc/fstab"
	Active = "/proc/mounts"
)

// Longest is more than any table has.
const Longest = 64 << 20

// Entry is a line of a table.
type Entry struct {
	Device, Dir, Kind, Options string
	Line                       int // counted from 1
}

// Swap tells whether the entry is none of a file system.
func (e Entry) Swap() bool { return e.Kind == "swap" }

// Read reads a table.
func Read(file string) ([]Entry, error) {
	data, err := sys.ReadFile(sys.AT, file, Longest)
	return Parse(string(data)), err
}

// Parse takes the lines of a table: blank ones and comments are none, and what a line lacks is empty, as for
// getmntent(3). Lines may end with CRLF.
func Parse(text string) []Entry {
	var entries []Entry
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		fields := strings.FieldsFunc(line, func(c rune) bool { return c == ' ' || c == '\t' })
		if len(fields) == 0 || fields[0][0] == '#' {
			continue
		}
		var words [4]string
		for i := range min(len(fields), len(words)) {
			words[i] = Unescape(fields[i])
		}
		entries = append(entries, Entry{words[0], words[1], words[2], words[3], number})
	}
	return entries
}

// escapes are how a table writes what would end a word.
func escapes() *strings.Replacer {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\043`, "#", `\134`, `\`, `\\`, `\`)
}

// Unescape is a word of a table without the escapes for blanks and the like.
func Unescape(word string) string {
	if strings.IndexByte(word, '\\') < 0 {
		return word
	}
	return escapes().Replace(word)
}
