package sys

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestSignal(t *testing.T) {
	for _, c := range []struct {
		name string
		sig  unix.Signal
		ok   bool
	}{
		{"TERM", unix.SIGTERM, true}, {"sigterm", unix.SIGTERM, true}, {"Hup", unix.SIGHUP, true},
		{"9", unix.SIGKILL, true}, {"64", 64, true}, {"USR1", unix.SIGUSR1, true}, {"winch", unix.SIGWINCH, true},
		{"0", 0, false}, {"65", 0, false}, {"-1", 0, false}, {"", 0, false}, {"SIG", 0, false}, {"TERM ", 0, false}, {"300", 0, false},
	} {
		sig, ok := Signal(c.name)
		if ok != c.ok || ok && sig != c.sig {
			t.Errorf("%q: %d, %v, want %d, %v", c.name, sig, ok, c.sig, c.ok)
		}
	}
}
