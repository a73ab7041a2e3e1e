// Package rundir says where the state of a container lives.
package rundir

import "s6box/internal/proc"

// Default is where it lives unless the container's user may not write there.
const Default = "/run"

// Variable names the state directory in the environment of everything /init starts, when that is not
// Default.
const Variable = "S6BOX_RUN"

// Of returns the state directory as a process with this environment knows it.
func Of(env proc.Env) string {
	if dir, ok := env.Get(Variable); ok && dir != "" {
		return dir
	}
	return Default
}
