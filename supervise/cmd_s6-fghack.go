package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

var cmdS6Fghack = applet.Applet{
	Name:  "s6-fghack",
	Usage: "prog...",
	Help: `Runs prog, which goes into the background, and stays until it has ended: it lets prog inherit descriptors of a
pipe and waits until nobody has them any more. A program that closes what it does not know escapes it.
Use s6-background-watch instead.

Exit codes: that of prog, or 128 plus its signal; 102 prog wrote to one of the descriptors, 100 wrong usage,
111 system call failed.

Example: s6-fghack old-daemon
`,
	Run: runFghack,
}

const (
	hackFds      = 30 // how many descriptors prog inherits
	exitHackUsed = 102
)

func runFghack(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	inv.Warn("this program is obsolescent, please use s6-background-watch instead")
	r, w, err := proc.Pipe()
	if err != nil {
		return applet.System(err, "create a pipe")
	}
	st := inv.Proc.Clone()
	defer st.Release()
	for _, n := range st.FreeFDs(hackFds) {
		if n < 3 {
			continue // prog may well write there
		}
		if err := st.BorrowFD(n, w); err != nil {
			return applet.System(err, "copy the pipe")
		}
	}
	pid, status, err := chain.Start(st, inv.Args)
	if err != nil {
		return err
	}
	unix.Close(w)
	var buf [1]byte
	if n, _ := proc.FD(r).Read(buf[:]); n > 0 {
		return applet.Fatal(exitHackUsed, "%s wrote on hackpipe", inv.Args[0])
	}
	if pid != 0 {
		if status, err = proc.Wait(pid); err != nil {
			return applet.System(err, "wait for %s", inv.Args[0])
		}
	}
	return applet.Exit(status.Approx())
}
