//go:build amd64 || arm64

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pairTree is a oneshot that depends on a longrun.
func pairTree() map[string]string {
	return map[string]string{
		"ready/type": "longrun", "ready/run": "#!/bin/sh\necho >&3\nexec sleep 1000\n", "ready/notification-fd": "3",
		"mid/type": "oneshot", "mid/up": "true", "mid/dependencies.d/ready": "",
	}
}

// TestKilledCompile kills s6-rc-compile before every system call that changes something: there is no database, or a whole one.
// The next call makes it, and nothing else is left beside it.
func TestKilledCompile(t *testing.T) {
	bin := t.TempDir()
	link(t, bin, binary(t))
	dir := t.TempDir()
	for name, text := range pairTree() {
		file := filepath.Join(dir, "src", name)
		os.MkdirAll(filepath.Dir(file), 0o755)
		os.WriteFile(file, []byte(text), 0o755)
	}
	compile := func() *exec.Cmd { return exec.Command(bin+"/s6-rc-compile", dir+"/db/it", dir+"/src") }
	reset := func(int, string) {
		os.RemoveAll(dir + "/db")
		os.Mkdir(dir+"/db", 0o755)
	}
	everywhere(t, compile, reset, func(step int, call string) {
		if _, err := os.Stat(dir + "/db/it"); err != nil {
			if out, err := compile().CombinedOutput(); err != nil {
				t.Fatalf("killed before step %d, %s: %v: %s", step, call, err, out)
			}
		}
		if out, err := exec.Command(bin+"/s6-rc-db", "-c", dir+"/db/it", "check").CombinedOutput(); err != nil {
			t.Fatalf("killed before step %d, %s: %v: %s", step, call, err, out)
		}
		if left, _ := filepath.Glob(dir + "/db/*"); len(left) != 1 {
			t.Errorf("killed before step %d, %s: left behind %q", step, call, left)
		}
	})
}

// TestKilledBundle kills s6-rc-bundle before every system call that changes something: the database has the bundles of before, or
// those that were to be made. The next call makes them, and nothing else is left.
func TestKilledBundle(t *testing.T) {
	s := newScene(t, pairTree())
	multiple := func(words ...string) []string {
		return append([]string{"-f", "-l", s.dir + "/live", "multiple"}, words...)
	}
	there := multiple(" old", " kept", "", "kept", " mid", "", "new", " ready", " mid", "")
	back := multiple(" new", " kept", "", "kept", " ready", "", "old", " ready", "")
	const before, after = "kept: ready\nold: ready\n", "kept: mid\nnew: ready mid\n"
	bundles := func() (all string) {
		for _, name := range strings.Fields(s.ok("s6-rc-db", "-l", s.dir+"/live", "list", "bundles")) {
			all += name + ": " + strings.Join(strings.Fields(s.ok("s6-rc-db", "-l", s.dir+"/live", "contents", name)), " ") + "\n"
		}
		return all
	}
	everywhere(t, func() *exec.Cmd { return s.command("s6-rc-bundle", there...) },
		func(int, string) { s.ok("s6-rc-bundle", back...) },
		func(step int, call string) {
			if got := bundles(); got != before && got != after {
				t.Fatalf("killed before step %d, %s: bundles\n%s", step, call, got)
			}
			s.ok("s6-rc-bundle", there...)
			if got := bundles(); got != after {
				t.Fatalf("killed before step %d, %s, and called again: bundles\n%s", step, call, got)
			}
			if left, _ := filepath.Glob(s.dir + "/d0/*"); len(left) != 5 {
				t.Fatalf("killed before step %d, %s: left behind %q", step, call, left)
			}
		})
}

