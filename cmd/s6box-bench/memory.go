package main

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// peak runs a command once more and returns how many KiB its process had in memory at most, its programs one after
// the other and its children aside. "-" for no command.
//
// The kernel counts what a process had before execve as well, so a child of this program would show this
// program's memory. A shell forks it, dies, and leaves it to this program.
func peak(cmd *exec.Cmd) (string, error) {
	if cmd == nil {
		return "-", nil
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return "", err
	}
	sh := exec.Command("/bin/sh", append([]string{"-c", `"$@" >/dev/null & echo $!`, "sh", cmd.Path}, cmd.Args[1:]...)...)
	sh.Env, sh.Stderr = cmd.Env, cmd.Stderr
	out, err := sh.Output()
	if err != nil {
		return "", err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		return "", err
	}
	var usage unix.Rusage
	for {
		if _, err = unix.Wait4(pid, nil, 0, &usage); err != unix.EINTR {
			break
		}
	}
	if err != nil {
		return "", fmt.Errorf("wait for %s: %w", cmd.Path, err)
	}
	return strconv.FormatInt(int64(usage.Maxrss), 10), nil
}
