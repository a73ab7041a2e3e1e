package proc

import (
	"os"
	"slices"
	"syscall"
	"testing"
)

// TestEnvironIsByteExact runs this test binary with an environment that os.Environ would not give back.
func TestEnvironIsByteExact(t *testing.T) {
	if os.Getenv("S6BOX_ENVIRON_CHILD") == "1" {
		for _, kv := range environ(os.Args) {
			os.Stdout.WriteString(kv + "\x00")
		}
		os.Exit(0)
	}
	env := []string{"A=1", "S6BOX_ENVIRON_CHILD=1", "A=2", "noequals", "", "=odd", "MULTI=a\nb", "EMPTY="}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := syscall.ForkExec(exe, []string{exe, "-test.run=TestEnvironIsByteExact", ""},
		&syscall.ProcAttr{Env: env, Files: []uintptr{0, w.Fd(), 2}})
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	var got []byte
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil {
			break
		}
	}
	Wait(pid)
	var want []byte
	for _, kv := range env {
		want = append(want, kv+"\x00"...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
