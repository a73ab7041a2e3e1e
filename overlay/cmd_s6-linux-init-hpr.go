package overlay

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/overlay/shutdown"
)

var cmdS6LinuxInitHpr = applet.Applet{
	Name:  "s6-linux-init-hpr",
	Usage: "[ -f ] [ -h | -p | -r ] [ -n ] [ -d | -w ] [ -W ] [ -i ]",
	Help: `Stops the container: everything is taken down in order, then it ends with the exit code in
/run/s6-linux-init-container-results/exitcode.

  -h   halt
  -p   power off: the container ends as if by SIGINT
  -r   reboot: the container ends as if by SIGHUP
  -f   at once, without taking anything down; file systems are synchronised
  -n   with -f, do not synchronise
  -w   do nothing: the record of shutdowns that -w asks for and -d forbids is not kept in a container
  -d, -W   accepted: no record is written and nobody is told anyway
  -i   ask for the name of the host first

Exit codes: 100 wrong usage, or there is no /init at work.

Example: s6-linux-init-hpr -h
`,
	Run: func(inv *applet.Invocation) error { return runHPR(inv, 0) },
}

// Those of /run/s6/basedir/bin.
var (
	cmdHalt = applet.Applet{
		Name: "halt", Usage: hprUsage, Help: "This is s6-linux-init-hpr -h" + hprHelp + "halt\n",
		Run: func(inv *applet.Invocation) error { return runHPR(inv, 'h') },
	}
	cmdPoweroff = applet.Applet{
		Name: "poweroff", Usage: hprUsage, Help: "This is s6-linux-init-hpr -p" + hprHelp + "poweroff\n",
		Run: func(inv *applet.Invocation) error { return runHPR(inv, 'p') },
	}
	cmdReboot = applet.Applet{
		Name: "reboot", Usage: hprUsage, Help: "This is s6-linux-init-hpr -r" + hprHelp + "reboot\n",
		Run: func(inv *applet.Invocation) error { return runHPR(inv, 'r') },
	}
)

const (
	hprUsage = "[ -f ] [ -n ] [ -d | -w ] [ -W ] [ -i ]"
	hprHelp  = `, found in /run/s6/basedir/bin. Options and exit codes are the same.

Example: /run/s6/basedir/bin/`
)

func runHPR(inv *applet.Invocation, action byte) error {
	var force, nosync, recordOnly, ask bool
	err := inv.Getopt("fhprndwWi", func(opt byte, _ string) error {
		switch opt {
		case 'h', 'p', 'r':
			action = opt
		case 'f':
			force = true
		case 'n':
			nosync = true
		case 'w':
			recordOnly = true
		case 'i':
			ask = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	if action == 0 {
		return applet.Fatal(applet.ExitUsage, "one of the -h, -p or -r options must be given")
	}
	if recordOnly {
		return nil
	}
	if ask {
		if err := confirm(inv); err != nil {
			return err
		}
	}
	if force {
		if !nosync {
			unix.Sync()
		}
		if err := unix.Reboot(rebootCommand(action)); err != nil {
			return applet.System(err, "reboot()")
		}
		return nil
	}
	if err := (shutdown.Order{Action: action}).Send(inv.Proc.Env); err != nil {
		return notSent(inv, err, applet.ExitUsage)
	}
	return nil
}

// notSent says that there is nobody to take an order, with the exit code for that, or what else is wrong.
func notSent(inv *applet.Invocation, err error, code int) error {
	if shutdown.Absent(err) {
		return applet.Fatal(code, "no init is listening on %s", shutdown.Fifo(inv.Proc.Env))
	}
	return applet.System(err, "write to %s", shutdown.Fifo(inv.Proc.Env))
}

// rebootCommand is what the kernel calls an action. In a container's PID namespace it means the death of
// process 1: by SIGHUP for a reboot, by SIGINT otherwise.
func rebootCommand(action byte) int {
	switch action {
	case 'r':
		return unix.LINUX_REBOOT_CMD_RESTART
	case 'p':
		return unix.LINUX_REBOOT_CMD_POWER_OFF
	default:
		halt := uint32(unix.LINUX_REBOOT_CMD_HALT) // beyond an int of 32 bits; the kernel looks at 32
		return int(int32(halt))
	}
}

// confirm asks for the name of the host.
func confirm(inv *applet.Invocation) error {
	data, err := sys.ReadFile(sys.AT, "/proc/sys/kernel/hostname", 256)
	if err != nil {
		return applet.System(err, "get the name of the host")
	}
	host, _, _ := strings.Cut(strings.TrimSpace(string(data)), ".")
	inv.Proc.Stdout().Write([]byte("Please enter the machine's hostname: "))
	var line []byte
	var c [1]byte
	for {
		n, err := inv.Proc.Stdin().Read(c[:])
		if err == io.EOF || n == 1 && c[0] == '\n' {
			break
		}
		if err != nil {
			return applet.System(err, "read from stdin")
		}
		line = append(line, c[0])
	}
	if string(bytes.TrimSpace(line)) != host {
		return applet.Fatal(1, "hostname mismatch, aborting")
	}
	return nil
}
