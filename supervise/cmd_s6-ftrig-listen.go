package supervise

import (
	"slices"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdS6FtrigListen = applet.Applet{
	Name:  "s6-ftrig-listen",
	Usage: `[ -a | -o ] [ -t timeout ] { fifodir1 regexp1 ... } prog...`,
	Help: `Listens to event directories, runs prog, and waits until the events of every directory match the extended
regular expression behind it. What prog causes can't be missed. The exit code of prog does not count.

  -a, --and   all have to match (the default)
  -o, --or    one match is enough
  -t, --timeout MS  give up after MS milliseconds

Exit codes: 0 matched, 1 timed out, 100 wrong usage, 111 system call failed.

Example: s6-ftrig-listen { a/event U b/event U } s6-svc -u a b
`,
	Run: runFtrigListen,
}

var cmdS6FtrigListen1 = applet.Applet{
	Name:  "s6-ftrig-listen1",
	Usage: `[ -t timeout ] fifodir regexp prog...`,
	Help: `Listens to an event directory, runs prog, waits until the events match regexp, an extended regular
expression, and prints those events. What prog causes can't be missed. The exit code of prog does not count.

  -t, --timeout MS  give up after MS milliseconds

Exit codes: 0 matched, 1 timed out, 100 wrong usage, 111 system call failed.

Example: s6-ftrig-listen1 web/event U s6-svc -u web
`,
	Run: runFtrigListen1,
}

func runFtrigListen(inv *applet.Invocation) error {
	var timeout uint64
	any := false
	err := inv.Gol(
		applet.Option{Short: 'a', Long: "and", Set: func(string) error { any = false; return nil }},
		applet.Option{Short: 'o', Long: "or", Set: applet.Flag(&any)},
		applet.Option{Short: 't', Long: "timeout", Value: true, Set: applet.Number("timeout", &timeout)},
	)
	if err != nil {
		return err
	}
	if len(inv.Args) < 4 {
		return inv.UsageError()
	}
	pairs, prog, err := chain.NamedBlock(inv, inv.Args, 1, "fifodir+regex")
	if err != nil {
		return err
	}
	if len(pairs) == 0 || len(pairs)%2 != 0 || len(prog) == 0 {
		return inv.UsageError()
	}
	_, err = ftrigListen(inv, pairs, prog, any, timeout)
	return err
}

func runFtrigListen1(inv *applet.Invocation) error {
	var timeout uint64
	err := inv.Gol(applet.Option{Short: 't', Long: "timeout", Value: true, Set: applet.Number("timeout", &timeout)})
	if err != nil {
		return err
	}
	if len(inv.Args) < 3 {
		return inv.UsageError()
	}
	all, err := ftrigListen(inv, inv.Args[:2], inv.Args[2:], false, timeout)
	if err != nil {
		return err
	}
	return all[0].print(inv)
}

// ftrigListen subscribes to pairs of directory and regular expression, starts prog, and waits for matches.
func ftrigListen(inv *applet.Invocation, pairs, prog []string, any bool, timeout uint64) (patterns, error) {
	deadline := sys.Deadline(timeout)
	var all patterns
	defer func() { all.release() }()
	for pair := range slices.Chunk(pairs, 2) {
		p, err := newPattern(inv, pair[0], pair[1])
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if err := start(inv, prog); err != nil {
		return nil, err
	}
	proc.OutliveReaders()
	switch err := all.wait(any, deadline); {
	case err == unix.ETIMEDOUT:
		return nil, applet.Fatal(1, "unable to get expected event: Operation timed out")
	case err != nil:
		return nil, applet.System(err, "get expected event")
	}
	return all, nil
}