// TestKilledFormatUpgrade kills s6-rc-format-upgrade before every system call that changes something: one of the two databases
// is in force, and services are as they were. The next call puts the new one in force, and nothing is left lying about.
func TestKilledFormatUpgrade(t *testing.T) {
	s := newScene(t, pairTree(), pairTree())
	s.ok("s6-rc", "-l", s.dir+"/live", "change", "mid")
	upgrade := func(db string) []string { return []string{"-l", s.dir + "/live", s.dir + "/" + db} }
	kept := s.pid("ready")
	check := func(db string, step int, call string) {
		t.Helper()
		s.up("s6rc-oneshot-runner ready mid")
		s.ok("s6-rc-format-upgrade", upgrade(db)...)
		s.up("s6rc-oneshot-runner ready mid")
		if in, err := os.Readlink(s.dir + "/live/compiled"); in != s.dir+"/"+db || s.pid("ready") != kept {
			t.Fatalf("killed before step %d, %s: database %s, %v", step, call, in, err)
		}
		if left, _ := filepath.Glob(s.dir + "/live/.s6box*"); len(left) != 0 {
			t.Fatalf("killed before step %d, %s: left behind %q", step, call, left)
		}
	}
	everywhere(t, func() *exec.Cmd { return s.command("s6-rc-format-upgrade", upgrade("d1")...) },
		func(step int, call string) { check("d0", step, call) },
		func(step int, call string) {
			if step%2 == 0 { // else it is for the other database to put things right
				check("d1", step, call)
			}
		})
}

// TestKilledInit kills s6-rc-init before every system call that changes something. The next call finishes it, services start,
// and nothing is left lying about.
func TestKilledInit(t *testing.T) {
	s := newScene(t, pairTree())
	initial := func() *exec.Cmd {
		return s.command("s6-rc-init", "-c", s.dir+"/d0", "-l", s.dir+"/live", s.dir+"/scan")
	}
	away := func(int, string) { // everything that s6-rc has made
		links, _ := filepath.Glob(s.dir + "/scan/[a-z]*")
		for _, link := range links {
			s.ok("s6-svunlink", s.dir+"/scan", filepath.Base(link))
		}
		left, _ := filepath.Glob(s.dir + "/live*")
		for _, dir := range left {
			os.RemoveAll(dir)
		}
	}
	everywhere(t, initial, away, func(step int, call string) {
		if out, err := initial().CombinedOutput(); err != nil {
			t.Fatalf("killed before step %d, %s: %v: %s", step, call, err, out)
		}
		s.ok("s6-rc", "-l", s.dir+"/live", "change", "mid")
		s.up("s6rc-oneshot-runner ready mid")
		if left, _ := filepath.Glob(s.dir + "/live*"); len(left) != 2 {
			t.Errorf("killed before step %d, %s: left behind %q", step, call, left)
		}
		if left, _ := filepath.Glob(s.dir + "/scan/.s6box*"); len(left) != 0 {
			t.Errorf("killed before step %d, %s: left behind %q", step, call, left)
		}
	})
}

