// Package needs ends tests that the machine lacks a part for. Only tests import it.
package needs

import (
	"os"
	"testing"
)

// Missing skips a test where what it needs, as what says, is not there; in CI that is a failure.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// Root is Missing for a test that an ordinary user can't run.
func Root(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		Missing(t, "it takes root")
	}
}
