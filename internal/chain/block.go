package chain

import (
	"strings"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

// Block takes a block off the front of words: every word up to the one that is empty, each without the
// space that quotes it. n counts the blocks of the command, from 1, for messages. A word without its space
// is accepted as EXECLINE_STRICT says: silently, with a warning (1) or not at all (2). A block without an
// end is exit code 100. See execline's page el_semicolon.
func Block(inv *applet.Invocation, words []string, n int) (block, rest []string, err error) {
	strict, _ := inv.Proc.Env.Get("EXECLINE_STRICT")
	for i, w := range words {
		if w == "" {
			return block, words[i+1:], nil
		}
		if w[0] == ' ' {
			block = append(block, w[1:])
			continue
		}
		if err := unquoted(inv, strict, w, n, i+1); err != nil {
			return nil, nil, err
		}
		block = append(block, w)
	}
	return nil, nil, applet.Fatal(applet.ExitUsage, "unterminated block %s", strings.Join(block, " "))
}

func unquoted(inv *applet.Invocation, strict, word string, block, position int) error {
	level, _ := applet.ParseUint(strict)
	switch {
	case level >= 2:
		return applet.Fatal(applet.ExitUsage, "unquoted argument %s at block %d position %d", word, block, position)
	case level == 1:
		inv.Warn("unquoted argument %s at block %d position %d", word, block, position)
	}
	return nil
}

// RunBlock runs a block as a child of inv's process and waits for it. An empty block is true.
func RunBlock(inv *applet.Invocation, block []string) (proc.Status, error) {
	st := inv.Proc.Clone()
	defer st.Release()
	return Run(st, inv.Prog, block)
}
