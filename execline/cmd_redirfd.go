package execline

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdRedirfd = applet.Applet{
	Name:  "redirfd",
	Usage: "-[ r | w | u | a | x ] [ -N | -n ] [ -b ] [ -f ] [ -E | -e ] fd|var file prog...",
	Help: `Opens file as descriptor fd and executes prog...

  -r        for reading
  -w        for writing; the file is created, or emptied if it exists
  -u        for reading and writing
  -a        for appending; the file is created if it does not exist
  -x        for writing; the file is created and must not exist
  -n        open it non-blocking (-N: blocking, the default)
  -b        change it to the other blocking mode once it is open
  -f        any descriptor will do; its number goes to the environment variable var
  -E        with -f, put it into prog... as ${var} instead (-e: don't, the default)

A fifo opened with -wnb succeeds without a reader. Long options set one property: --read --write --create
--append --trunc --excl (or --no-read...), --nonblock --block, --autoimport --no-autoimport.

Exit codes: 100 wrong usage, 111 file can't be opened, else prog's.

Example: redirfd -a 1 /var/log/app.log fdmove -c 2 1 server
`,
	Chain: runRedirfd,
}

type redirfd struct {
	read, write, create, appending, trunc, excl bool
	nonblock, flip                              bool
	variable, autoimport                        bool
}

func (o *redirfd) mode(m redirfd) func(string) error {
	return func(string) error {
		o.read, o.write, o.create, o.appending, o.trunc, o.excl = m.read, m.write, m.create, m.appending, m.trunc, m.excl
		return nil
	}
}

func (o *redirfd) parse(inv *applet.Invocation) error {
	return inv.Gol(
		applet.Option{Short: 'r', Set: o.mode(redirfd{read: true})},
		applet.Option{Short: 'w', Set: o.mode(redirfd{write: true, create: true, trunc: true})},
		applet.Option{Short: 'u', Set: o.mode(redirfd{read: true, write: true})},
		applet.Option{Short: 'a', Set: o.mode(redirfd{write: true, create: true, appending: true})},
		applet.Option{Short: 'x', Set: o.mode(redirfd{write: true, create: true, excl: true})},
		applet.Option{Short: 'n', Long: "nonblock", Set: applet.Flag(&o.nonblock)},
		applet.Option{Short: 'N', Long: "block", Set: unset(&o.nonblock)},
		applet.Option{Short: 'b', Set: applet.Flag(&o.flip)},
		applet.Option{Short: 'f', Set: applet.Flag(&o.variable)},
		applet.Option{Short: 'E', Long: "autoimport", Set: applet.Flag(&o.autoimport)},
		applet.Option{Short: 'e', Long: "no-autoimport", Set: unset(&o.autoimport)},
		applet.Option{Long: "read", Set: applet.Flag(&o.read)}, applet.Option{Long: "no-read", Set: unset(&o.read)},
		applet.Option{Long: "write", Set: applet.Flag(&o.write)}, applet.Option{Long: "no-write", Set: unset(&o.write)},
		applet.Option{Long: "create", Set: applet.Flag(&o.create)}, applet.Option{Long: "no-create", Set: unset(&o.create)},
		applet.Option{Long: "append", Set: applet.Flag(&o.appending)}, applet.Option{Long: "no-append", Set: unset(&o.appending)},
		applet.Option{Long: "trunc", Set: applet.Flag(&o.trunc)}, applet.Option{Long: "no-trunc", Set: unset(&o.trunc)},
		applet.Option{Long: "excl", Set: applet.Flag(&o.excl)}, applet.Option{Long: "no-excl", Set: unset(&o.excl)},
	)
}

// unset makes a Set function that takes an option back.
func unset(p *bool) func(string) error {
	return func(string) error { *p = false; return nil }
}

func (o *redirfd) flags() int {
	flags := unix.O_RDONLY
	switch {
	case o.read && o.write:
		flags = unix.O_RDWR
	case o.write:
		flags = unix.O_WRONLY
	}
	for _, f := range [...]struct {
		on  bool
		bit int
	}{{o.create, unix.O_CREAT}, {o.appending, unix.O_APPEND}, {o.trunc, unix.O_TRUNC}, {o.excl, unix.O_EXCL}, {o.nonblock, unix.O_NONBLOCK}} {
		if f.on {
			flags |= f.bit
		}
	}
	return flags
}

func runRedirfd(inv *applet.Invocation) ([]string, error) {
	var o redirfd
	if err := o.parse(inv); err != nil {
		return nil, err
	}
	if len(inv.Args) < 3 || !o.read && !o.write {
		return nil, inv.UsageError()
	}
	number, err := 0, error(nil)
	if !o.variable {
		if number, err = fdNumber(inv, inv.Args[0]); err != nil {
			return nil, err
		}
	}
	name, file, prog := inv.Args[0], inv.Args[1], inv.Args[2:]
	fd, err := o.open(inv.Proc, file)
	if err != nil {
		return nil, applet.System(err, "open %s", file)
	}
	if o.flip {
		if err := unix.SetNonblock(fd, !o.nonblock); err != nil {
			return nil, applet.System(err, "change blocking mode of %s", file)
		}
	}
	if !o.variable {
		if err := inv.Proc.SetFD(number, fd); err != nil {
			return nil, applet.System(err, "move %s to fd %d", file, number)
		}
		return prog, nil
	}
	return o.store(inv, name, fd, prog)
}

// open opens file. Without a reader a fifo can't be opened for writing only, so with -n one is there for the
// moment.
func (o *redirfd) open(st *proc.State, file string) (int, error) {
	if err := st.WouldBlock(file); err != nil && !o.nonblock {
		return 0, err
	}
	fd, err := st.Open(file, o.flags(), 0o666)
	if err != unix.ENXIO || !o.nonblock || !o.write {
		return fd, err
	}
	reader, err := st.Open(file, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(reader)
	return st.Open(file, o.flags(), 0o666)
}

// store keeps the descriptor open under a number of its own.
func (o *redirfd) store(inv *applet.Invocation, name string, fd int, prog []string) ([]string, error) {
	if err := variableName(name); err != nil {
		return nil, err
	}
	number, err := inv.Proc.KeepFD(fd)
	if err != nil {
		return nil, applet.System(err, "keep %s open", name)
	}
	setNumber(inv, name, number)
	if o.autoimport {
		return autoImport(inv, prog, name)
	}
	return prog, nil
}
