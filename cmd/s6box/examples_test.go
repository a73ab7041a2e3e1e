package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"s6box/execline"
	"s6box/execline/lint"
	"s6box/internal/applet"
	"s6box/internal/needs"
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
		if strings.ContainsAny(example, "`|&;>") {
			continue // for a shell
		}
		for _, f := range lint.Check([]byte(strings.TrimSpace(example)), usage, true) {
			if !strings.HasSuffix(f.Msg, "is not replaced: nothing in this script defines it") {
				t.Errorf("%s: %s: column %d: %s", a.Name, strings.TrimSpace(example), f.Col, f.Msg)
			}
		}
	}
}

// TestExamplesRun runs the examples of execline's commands, as scripts in a tree of their own, where programs that nobody
// has, or that would take long, print what they are told.
func TestExamplesRun(t *testing.T) {
	if os.Geteuid() != 0 {
		needs.Missing(t, "one of them changes its user")
	}
	dir := t.TempDir()
	for _, d := range []string{"bin", "stub", "sbin", "srv", "data", "run", "backup", "etc/app.d", "etc/default", "var/log", "var/run/app"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	link(t, filepath.Join(dir, "bin"), binary(t))
	for _, name := range strings.Fields(`stub/app stub/bash stub/compile stub/consumer stub/cp stub/login-tool stub/noisy stub/producer stub/prog
		stub/reader stub/s6-sleep stub/s6-svok stub/server stub/sort sbin/server`) {
		writeFile(t, filepath.Join(dir, name), "#!/bin/sh\necho \"${0##*/} $*\"\n")
	}
	for _, name := range []string{"etc/app.conf", "etc/app.d/a.conf", "run/x", "words"} {
		writeFile(t, filepath.Join(dir, name), "")
	}
	writeFile(t, filepath.Join(dir, "etc/default/app"), "A=b\n")
	writeFile(t, filepath.Join(dir, "fmt"), "a  b\n")
	for _, a := range execline.Commands {
		t.Run(a.Name, func(t *testing.T) { runExample(t, dir, a) })
	}
}

func runExample(t *testing.T, dir string, a *applet.Applet) {
	_, example, _ := strings.Cut(a.Help, "Example:")
	var options []string
	if first, rest, found := strings.Cut(strings.TrimSpace(example), "\n"); found && strings.HasPrefix(first, "#!") {
		options, example = strings.Fields(first)[1:], rest
	}
	file := filepath.Join(dir, "script")
	script := strings.NewReplacer(" /", " "+dir+"/", " www", " root", "fmt -w run", "fmt -w fmt").Replace(example)
	writeFile(t, file, script)
	args := []string{"app", "-o", "out", "more"}
	if a.Name == "runblock" {
		args = []string{" s6-true", "", " s6-echo", " then", "", "s6-echo", "else"}
	}
	cmd := exec.Command(filepath.Join(dir, "bin/execlineb"), append(append(options, file), args...)...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + dir + "/stub:" + dir + "/bin:/usr/bin:/bin", "HOME=" + dir, "ACTION=other", "PASSWORD=secret"}
	out, err := combined(cmd)
	want := map[string]int{"exit": 3}[a.Name]
	if code := cmd.ProcessState.ExitCode(); code != want || strings.Contains(out, ": fatal: ") || strings.Contains(out, ": warning: ") {
		t.Errorf("%s: exit code %d, %v\n%s", strings.TrimSpace(script), code, err, out)
	}
}

// TestExampleTrees has s6box check find nothing in the trees that show how it is done.
func TestExampleTrees(t *testing.T) {
	bin := t.TempDir()
	link(t, bin, binary(t))
	trees, err := filepath.Glob("../../testdata/containers/*/etc/s6-overlay/s6-rc.d")
	if err != nil || len(trees) < 2 {
		t.Fatal("no trees in testdata: ", err)
	}
	for _, tree := range trees {
		if said, err := combined(exec.Command(bin+"/s6box", "check", tree)); err != nil || said != "" {
			t.Errorf("%v:\n%s", err, said)
		}
	}
}
