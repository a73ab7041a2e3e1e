package chain

import "s6box/internal/proc"

// ToolPath is the path of a command of ours where it is installed, as the PATH says: how scripts that are made to
// run later name it.
func ToolPath(st *proc.State, name string) string {
	if path, err := st.LookPath(name); err == nil {
		return path
	}
	return "/command/" + name
}
