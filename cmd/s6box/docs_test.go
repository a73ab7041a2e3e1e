package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"s6box/internal/applet"
)

// TestCommandPages compares docs/commands with what `s6box help` prints. S6BOX_UPDATE=1 writes the pages anew.
func TestCommandPages(t *testing.T) {
	const dir = root + "/docs/commands/"
	if os.Getenv("S6BOX_UPDATE") != "" {
		old, _ := filepath.Glob(dir + "*.md")
		for _, file := range old {
			os.Remove(file)
		}
		for _, a := range applet.All() {
			writeFile(t, dir+a.Name+".md", page(a))
			os.Chmod(dir+a.Name+".md", 0o644)
		}
	}
	all := applet.All()
	for _, a := range all {
		if got, _ := os.ReadFile(dir + a.Name + ".md"); string(got) != page(a) {
			t.Errorf("docs/commands/%s.md is not what s6box help prints: run the test with S6BOX_UPDATE=1", a.Name)
		}
	}
	if files, _ := filepath.Glob(dir + "*.md"); len(files) != len(all) {
		t.Errorf("docs/commands has %d pages for %d commands", len(files), len(all))
	}
}

func page(a *applet.Applet) string {
	return "# " + a.Name + "\n\n```\n" + strings.TrimRight(a.Name+" "+a.Usage, " ") + "\n\n" + strings.TrimRight(a.Help, "\n") + "\n```\n"
}
