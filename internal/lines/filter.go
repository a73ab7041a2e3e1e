// Package lines is the loop of commands that turn standard input into standard output line by line.
package lines

import (
	"bytes"
	"io"
	"slices"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

// Filter copies lines from standard input to standard output through f, which appends what becomes of a line,
// its newline included if it has one, to out. Output is written before input is waited for, and before the
// error of f that ends the loop is returned.
func Filter(inv *applet.Invocation, f func(out, line []byte) ([]byte, error)) error {
	return FilterFrom(inv, inv.Proc.Stdin(), "stdin", f)
}

// FilterFrom is Filter of the lines of in, which is called name.
func FilterFrom(inv *applet.Invocation, in proc.FD, name string, f func(out, line []byte) ([]byte, error)) error {
	buf := make([]byte, 64<<10)
	var out, begun []byte
	for {
		n, readErr := in.Read(buf)
		var err error
		out, begun, err = whole(out[:0], begun, buf[:n], f)
		if err == nil && readErr == io.EOF && len(begun) > 0 {
			out, err = f(out, begun)
		}
		if _, werr := inv.Proc.Stdout().Write(out); werr != nil {
			return applet.System(werr, "write to stdout")
		}
		switch {
		case err != nil:
			return err
		case readErr == io.EOF:
			return nil
		case readErr != nil:
			return applet.System(readErr, "read from %s", name)
		}
	}
}

// whole hands the lines that have a newline to f: of text, and begun before it. rest is the line that text ends in
// the midst of.
func whole(out, begun, text []byte, f func(out, line []byte) ([]byte, error)) (_, rest []byte, err error) {
	for err == nil {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			break
		}
		line := text[:end+1]
		if len(begun) > 0 {
			begun = append(begun, line...)
			line = begun
		}
		out, err = f(out, line)
		begun, text = begun[:0], text[end+1:]
	}
	if cap(begun)-len(begun) < len(text) {
		begun = slices.Grow(begun, len(begun)+len(text)) // twice as much: long lines are copied seldom
	}
	return out, append(begun, text...), err
}
