package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Every wait for something outside of the tests' own process is for an event, and has a bound. The bound decides nothing
// but how a hang shows: as a failure that says what was waited for and what was said until then.
const (
	patience     = 2 * time.Minute  // for what takes seconds at most
	longPatience = 10 * time.Minute // for what installs or builds
)

// guard kills a started cmd if it takes too long. over ends that, and tells whether it was so.
func guard(cmd *exec.Cmd, bound time.Duration) (over func() bool) {
	timer := time.AfterFunc(bound, func() { cmd.Process.Kill() })
	return func() bool { return !timer.Stop() }
}

// finish runs cmd to its end, and no longer than bound.
func finish(cmd *exec.Cmd, bound time.Duration) error {
	cmd.WaitDelay = bound // for pipes that a child of its keeps
	if err := cmd.Start(); err != nil {
		return err
	}
	over := guard(cmd, bound)
	err := cmd.Wait()
	if over() || err == exec.ErrWaitDelay {
		return fmt.Errorf("%s has not ended within %v", strings.Join(cmd.Args, " "), bound)
	}
	return err
}

// output is what cmd prints; the error has what it says on standard error too.
func output(cmd *exec.Cmd, bound time.Duration) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := finish(cmd, bound)
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, stderr.String())
	}
	return stdout.String(), err
}

// combined is what cmd prints and says.
func combined(cmd *exec.Cmd) (string, error) {
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	err := finish(cmd, patience)
	return both.String(), err
}

// await waits for done; what is how it is called in a failure, which shows log.
func await(t testing.TB, what string, done <-chan struct{}, log fmt.Stringer) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("waited %v for %s; the log so far:\n%s", patience, what, log)
	}
}

// TestFinish has a command that hangs fail by name, whoever keeps its output open.
func TestFinish(t *testing.T) {
	for _, script := range []string{"echo said; exec sleep 1000", "echo said; sleep 1000 & wait"} {
		cmd := exec.Command("sh", "-c", script)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		var said bytes.Buffer
		cmd.Stdout = &said
		err := finish(cmd, time.Second)
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if err == nil || !strings.Contains(err.Error(), script+" has not ended within 1s") || said.String() != "said\n" {
			t.Errorf("%s: %v, %q", script, err, said.String())
		}
	}
}
