package execline

import (
	"strconv"

	"s6box/internal/applet"
)

var cmdFdreserve = applet.Applet{
	Name:  "fdreserve",
	Usage: "n prog...",
	Help: `Sets FD0, FD1... to n descriptor numbers that are free now and executes prog...

Exit codes: 100 wrong usage or too large an n, else prog's.

Example: fdreserve 2 multisubstitute { importas -S FD0 importas -S FD1 } piperw ${FD0} ${FD1} prog
`,
	Chain: runFdreserve,
}

// maxReserved bounds n: more variables don't fit in an environment.
const maxReserved = 1 << 16

func runFdreserve(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	n, err := fdNumber(inv, inv.Args[0])
	if err != nil {
		return nil, err
	}
	if n > maxReserved {
		return nil, applet.Fatal(applet.ExitUsage, "too many requested fds: %d", n)
	}
	changes := make([]string, n)
	for i, fd := range inv.Proc.FreeFDs(n) {
		changes[i] = "FD" + strconv.Itoa(i) + "=" + strconv.Itoa(fd)
	}
	if n%2 == 1 { // the order that the environment has with the C program, which takes them by twos
		changes = append(changes[n-1:], changes[:n-1]...)
	}
	inv.Proc.Env = inv.Proc.Env.Merge(changes)
	return inv.Args[1:], nil
}
