// Package lines is the loop of commands that turn standard input into standard output line by line.
package lines

import (
	"bytes"
	"io"

	"s6box/internal/applet"
)

// Filter copies lines from standard input to standard output through f, which appends what becomes of a line,
// its newline included if it has one, to out. Output is written before input is waited for, and before the
// error of f that ends the loop is returned.
func Filter(inv *applet.Invocation, f func(out, line []byte) ([]byte, error)) error {
	in := make([]byte, 64<<10)
	var partial, out []byte
	for {
		n, readErr := inv.Proc.Stdin().Read(in)
		partial = append(partial, in[:n]...)
		var err error
		out, partial, err = whole(out[:0], partial, f)
		if err == nil && readErr == io.EOF && len(partial) > 0 {
			out, err = f(out, partial)
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
			return applet.System(readErr, "read from stdin")
		}
	}
}

// whole hands the lines of text that have a newline to f; rest is what follows them.
func whole(out, text []byte, f func(out, line []byte) ([]byte, error)) (_, rest []byte, err error) {
	for {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return out, text, nil
		}
		if out, err = f(out, text[:end+1]); err != nil {
			return out, nil, err
		}
		text = text[end+1:]
	}
}
