package execline

import (
	"strings"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdEmptyenv = applet.Applet{
	Name:  "emptyenv",
	Usage: "[ -p | -l | -c | -o | -P ] prog...",
	Help: `Empties the environment and executes prog...

  -p        keep PATH (--keep-path)
  -l        keep LD_LIBRARY_PATH (--keep-ld-library-path)
  -c        instead, remove the variables that execline's own commands use (--cleanup)
  -P        instead, drop the positional parameters and bring back those of the script around (--pop-execline)
  -o        instead, the same for the variables of elgetopt (--pop-elgetopt)

Exit codes: 100 wrong usage, else prog's.

Example: emptyenv -p export HOME / server
`,
	Chain: runEmptyenv,
}

func runEmptyenv(inv *applet.Invocation) ([]string, error) {
	var path, libraries, clean, options, positionals bool
	err := inv.Gol(
		applet.Option{Short: 'p', Long: "keep-path", Set: applet.Flag(&path)},
		applet.Option{Short: 'l', Long: "keep-ld-library-path", Set: applet.Flag(&libraries)},
		applet.Option{Short: 'c', Long: "cleanup", Set: applet.Flag(&clean)},
		applet.Option{Short: 'o', Long: "pop-elgetopt", Set: applet.Flag(&options)},
		applet.Option{Short: 'P', Long: "pop-execline", Set: applet.Flag(&positionals)},
	)
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	env := &inv.Proc.Env
	switch {
	case clean:
		*env = env.Merge(internal(*env))
	case options || positionals:
		*env = popFrame(*env, func(name string) bool {
			return positionals && isPositional(name) || options && isOption(name)
		})
	default:
		*env = env.Filter(func(name string) bool {
			return path && name == "PATH" || libraries && name == "LD_LIBRARY_PATH"
		})
	}
	return inv.Args, nil
}

// internal returns the names of env that isInternal tells of, in the order in which the C program unsets them.
func internal(env proc.Env) []string {
	names := []string{"!", "?", "#", "0", strictVar}
	for _, kv := range env {
		if name, _, isVar := strings.Cut(kv, "="); isVar && isInternal(name) {
			names = append(names, name)
		}
	}
	return names
}

// isInternal tells whether commands of execline set the variable for one another.
func isInternal(name string) bool {
	switch name {
	case "#", "?", "!", strictVar:
		return true
	}
	if number, found := strings.CutPrefix(name, "FD"); found {
		return isUint32(number)
	}
	return isOption(name) || isUint32(name) && (name == "0" || name[0] != '0')
}
