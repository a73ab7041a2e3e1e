package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdSeekablepipe = applet.Applet{
	Name:  "seekablepipe",
	Usage: "tempfile prog...",
	Help: `Reads stdin to its end into a file called tempfile, which is removed as soon as it is there, and runs prog with
that file as its stdin: it may seek in it. A file that was called tempfile before is gone.

Exit codes: 111 the file can't be made, read or written.

Example: seekablepipe /tmp/image.part unzip /dev/stdin
`,
	Chain: runSeekablepipe,
	Waits: true,
}

func runSeekablepipe(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	r, w, err := temporary(inv.Proc, inv.Args[0])
	if err != nil {
		return nil, applet.System(err, "create temporary %s", inv.Args[0])
	}
	err = copyStdin(inv, proc.FD(w), inv.Args[0])
	unix.Close(w)
	if err != nil {
		unix.Close(r)
		return nil, err
	}
	return inv.Args[1:], inv.Proc.SetFD(0, r)
}

// temporary makes a new file, opens it for reading and for writing and takes its name away again.
func temporary(st *proc.State, name string) (r, w int, err error) {
	path, err := st.Path(name)
	if err != nil {
		return 0, 0, err
	}
	if err := unix.Unlink(path); err != nil && err != unix.ENOENT {
		return 0, 0, err
	}
	if w, err = st.Open(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o666); err != nil {
		return 0, 0, err
	}
	r, err = st.Open(name, unix.O_RDONLY, 0)
	if uerr := unix.Unlink(path); err == nil && uerr != nil {
		unix.Close(r)
		err = uerr
	}
	if err != nil {
		unix.Close(w)
		return 0, 0, err
	}
	return r, w, nil
}
