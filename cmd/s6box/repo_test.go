package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// library is a repository with the set "one", made by the commands in bin.
type library struct {
	t        *testing.T
	dir, bin string
	tree     map[string]string // of its first store
}

func newLibrary(t *testing.T, bin string, tree map[string]string) *library {
	l := &library{t, t.TempDir(), bin, tree}
	t.Setenv("PATH", bin+":/usr/sbin:/usr/bin:/sbin:/bin")
	for name, text := range tree {
		l.write("store/"+name, text)
	}
	l.write("more/new/type", "oneshot\n")
	l.write("more/new/up", "true\n")
	l.write("more/new/dependencies.d/mid", "")
	l.ok("s6-rc-repo-init", l.dir+"/store")
	l.ok("s6-rc-set-new", "one")
	l.ok("s6-rc-set-commit", "one")
	os.Mkdir(l.dir+"/boot", 0o755)
	return l
}

func (l *library) write(name, text string) {
	path := filepath.Join(l.dir, name)
	os.MkdirAll(filepath.Dir(path), 0o755)
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		l.t.Fatal(err)
	}
}

// command makes one that works in the repository: args follow its options.
func (l *library) command(name string, args ...string) *exec.Cmd {
	return exec.Command(filepath.Join(l.bin, name), append([]string{"-v0", "-r", l.dir + "/repo"}, args...)...)
}

func (l *library) ok(name string, args ...string) string {
	l.t.Helper()
	out, err := output(l.command(name, args...), patience)
	if err != nil {
		l.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// status is what a set says, sorted.
func (l *library) status(set string) string {
	l.t.Helper()
	lines := strings.Fields(l.ok("s6-rc-set-status", set))
	return strings.Join(lines, " ")
}

func (l *library) sets() []string {
	l.t.Helper()
	return strings.Fields(l.ok("s6-rc-repo-list"))
}

// done wants what a command that changes a set was to do.
func (l *library) done(command []string) {
	l.t.Helper()
	set := command[len(command)-1]
	switch command[0] {
	case "s6-rc-set-new", "s6-rc-set-delete":
		_, err := os.Lstat(filepath.Join(l.dir, "repo/compiled", set))
		if there := command[0] == "s6-rc-set-new"; slices.Contains(l.sets(), set) != there || err == nil {
			l.t.Fatalf("%s: sets %q, its database: %v", command[0], l.sets(), err)
		}
	case "s6-rc-set-fix":
		if said, err := combined(l.command("s6-rc-set-fix", "-n", "-v2", set)); err != nil || said != "" {
			l.t.Fatalf("set %s: %v: %s", set, err, said)
		}
		l.ok("s6-rc-set-commit", "-f", set)
	}
}

// usable looks at everything there is.
func (l *library) usable() {
	l.t.Helper()
	for _, set := range l.sets() {
		all := l.status(set)
		for name, text := range l.tree {
			if service, ok := strings.CutSuffix(name, "type"); ok && text != "bundle" && strings.Count(all, service) != 1 {
				l.t.Fatalf("set %s: %s", set, all)
			}
		}
	}
	for _, db := range []string{"repo/compiled/.ref", "repo/compiled/one", "boot/current"} {
		path := filepath.Join(l.dir, db)
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		if out, err := combined(exec.Command(l.bin+"/s6-rc-db", "-c", path, "check")); err != nil {
			l.t.Fatalf("%s: %v: %s", db, err, out)
		}
	}
}

// tidy wants nothing in the repository that no link leads to.
func (l *library) tidy() {
	l.t.Helper()
	l.ok("s6-rc-repo-sync")
	for _, sub := range []string{"repo", "repo/sources", "repo/compiled"} {
		entries, err := os.ReadDir(filepath.Join(l.dir, sub))
		if err != nil {
			l.t.Fatal(err)
		}
		linked := map[string]bool{}
		for _, e := range entries {
			target, _ := os.Readlink(filepath.Join(l.dir, sub, e.Name()))
			linked[target] = true
		}
		for _, e := range entries {
			if name := e.Name(); strings.Contains(name, ":") && !linked[name] {
				l.t.Errorf("left behind: %s/%s", sub, name)
			}
		}
	}
}

// TestMixedRepository has the C commands work in a repository that ours have made, and the other way round.
func TestMixedRepository(t *testing.T) {
	theirs := dirOf(os.Getenv("S6BOX_REFERENCE"), "s6-rc-set-commit")
	if theirs == "" {
		t.Skip("the reference has no s6-rc-set-commit")
	}
	ours := t.TempDir()
	link(t, ours, binary(t))
	for name, bins := range map[string][2]string{"ours on theirs": {theirs, ours}, "theirs on ours": {ours, theirs}} {
		t.Run(name, func(t *testing.T) {
			l := newLibrary(t, bins[0], chainTree())
			l.bin = bins[1]
			t.Setenv("PATH", l.bin+":/usr/sbin:/usr/bin:/sbin:/bin")
			l.usable()
			l.ok("s6-rc-set-change", "-p", "one", "active", "last")
			l.ok("s6-rc-set-copy", "one", "two")
			l.ok("s6-rc-repo-init", "-U", l.dir+"/store", l.dir+"/more")
			l.ok("s6-rc-set-change", "-p", "two", "masked", "mid")
			l.ok("s6-rc-set-commit", "-f", "two")
			l.ok("s6-rc-set-commit", "-f", "one")
			l.bin = bins[0]
			t.Setenv("PATH", l.bin+":/usr/sbin:/usr/bin:/sbin:/bin")
			l.usable()
			if got := l.ok("s6-rc-set-status", "two", "mid", "new"); !strings.Contains(got, "mid/masked\n") || !strings.Contains(got, "new/masked\n") {
				t.Errorf("set two: %s", got)
			}
			l.ok("s6-rc-set-commit", "-f", "two")
			l.ok("s6-rc-set-fix", "-u", "two")
			l.ok("s6-rc-repo-sync")
			l.ok("s6-rc-set-delete", "one")
			if got := l.ok("s6-rc-repo-list"); got != "two\n" {
				t.Errorf("sets: %s", got)
			}
		})
	}
}
