package chain

import (
	"errors"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

// ErrNoEnd is behind the error of a block that has no end.
var ErrNoEnd = errors.New("unterminated block")

// Block takes a block off the front of words: every word up to the one that is empty, each without the
// space that quotes it. n counts the blocks of the command, from 1, for messages. A word without its space
// is accepted as EXECLINE_STRICT says: silently, with a warning (1) or not at all (2). A block without an
// end is exit code 100. See execline's page el_semicolon.
func Block(inv *applet.Invocation, words []string, n int) (block, rest []string, err error) {
	return NamedBlock(inv, words, n, "")
}

// NamedBlock is Block for a command with several: messages call the block what it is, as in "then block".
func NamedBlock(inv *applet.Invocation, words []string, n int, what string) (block, rest []string, err error) {
	for i, w := range words {
		if w == "" {
			return block, words[i+1:], nil
		}
		if w[0] == ' ' {
			w = w[1:]
		} else if err := unquoted(inv, w, n, i); err != nil {
			return nil, nil, err
		}
		block = append(block, w)
	}
	if what != "" {
		what += " "
	}
	msg := "unterminated " + what + "block" + beginning(words)
	return nil, nil, &applet.Error{Code: applet.ExitUsage, Level: "fatal", Msg: msg, Err: ErrNoEnd}
}

// beginning shows which block is meant.
func beginning(words []string) string {
	text := ""
	for i, w := range words {
		if i == 3 {
			return text + " ..."
		}
		text += " " + strings.TrimPrefix(w, " ")
	}
	return text
}

func unquoted(inv *applet.Invocation, word string, block, position int) error {
	return Strict(inv, "unquoted argument %s at block %d position %d", word, block, position)
}

// Strict takes note of a slip as EXECLINE_STRICT says: silently, with a warning (1) or with exit code 100 (2).
func Strict(inv *applet.Invocation, format string, args ...any) error {
	strict, _ := inv.Proc.Env.Get("EXECLINE_STRICT")
	level, _ := applet.ParseUint(strict[:digits(strict)])
	switch {
	case level >= 2:
		return applet.Fatal(applet.ExitUsage, format, args...)
	case level == 1:
		inv.Warn(format, args...)
	}
	return nil
}

func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

// RunBlock runs a block as a child of inv's process and waits for it. An empty block is true.
func RunBlock(inv *applet.Invocation, block []string) (proc.Status, error) {
	st := inv.Proc.Clone()
	defer st.Release()
	return Run(st, block)
}
