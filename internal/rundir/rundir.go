// Package rundir says where the state of a container lives.
package rundir

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// Default is where it lives unless the container's user may not write there.
const Default = "/run"

// Variable names the state directory in the environment of everything /init starts, when that is not
// Default.
const Variable = "S6BOX_RUN"

// Private are the directories that /init of user uid tries where Default will not do: the first that it can make its own
// is the state directory.
func Private(uid int) []string {
	name := "/s6box-" + strconv.Itoa(uid)
	return []string{"/tmp" + name, "/dev/shm" + name, "/var/tmp" + name}
}

// Of returns the state directory as a process with this environment knows it. One that /init has not started, as those of
// `docker exec`, finds a private one too: that of the user of process 1, or its own.
func Of(env proc.Env) string {
	if dir, ok := env.Get(Variable); ok && dir != "" {
		return dir
	}
	if there(Default + "/s6") {
		return Default
	}
	uids := []int{unix.Geteuid()}
	var st unix.Stat_t
	if unix.Stat("/proc/1", &st) == nil {
		uids = append(uids, int(st.Uid))
	}
	for _, uid := range uids {
		for _, dir := range Private(uid) {
			if unix.Lstat(dir, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR && int(st.Uid) == uid && st.Mode&0o022 == 0 {
				return dir
			}
		}
	}
	return Default
}

// Locate returns path, or where that is if it is a path below Default that only exists below the state directory: what is
// written for every container leads to the state of this one.
func Locate(env proc.Env, path string) string {
	below, ok := strings.CutPrefix(path, Default+"/")
	if !ok || there(path) {
		return path
	}
	if moved := Of(env) + "/" + below; there(moved) {
		return moved
	}
	return path
}

// there tells whether path exists, as far as it can be seen.
func there(path string) bool {
	err := unix.Faccessat(unix.AT_FDCWD, path, unix.F_OK, 0)
	return err == nil || err == unix.EACCES
}
