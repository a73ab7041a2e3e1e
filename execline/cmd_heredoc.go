package execline

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdHeredoc = applet.Applet{
	Name:  "heredoc",
	Usage: "[ -d ] fd string command...",
	Help: `Executes command... with descriptor fd open for reading string.

  -d        leave no child process behind; there is none without it either

Exit codes: 100 wrong usage, 111 a failed system call, else command's.

Example: heredoc 0 "user\npassword\n" login-tool --stdin
`,
	Chain: runHeredoc,
}

func runHeredoc(inv *applet.Invocation) ([]string, error) {
	if err := inv.Getopt("d", func(opt byte, value string) error { return nil }); err != nil {
		return nil, err
	}
	if len(inv.Args) < 3 {
		return nil, inv.UsageError()
	}
	n, err := fdNumber(inv, inv.Args[0])
	if err != nil {
		return nil, err
	}
	fd, err := hold(inv.Args[1])
	if err != nil {
		return nil, applet.System(err, "keep the string for fd %d", n)
	}
	if err := inv.Proc.SetFD(n, fd); err != nil {
		return nil, applet.System(err, "move the string to fd %d", n)
	}
	return inv.Args[2:], nil
}

// hold returns a descriptor that reads text to its end: of a pipe that is large enough for it, or where none
// can be had, of a file in memory.
func hold(text string) (int, error) {
	r, w, err := proc.Pipe()
	if err != nil {
		return 0, err
	}
	defer unix.Close(w)
	size, err := unix.FcntlInt(uintptr(w), unix.F_GETPIPE_SZ, 0)
	if err == nil && size < len(text) {
		_, err = unix.FcntlInt(uintptr(w), unix.F_SETPIPE_SZ, len(text))
	}
	if err == nil {
		if err = sys.WriteAll(w, []byte(text)); err == nil {
			return r, nil
		}
	}
	unix.Close(r)
	return sys.MemFile(text)
}
