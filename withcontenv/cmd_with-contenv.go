package withcontenv

import (
	"strings"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/rundir"
)

var cmdWithContenv = applet.Applet{
	Name:  "with-contenv",
	Usage: "prog...",
	Help: `Goes on with prog in the environment the container was started with, instead of the few variables that
services get. As an interpreter of scripts it takes that of the script: #!/command/with-contenv bash

A shell that the image does not have (sh, bash, dash, ash) is the one built in. With S6_KEEP_ENV set to a
number other than 0, the environment is left as it is.

Exit codes: 100 no prog, 111 there is no container environment.

Example: with-contenv sh -c 'echo $TZ'
`,
	Chain: runWithContenv,
}

func runWithContenv(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	rest := inv.Args
	if keepsEnv(inv.Proc.Env) {
		return rest, nil
	}
	dir := Dir(inv.Proc.Env)
	env, skipped, err := Load(dir)
	if err != nil {
		return nil, applet.System(err, "read the container environment in %s", dir)
	}
	for _, name := range skipped {
		inv.Warn("%s/%s is a directory, not a variable: ignoring it", dir, name)
	}
	if path, ok := inv.Proc.Env.Get("PATH"); ok && !isSet(env, "PATH") {
		env = env.Set("PATH", path)
	}
	if run := rundir.Of(inv.Proc.Env); run != rundir.Default && !isSet(env, rundir.Variable) {
		env = env.Set(rundir.Variable, run)
	}
	inv.Proc.Env = env
	return rest, nil
}

// keepsEnv tells whether everything runs in the whole environment already.
func keepsEnv(env proc.Env) bool {
	value, _ := env.Get("S6_KEEP_ENV")
	n, ok := applet.ParseUint(strings.TrimSpace(value))
	return ok && n != 0
}

func isSet(env proc.Env, name string) bool {
	_, ok := env.Get(name)
	return ok
}
