package utils

import (
	"strings"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdS6Env = applet.Applet{
	Name:  "s6-env",
	Usage: "[ -i ] [ name=value... ] [ prog... ]",
	Help: `Sets variables and runs prog. Without prog it prints the environment, one variable a line.

  -i  start from an empty environment

Exit codes: 100 wrong usage, 111 it can't print, 126 or 127 prog can't be executed; else prog's.

Example: s6-env TZ=UTC LANG=C date
`,
	Chain: runEnv,
}

func runEnv(inv *applet.Invocation) ([]string, error) {
	empty := false
	err := inv.Getopt("i", func(byte, string) error {
		empty = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	if empty {
		inv.Proc.Env = nil
	}
	args := inv.Args
	for len(args) > 0 && strings.Contains(args[0], "=") {
		name, value, _ := strings.Cut(args[0], "=")
		inv.Proc.Env = inv.Proc.Env.Set(name, value)
		args = args[1:]
	}
	if len(args) > 0 {
		return args, nil
	}
	if inv.Proc.Virtual() {
		return nil, proc.ErrNeedProcess // an environment may be more than a pipe takes whose reader is not there yet
	}
	return nil, print(inv, joinEnv(inv.Proc.Env, "\n"))
}

func joinEnv(env []string, end string) string {
	var out strings.Builder
	for _, kv := range env {
		out.WriteString(kv)
		out.WriteString(end)
	}
	return out.String()
}