// TestKilledRepository kills every command that changes a repository, before every system call that changes something. What is
// then in the repository is what was there before or what is to be there, whole; the next call finishes, and nothing is left
// lying about.
func TestKilledRepository(t *testing.T) {
	bin := t.TempDir()
	link(t, bin, binary(t))
	l := newLibrary(t, bin, pairTree())
	boot := l.dir + "/boot/current"
	l.ok("s6-rc-set-copy", "one", "two")
	l.ok("s6-rc-set-change", "-p", "two", "masked", "mid")
	l.ok("s6-rc-set-commit", "two")
	type command []string
	for _, test := range []struct {
		back  []command
		there command
	}{
		{[]command{{"s6-rc-set-change", "-p", "one", "usable", "ready"}}, command{"s6-rc-set-change", "-p", "one", "active", "mid"}},
		{[]command{{"s6-rc-set-copy", "-f", "one", "three"}}, command{"s6-rc-set-copy", "-f", "two", "three"}},
		{[]command{{"s6-rc-set-commit", "-f", "-D", "boot", "one"}}, command{"s6-rc-set-commit", "-f", "one"}},
		{[]command{{"s6-rc-repo-init", "-U", l.dir + "/store"}}, command{"s6-rc-repo-init", "-U", l.dir + "/store", l.dir + "/more"}},
		{[]command{{"s6-rc-repo-sync"}}, command{"s6-rc-repo-sync"}},
		{[]command{{"s6-rc-set-install", "--no-update", "-c", boot, "one"}}, command{"s6-rc-set-install", "--no-update", "-c", boot, "two"}},
		{[]command{{"s6-rc-set-delete", "four"}}, command{"s6-rc-set-new", "four"}},
		{[]command{{"s6-rc-set-copy", "-f", "one", "five"}, {"s6-rc-set-commit", "-f", "five"}}, command{"s6-rc-set-delete", "five"}},
		{[]command{{"s6-rc-set-change", "two", "usable", "ready"}, {"s6-rc-set-change", "two", "active", "mid"}}, command{"s6-rc-set-fix", "-u", "two"}},
	} {
		there := test.there
		t.Run(there[0], func(t *testing.T) {
			l.t = t
			l.ok("s6-rc-set-fix", "-u", "two")
			l.ok("s6-rc-set-commit", "-f", "one")
			l.ok("s6-rc-set-commit", "-f", "two")
			back := func(int, string) {
				for _, c := range test.back {
					l.ok(c[0], c[1:]...)
				}
			}
			everywhere(t, func() *exec.Cmd { return l.command(there[0], there[1:]...) }, back, func(step int, call string) {
				l.usable()
				if there[0] != "s6-rc-set-new" || !slices.Contains(l.sets(), there[1]) { // which may be made once only
					l.ok(there[0], there[1:]...)
				}
				l.done(there)
				if t.Failed() {
					t.Fatalf("killed before step %d, %s", step, call)
				}
				if left, _ := filepath.Glob(l.dir + "/boot/.*:*"); len(left) > 3 {
					t.Fatalf("killed before step %d, %s: left behind %q", step, call, left)
				}
			})
			l.tidy()
		})
	}
}

// TestKilledInstall kills s6-rc-set-install before every system call that changes something, with a live database. The next call
// finishes it, and services that are the same in both sets stay up.
func TestKilledInstall(t *testing.T) {
	tree := pairTree()
	tree["side/type"], tree["side/up"] = "oneshot", "true"
	s := newScene(t, tree)
	l := newLibrary(t, s.bin, tree)
	l.ok("s6-rc-set-copy", "one", "two")
	l.ok("s6-rc-set-change", "two", "masked", "side")
	l.ok("s6-rc-set-commit", "two")
	install := func(set string) []string {
		return []string{"-c", l.dir + "/boot/current", "-l", s.dir + "/live", set}
	}
	s.ok("s6-rc", "-l", s.dir+"/live", "change", "mid")
	kept := s.pid("ready")
	check := func(set string, step int, call string) {
		t.Helper()
		l.ok("s6-rc-set-install", install(set)...)
		committed, _ := os.Readlink(filepath.Join(l.dir, "repo/compiled", set))
		booted, _ := os.Readlink(filepath.Join(l.dir, "boot/current"))
		live, _ := os.Readlink(filepath.Join(s.dir, "live/compiled"))
		if booted != committed || live != filepath.Join(l.dir, "boot", committed) {
			t.Fatalf("killed before step %d, %s: committed %s, booted on %s, live %s", step, call, committed, booted, live)
		}
		s.ok("s6-rc", "-l", s.dir+"/live", "change", "mid")
		if pid := s.pid("ready"); pid != kept {
			t.Fatalf("killed before step %d, %s: the process of a service that did not change is %s, was %s", step, call, pid, kept)
		}
		left, _ := filepath.Glob(l.dir + "/boot/.*:*")
		if other, _ := filepath.Glob(s.dir + "/live:*"); len(left) != 1 || len(other) != 1 {
			t.Fatalf("killed before step %d, %s: left behind %q %q", step, call, left, other)
		}
	}
	back := func(step int, call string) { check("one", step, call) }
	there := func() *exec.Cmd { return l.command("s6-rc-set-install", install("two")...) }
	everywhere(t, there, back, func(step int, call string) {
		if step%2 == 0 { // else it is for another set to put things right
			check("two", step, call)
		}
	})
}

