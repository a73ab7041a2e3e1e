package proc

import (
	"io"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestCatchWriteSignals writes to a pipe that nobody reads, which would end a process of its own.
func TestCatchWriteSignals(t *testing.T) {
	r, w, err := Pipe()
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(r)
	defer unix.Close(w)
	var werr error
	if sig := CatchWriteSignals(func() { _, werr = FD(w).Write([]byte("x")) }); sig != unix.SIGPIPE || werr != unix.EPIPE {
		t.Errorf("signal %v, error %v", sig, werr)
	}
	if sig := CatchWriteSignals(func() {}); sig != 0 {
		t.Errorf("signal %v of a function that writes nothing", sig)
	}
}

func spawnShell(t *testing.T, st *State, script string) int {
	t.Helper()
	pid, err := st.Spawn("/bin/sh", []string{"called", "-c", script})
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// TestUmaskReachesTheChildOnly starts a child with a umask of its own, under the name it is called by.
func TestUmaskReachesTheChildOnly(t *testing.T) {
	before := unix.Umask(0o022)
	defer unix.Umask(before)
	own := &State{Env: Env{"PATH=/usr/bin:/bin"}, own: true, umask: -1}
	st := own.Clone()
	defer st.Release()
	st.Umask(0o077)
	r, w, err := Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(r)
	if err := st.SetFD(1, w); err != nil {
		t.Fatal(err)
	}
	pid := spawnShell(t, st, "umask; echo $0")
	st.Release()
	out, err := io.ReadAll(FD(r))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Wait(pid); err != nil {
		t.Fatal(err)
	}
	if string(out) != "0077\ncalled\n" {
		t.Errorf("child wrote %q", out)
	}
	if mask := own.CurrentUmask(); mask != 0o022 {
		t.Errorf("umask here is %o", mask)
	}
}

// TestChildrenLeaveOthersAlone waits for some children while another one has ended and stays to be waited
// for.
func TestChildrenLeaveOthersAlone(t *testing.T) {
	st := New(Env{"PATH=/usr/bin:/bin"})
	other := spawnShell(t, st, "exit 9")
	if _, err := lookChild(); err != nil {
		t.Fatal(err)
	}
	var c Children
	for _, script := range []string{"exit 3", "exit 3"} {
		c.Add(spawnShell(t, st, script))
	}
	for range 2 {
		if _, status, err := c.Wait(time.Time{}); err != nil || status.Code() != 3 {
			t.Errorf("%d, %v", status.Code(), err)
		}
	}
	if _, _, err := c.Wait(time.Time{}); err != unix.ECHILD {
		t.Errorf("with none left: %v", err)
	}
	if status, err := Wait(other); err != nil || status.Code() != 9 {
		t.Errorf("the other: %d, %v", status.Code(), err)
	}
}

func TestWaitsEndInTime(t *testing.T) {
	st := New(Env{"PATH=/usr/bin:/bin"})
	r, w, err := Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(r)
	if err := st.SetFD(0, r); err != nil {
		t.Fatal(err)
	}
	pid := spawnShell(t, st, "read end") // until w is closed
	var c Children
	c.Add(pid)
	if _, _, err := c.Wait(time.Now().Add(time.Millisecond)); err != unix.ETIMEDOUT {
		t.Errorf("Children: %v", err)
	}
	if _, _, err := WaitAny(time.Now().Add(time.Millisecond)); err != unix.ETIMEDOUT {
		t.Errorf("WaitAny: %v", err)
	}
	unix.Close(w)
	if got, _, err := WaitAny(time.Now().Add(time.Minute)); got != pid || err != nil {
		t.Errorf("WaitAny: %d, %v", got, err)
	}
	if _, _, err := WaitAny(time.Time{}); err != unix.ECHILD {
		t.Errorf("with none left: %v", err)
	}
}
