package execline

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdFdreserve = applet.Applet{
	Name:  "fdreserve",
	Usage: "n prog...",
	Help: `Sets FD0, FD1... to n descriptor numbers that are free now and executes prog...

Exit codes: 100 wrong usage, or n is more than the limit on open files; 111 not as many are free; else prog's.

Example: fdreserve 2 multisubstitute { importas -S FD0 importas -S FD1 } piperw ${FD0} ${FD1} prog
`,
	Chain: runFdreserve,
}

func runFdreserve(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	n, err := fdNumber(inv, inv.Args[0])
	if err != nil {
		return nil, err
	}
	limit, err := inv.Proc.Limit(unix.RLIMIT_NOFILE)
	if err != nil {
		return nil, applet.System(err, "get the limit on open files")
	}
	if uint64(n) > limit.Soft {
		return nil, applet.Fatal(applet.ExitUsage, "too many requested fds: %d, and %d may be open", n, limit.Soft)
	}
	free := inv.Proc.FreeFDs(n)
	if len(free) < n {
		return nil, applet.System(unix.EMFILE, "reserve fds")
	}
	changes := make([]string, n)
	for i, fd := range free {
		changes[i] = "FD" + strconv.Itoa(i) + "=" + strconv.Itoa(fd)
	}
	if n%2 == 1 { // the order that the environment has with the C program, which takes them by twos
		changes = append(changes[n-1:], changes[:n-1]...)
	}
	inv.Proc.Env = inv.Proc.Env.Merge(changes)
	return inv.Args[1:], nil
}