// TestKilledChanges kills s6-rc before every system call that changes something, on the way up and on the way down. The next call
// finishes the change.
func TestKilledChanges(t *testing.T) {
	s := newScene(t, chainTree())
	change := func(option string, names ...string) []string {
		return append([]string{"-v0", "-l", s.dir + "/live", option, "change"}, names...)
	}
	up, down := change("-u", "all"), change("-d", "all", "first")
	for _, test := range []struct {
		name        string
		back, there []string
		want        string
	}{
		{"up", down, up, "s6rc-oneshot-runner last ready side first mid"},
		{"down", up, down, "s6rc-oneshot-runner"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.t = t
			back := func(int, string) { s.ok("s6-rc", test.back...) }
			everywhere(t, func() *exec.Cmd { return s.command("s6-rc", test.there...) }, back, func(step int, call string) {
				s.ok("s6-rc", test.there...)
				s.up(test.want)
				if left, _ := filepath.Glob(s.dir + "/live/.s6box*"); len(left) != 0 {
					t.Fatalf("killed before step %d, %s: left behind %q", step, call, left)
				}
			})
		})
	}
	s.t = t
}

// TestKilledUpdate kills s6-rc-update before every system call that changes something. The next call finishes it, and what is
// the same in both databases runs on all the time. A service that s6-rc takes for down, and somebody has started, is down.
func TestKilledUpdate(t *testing.T) {
	one, two := pairTree(), pairTree()
	one["old/type"], one["old/run"] = "longrun", "#!/bin/sh\nexec sleep 1000\n"
	two["new/type"], two["new/run"] = "longrun", "#!/bin/sh\nexec sleep 1000\n"
	two["ready/data/file"] = "changed"
	for _, tree := range []map[string]string{one, two} {
		tree["stray/type"], tree["stray/run"] = "longrun", "#!/bin/sh\nexec sleep 1000\n"
	}
	s := newScene(t, one, two)
	s.ok("s6-rc", "-l", s.dir+"/live", "change", "mid", "old")
	kept := s.pid("ready")
	check := func(db, service string, step int, call string) {
		t.Helper()
		s.ok("s6-rc-update", "-l", s.dir+"/live", s.dir+"/"+db)
		s.ok("s6-rc", "-l", s.dir+"/live", "change", "mid", strings.Fields(service)[0]) // what was stopped when it was killed
		s.up("s6rc-oneshot-runner " + service + " mid")
		if pid := s.pid("ready"); pid != kept {
			t.Fatalf("killed before step %d, %s: the process of a service that did not change is %s, was %s", step, call, pid, kept)
		}
		_, err := os.Stat(s.dir + "/scan/ready/data/file")
		if left, _ := filepath.Glob(s.dir + "/live:*"); len(left) != 1 || (err == nil) != (db == "d1") {
			t.Fatalf("killed before step %d, %s: left behind %q, file: %v", step, call, left, err)
		}
		if links, _ := filepath.Glob(s.dir + "/scan/.s6box*"); len(links) != 0 {
			t.Fatalf("killed before step %d, %s: left behind %q", step, call, links)
		}
	}
	there := func() *exec.Cmd { return s.command("s6-rc-update", "-l", s.dir+"/live", s.dir+"/d1") }
	everywhere(t, there,
		func(step int, call string) {
			check("d0", "old ready", step, call)
			s.ok("s6-svc", "-wu", "-u", s.dir+"/scan/stray")
		},
		func(step int, call string) {
			if step%2 == 0 { // else it is for the other database to put things right
				check("d1", "new ready", step, call)
			}
		})
}
