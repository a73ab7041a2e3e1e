package main

import (
	"strings"
	"testing"

	"s6box/execline/lint"
	"s6box/internal/applet"
)

// TestExamplesAreSound checks the example of every command as s6box check would: the examples agree with the
// usage lines, and the checker with both.
func TestExamplesAreSound(t *testing.T) {
	usage := func(name string) string {
		if a := applet.Lookup(name); a != nil {
			return a.Usage
		}
		return ""
	}
	for _, a := range applet.All() {
		_, example, _ := strings.Cut(a.Help, "Example:")
		if strings.ContainsAny(example, "`|&;") {
			continue // for a shell
		}
		for _, f := range lint.Check([]byte(strings.TrimSpace(example)), usage, true) {
			if !strings.HasSuffix(f.Msg, "is not replaced: nothing in this script defines it") {
				t.Errorf("%s: %s: column %d: %s", a.Name, strings.TrimSpace(example), f.Col, f.Msg)
			}
		}
	}
}
