package overlay

import (
	"strconv"
	"strings"
)

// parseParent finds the pid of the parent in a line of /proc/PID/stat (page proc_pid_stat(5)).
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
