package utils

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdS6Maximumtime = applet.Applet{
	Name:  "s6-maximumtime",
	Usage: "[ -0 | -a | -b | -i | -k | -q | -t | -x | -1 | -2 ] milliseconds prog...",
	Help: `Runs prog as a child and exits as it does. When the milliseconds are over it sends it a signal instead
and exits 99. 0 is no limit.

  -0  send no signal
  -a  send SIGALRM     -b  SIGABRT     -i  SIGINT     -k  SIGKILL    -q  SIGQUIT
  -t  send SIGTERM (default)           -x  SIGXCPU    -1  SIGUSR1    -2  SIGUSR2

Exit codes: 99 timed out, 111 prog can't be executed or was killed by a signal, else that of prog.

Example: s6-maximumtime -k 5000 fsck /dev/sda1
`,
	Run: runMaximumtime,
}

func runMaximumtime(inv *applet.Invocation) error {
	sig := unix.SIGTERM
	err := inv.Getopt("0abikqtx12", func(opt byte, _ string) error {
		sig = timeoutSignal(opt)
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	milli, ok := applet.ParseUint(inv.Args[0])
	if !ok || milli >= 1<<32 {
		return inv.UsageError()
	}
	deadline := sys.Deadline(milli)
	child := inv.Proc.Clone()
	defer child.Release()
	pid, status, err := chain.Start(child, inv.Args[1:])
	if err != nil {
		return err
	}
	if pid != 0 {
		var children proc.Children
		children.Add(pid)
		_, status, err = children.Wait(deadline)
	}
	if err == unix.ETIMEDOUT {
		inv.Warn("unable to wait for child process: %s", applet.Reason(err))
		if sig != 0 {
			unix.Kill(pid, sig)
		}
		return applet.Exit(applet.ExitDone)
	}
	if err != nil {
		return applet.System(err, "wait for %s", inv.Args[1])
	}
	if status.Signal() != 0 {
		inv.Warn("child process crashed")
		return applet.Exit(applet.ExitSystem)
	}
	return applet.Exit(status.Code())
}

func timeoutSignal(opt byte) unix.Signal {
	switch opt {
	case 'a':
		return unix.SIGALRM
	case 'b':
		return unix.SIGABRT
	case 'i':
		return unix.SIGINT
	case 'k':
		return unix.SIGKILL
	case 'q':
		return unix.SIGQUIT
	case 'x':
		return unix.SIGXCPU
	case '1':
		return unix.SIGUSR1
	case '2':
		return unix.SIGUSR2
	case '0':
		return 0
	}
	return unix.SIGTERM
}
