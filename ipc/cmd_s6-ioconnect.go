package ipc

import (
	"s6box/internal/applet"
	"s6box/internal/sys"
)

var cmdS6Ioconnect = applet.Applet{
	Name:  "s6-ioconnect",
	Usage: "[ -t timeout ] [ -r fdr ] [ -w fdw ]",
	Help: `Copies stdin to descriptor 7 and descriptor 6 to stdout until both have ended.

  -t MS   give up after MS milliseconds in which nothing moved (0: never)
  -r FDR  FDR instead of 6
  -w FDW  FDW instead of 7
  -0 -1 -6 -7  accepted, of no effect

A descriptor that is a socket is shut down in the direction that has ended.

Exit codes: 1 timed out, 111 a system call failed.

Example: s6-ipcclient /run/echo.sock s6-ioconnect
`,
	Run: runIoconnect,
}

// firstFree is the least descriptor that -r and -w may name.
const firstFree = 3

func runIoconnect(inv *applet.Invocation) error {
	var timeout uint64
	var r, w uint64 = 6, 7
	err := inv.Getopt("t:r:w:0167", func(opt byte, value string) error {
		switch opt {
		case 't':
			return inv.Uint(&timeout)(value)
		case 'r':
			return inv.Uint(&r)(value)
		case 'w':
			return inv.Uint(&w)(value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if r < firstFree || w < firstFree {
		return inv.UsageError()
	}
	var fds [4]int
	for i, n := range []int{0, int(w), int(r), 1} {
		if fds[i], err = inv.Proc.FD(n); err != nil {
			return applet.System(err, "fstat fd %d", n)
		}
	}
	sys.WithoutSIGPIPE(func() {
		err = copyBoth(inv, newFlow(fds[0], fds[1]), newFlow(fds[2], fds[3]), timeout)
	})
	return err
}
