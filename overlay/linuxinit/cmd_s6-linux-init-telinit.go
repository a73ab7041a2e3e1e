package linuxinit

import (
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/rundir"
)

var (
	cmdS6LinuxInitTelinit = applet.Applet{
		Name: "s6-linux-init-telinit", Usage: telinitUsage, Help: telinitHelp + "s6-linux-init-telinit 5\n",
		Chain: runTelinit, Waits: true,
	}
	cmdTelinit = applet.Applet{
		Name: "telinit", Usage: telinitUsage, Help: telinitHelp + "telinit 5\n",
		Chain: runTelinit, Waits: true,
	}
)

const (
	telinitUsage = "runlevel"
	telinitHelp  = `Has the script runlevel bring the machine to another runlevel; 0 then powers off, and 6 reboots. A container has
no runlevels. Options of s6-linux-init are taken and do nothing.

Exit codes: 100 wrong usage, 111 there is no such service, else the script's.

Example: `
)

func runTelinit(inv *applet.Invocation) ([]string, error) {
	if err := inv.Getopt(initSpec, func(byte, string) error { return nil }); err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	level := inv.Args[0]
	socket := rundir.Of(inv.Proc.Env) + "/service/" + prefix + "runleveld/s"
	change := []string{"s6-sudo", "-e", "-T", "3600000", "--", socket, level}
	action := map[string]string{"0": "-p", "6": "-r"}[level]
	if action == "" {
		return change, nil
	}
	st := inv.Proc.Clone()
	defer st.Release()
	status, err := chain.Run(st, change)
	if err != nil {
		return nil, err
	}
	if code := status.Approx(); code != 0 {
		return nil, applet.Exit(code)
	}
	return []string{"s6-linux-init-hpr", action}, nil
}

// initSpec are the options of s6-linux-init.
const initSpec = "v:c:p:s:m:d:D:nNCBW:"
