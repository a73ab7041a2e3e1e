package utils

import (
	"bytes"
	"io"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdS6Head = applet.Applet{
	Name:  "s6-head",
	Usage: "[ -S ] [ -1..9 | -n lines | -c chars ] [ file... ]",
	Help: `Prints the first lines of files, or of stdin, which is also meant by -. If there are several, each is preceded by
its name.

  -n N  N lines (10)
  -1    one line, and so on to -9
  -c N  N bytes
  -S    read no byte more than what is printed: the rest of a stream is left to others

Exit codes: 111 a file can't be read.

Example: s6-head -n 3 /etc/passwd
`,
	Run: runHead,
}

func runHead(inv *applet.Invocation) error {
	h := head{count: 10, lines: true}
	given := false
	err := inv.Getopt("S123456789n:c:", func(opt byte, value string) error {
		if opt == 'S' {
			h.exact = true
			return nil
		}
		if value == "" {
			value = string(opt)
		}
		n, ok := applet.ParseUint(value)
		if !ok || n >= 1<<32 || given {
			return inv.UsageError()
		}
		h.count, h.lines, given = n, opt != 'c', true
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return h.file(inv, "stdin", inv.Proc.Stdin())
	}
	for i, name := range inv.Args {
		if err := h.title(inv, i, name); err != nil {
			return err
		}
		err := withInput(inv, name, func(in proc.FD) error { return h.file(inv, name, in) })
		if err != nil {
			return err
		}
	}
	return nil
}

// title prints the name of one of several files.
func (h head) title(inv *applet.Invocation, i int, name string) error {
	switch {
	case len(inv.Args) == 1:
		return nil
	case i > 0:
		return print(inv, "\n==> "+name+" <==\n")
	}
	return print(inv, "==> "+name+" <==\n")
}

func (h head) file(inv *applet.Invocation, name string, in proc.FD) error {
	if err := h.copy(in, inv.Proc.Stdout()); err != nil {
		return applet.System(err, "head %s", name)
	}
	return nil
}

// head copies the first lines or bytes of its input.
type head struct {
	count uint64
	lines bool
	exact bool // leaves the input where it stopped
}

func (h head) copy(in, out proc.FD) error {
	buf := make([]byte, 64<<10)
	_, err := unix.Seek(int(in), 0, io.SeekCurrent)
	stream := err != nil
	for left := h.count; left > 0; {
		piece := buf
		switch {
		case !h.lines:
			piece = buf[:min(left, uint64(len(buf)))]
		case h.exact && stream:
			piece = buf[:1]
		}
		n, err := in.Read(piece)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var taken int
		taken, left = h.take(piece[:n], left)
		if h.exact && taken < n {
			unix.Seek(int(in), int64(taken-n), io.SeekCurrent)
		}
		if _, err := out.Write(piece[:taken]); err != nil {
			return err
		}
	}
	return nil
}

// take is how much of piece belongs to the first count lines or bytes, and how many of these follow it.
func (h head) take(piece []byte, count uint64) (n int, left uint64) {
	if !h.lines {
		return len(piece), count - uint64(len(piece))
	}
	for n < len(piece) && count > 0 {
		end := bytes.IndexByte(piece[n:], '\n')
		if end < 0 {
			return len(piece), count
		}
		n += end + 1
		count--
	}
	return n, count
}
