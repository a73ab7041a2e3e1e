package mount

import (
	"strings"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// Where the tables are.
const (
	fstabFile  = "/etc/fstab"
	mountsFile = "/proc/mounts"
	swapsFile  = "/proc/swaps"
)

// longestTable is more than any table has.
const longestTable = 64 << 20

// entry is a line of a table of mounts, as fstab(5) has it.
type entry struct {
	device, dir, kind, options string
	line                       int // counted from 1
}

func (e entry) swap() bool { return e.kind == "swap" }

// readTable reads fstab, or /proc/mounts.
func readTable(file string) ([]entry, error) {
	data, err := sys.ReadFile(sys.AT, file, longestTable)
	if err != nil {
		return nil, applet.System(err, "open %s", file)
	}
	return parseTable(string(data)), nil
}

// parseTable takes the lines of a table: blank ones and comments are none, and what a line lacks is empty, as for
// getmntent(3). Lines may end with CRLF.
func parseTable(text string) []entry {
	var entries []entry
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
			words[i] = unescape(fields[i])
		}
		entries = append(entries, entry{words[0], words[1], words[2], words[3], number})
	}
	return entries
}

// escapes are how a table writes what would end a word.
func escapes() *strings.Replacer {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\043`, "#", `\134`, `\`, `\\`, `\`)
}

func unescape(word string) string {
	if strings.IndexByte(word, '\\') < 0 {
		return word
	}
	return escapes().Replace(word)
}
