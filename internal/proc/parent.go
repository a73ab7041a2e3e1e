package proc

import (
	"strconv"
	"strings"

	"s6box/internal/sys"
)

// ParentOf is the process that has started process pid, or has it now, as /proc tells (page proc_pid_stat(5)).
func ParentOf(pid int) (parent int, ok bool) {
	const longest = 4096
	data, err := sys.ReadFile(sys.AT, "/proc/"+strconv.Itoa(pid)+"/stat", longest)
	if err != nil {
		return 0, false
	}
	return parseParent(string(data))
}

// parseParent finds the parent in a line of /proc/PID/stat: behind the name, which may hold anything, and the state.
func parseParent(stat string) (int, bool) {
	at := strings.LastIndexByte(stat, ')')
	if at < 0 {
		return 0, false
	}
	fields := strings.Fields(stat[at+1:])
	if len(fields) < 2 {
		return 0, false
	}
	parent, err := strconv.Atoi(fields[1])
	return parent, err == nil
}
