package supervise

import (
	"strings"

	"s6box/internal/applet"
)

var cmdS6InstanceControl = applet.Applet{
	Name:  "s6-instance-control",
	Usage: "[ -wu | -wU | -wd | -wD | -wr | -wR ] [ -T timeout ] [ -s signal | -abqhkti12pcyrlPCK ] [ -oduDUxOQ ] service instancename",
	Help: `Sends commands to an instance of an instanced service: this is s6-svc on the directory of the instance, with
the options of s6-svc.

Exit codes: those of s6-svc.

Example: s6-instance-control -wd -d /run/service/getty tty3
`,
	Chain: func(inv *applet.Invocation) ([]string, error) {
		return onInstance(inv, "s6-svc", "abqhkti12pcyrlPCKoduDUxOQw:T:s:")
	},
}

var cmdS6InstanceStatus = applet.Applet{
	Name:  "s6-instance-status",
	Usage: "[ -uwNrpgest | -o up,wantedup,normallyup,ready,paused,pid,pgid,exitcode,signal,signum,updownsince,readysince,updownfor,readyfor ] [ -n ] service instancename",
	Help: `Prints the state of an instance of an instanced service: this is s6-svstat on the directory of the instance,
with the options of s6-svstat.

Exit codes: those of s6-svstat.

Example: s6-instance-status -o up,ready /run/service/getty tty3
`,
	Chain: func(inv *applet.Invocation) ([]string, error) {
		return onInstance(inv, "s6-svstat", "uwNrpgesto:n")
	},
}

// onInstance returns the command line of prog, which has the options of spec, for an instance.
func onInstance(inv *applet.Invocation, prog, spec string) ([]string, error) {
	argv := []string{prog}
	err := inv.Getopt(spec, func(opt byte, value string) error {
		argv = append(argv, "-"+string(opt))
		if takesValue(spec, opt) {
			argv = append(argv, value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < 2 {
		return nil, inv.UsageError()
	}
	if err := checkInstance(inv.Args[0], inv.Args[1]); err != nil {
		return nil, err
	}
	return append(argv, "--", inv.Args[0]+"/instance/"+inv.Args[1]), nil
}

func takesValue(spec string, opt byte) bool {
	for i := range len(spec) - 1 {
		if spec[i] == opt {
			return spec[i+1] == ':'
		}
	}
	return false
}

// needInstanced makes sure that an instanced service runs in dir.
func needInstanced(dir string) error {
	running, err := scanned(dir + "/instance")
	if err == nil && !running {
		err = applet.Fatal(exitNotRunning, "instanced service not running on %s", dir)
	}
	return err
}

// checkInstance looks at the words that name an instance: the directory of its service, and its name.
func checkInstance(service, name string) error {
	if service == "" {
		return errNoService
	}
	if !validName(name) || strings.ContainsAny(name, " \t") {
		return applet.Fatal(applet.ExitUsage, "invalid instance name")
	}
	return nil
}

// errNoService says that the directory of an instanced service is an empty word.
var errNoService = &applet.Error{Code: applet.ExitUsage, Level: "fatal", Msg: "invalid service path: it is empty"}
