package utils

import (
	"bytes"
	"cmp"
	"io"
	"slices"

	"s6box/internal/applet"
)

var cmdS6Sort = applet.Applet{
	Name:  "s6-sort",
	Usage: "[ -bcfru0 ]",
	Help: `Reads stdin and prints its lines sorted by their bytes; those that compare equal keep their order. Every line printed
ends in a newline.

  -b  spaces and tabs at the start of a line don't count
  -c  print nothing: exit 1 if the output would differ from the input
  -f  upper case counts as lower case
  -r  the greatest first
  -u  of lines that compare equal, only the last
  -0  lines end in NUL instead of newline

Exit codes: 1 with -c, not sorted; 100 wrong usage; 111 reading or writing failed.

Example: s6-sort -u </etc/hosts
`,
	Run: runSort,
}

func runSort(inv *applet.Invocation) error {
	var o sortOpt
	end := byte('\n')
	check := false
	err := inv.Getopt("bcfru0", func(opt byte, _ string) error {
		switch opt {
		case 'b':
			o.trim = true
		case 'c':
			check = true
		case 'f':
			o.fold = true
		case 'r':
			o.reverse = true
		case 'u':
			o.unique = true
		case '0':
			end = 0
		}
		return nil
	})
	if err != nil {
		return err
	}
	in, err := io.ReadAll(inv.Proc.Stdin())
	if err != nil {
		return applet.System(err, "read from stdin")
	}
	if len(in) > 0 && in[len(in)-1] != end {
		in = append(in, end)
	}
	out := bytes.Join(o.sort(bytes.SplitAfter(in, []byte{end})), nil)
	if !check {
		return print(inv, string(out))
	}
	if !bytes.Equal(in, out) {
		return applet.Exit(1)
	}
	return nil
}

type sortOpt struct{ trim, fold, reverse, unique bool }

// row is a line, its place in the input, and what of it counts.
type row struct {
	line, key []byte
	at        int
}

// sort orders lines, of which each ends in the same byte and the last is the empty one behind it.
func (o sortOpt) sort(lines [][]byte) [][]byte {
	lines = lines[:len(lines)-1]
	rows := make([]row, len(lines))
	for i, line := range lines {
		rows[i] = row{line, o.key(line), i}
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(o.compare(a, b), cmp.Compare(a.at, b.at)) })
	sorted := lines[:0]
	for i, r := range rows {
		if !o.unique || i+1 == len(rows) || o.compare(r, rows[i+1]) != 0 {
			sorted = append(sorted, r.line)
		}
	}
	return sorted
}

func (o sortOpt) compare(a, b row) int {
	c := bytes.Compare(a.key, b.key)
	if o.reverse {
		return -c
	}
	return c
}

// key is what of a line counts, without the byte it ends in.
func (o sortOpt) key(line []byte) []byte {
	line = line[:len(line)-1]
	if o.trim {
		line = bytes.TrimLeft(line, " \t")
	}
	if o.fold {
		line = asciiLower(line)
	}
	return line
}

func asciiLower(text []byte) []byte {
	low := slices.Clone(text)
	for i, c := range low {
		if 'A' <= c && c <= 'Z' {
			low[i] = c + 'a' - 'A'
		}
	}
	return low
}
