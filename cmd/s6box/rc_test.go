package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// scene is a supervision tree with a live directory, run by the commands of the real binary.
type scene struct {
	t   *testing.T
	dir string
	bin string
}

// newScene compiles the databases d0, d1… of the trees given and starts on the first one.
func newScene(t *testing.T, trees ...map[string]string) *scene {
	bin := t.TempDir()
	link(t, bin, binary(t))
	return newSceneBy(t, bin, trees...)
}

// newSceneBy is newScene with the commands in bin.
func newSceneBy(t *testing.T, bin string, trees ...map[string]string) *scene {
	s := &scene{t: t, dir: t.TempDir(), bin: bin}
	t.Setenv("PATH", s.bin+":/usr/sbin:/usr/bin:/sbin:/bin")
	for i, files := range trees {
		n := string(rune('0' + i))
		for name, text := range files {
			path := filepath.Join(s.dir, "s"+n, name)
			os.MkdirAll(filepath.Dir(path), 0o755)
			if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "$W", s.dir)), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		s.ok("s6-rc-compile", s.dir+"/d"+n, s.dir+"/s"+n)
	}
	os.Mkdir(s.dir+"/scan", 0o755)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	scan := s.command("s6-svscan", "-d", "3", s.dir+"/scan")
	scan.ExtraFiles = []*os.File{w}
	if err := scan.Start(); err != nil {
		t.Fatal(err)
	}
	over := guard(scan, longPatience)
	t.Cleanup(func() {
		finish(s.command("s6-svscanctl", "-t", s.dir+"/scan"), patience)
		ended := guard(scan, patience)
		scan.Wait()
		if ended() || over() {
			t.Errorf("s6-svscan has not ended within %v of s6-svscanctl -t", patience)
		}
	})
	w.Close()
	r.Read(make([]byte, 1))
	r.Close()
	s.ok("s6-rc-init", "-c", s.dir+"/d0", "-l", s.dir+"/live", s.dir+"/scan")
	return s
}

func (s *scene) command(name string, args ...string) *exec.Cmd {
	return exec.Command(filepath.Join(s.bin, name), args...)
}

// ok runs a command that must exit 0, and returns what it prints.
func (s *scene) ok(name string, args ...string) string {
	s.t.Helper()
	cmd := s.command(name, args...)
	out, err := output(cmd, patience)
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// kill runs a command and kills it a while after it has said its nth line. over tells that it said fewer.
func (s *scene) kill(n int, while time.Duration, name string, args ...string) (over bool) {
	cmd := s.command(name, args...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	late := guard(cmd, patience)
	lines, said := bufio.NewScanner(stderr), ""
	for range n {
		if !lines.Scan() {
			cmd.Wait()
			if late() {
				s.t.Fatalf("waited %v for %s to say %d lines, or to end; it has said:\n%s", patience, name, n, said)
			}
			return true
		}
		said += lines.Text() + "\n"
	}
	time.Sleep(while)
	cmd.Process.Signal(syscall.SIGKILL)
	cmd.Wait()
	late()
	return false
}

func (s *scene) pid(service string) string {
	s.t.Helper()
	return s.ok("s6-svstat", "-o", "pid", s.dir+"/scan/"+service)
}

// up wants exactly these services up, for s6-rc and for s6.
func (s *scene) up(want string) {
	s.t.Helper()
	got := strings.Fields(s.ok("s6-rc", "-l", s.dir+"/live", "-a", "list"))
	if strings.Join(got, " ") != want {
		s.t.Fatalf("up: %s, want %s", strings.Join(got, " "), want)
	}
	s.ok("s6-rc", "-l", s.dir+"/live", "diff")
}

func chainTree() map[string]string {
	return map[string]string{
		"all/type":                   "bundle",
		"all/contents":               "last\nside\n",
		"first/type":                 "oneshot",
		"first/up":                   "true",
		"ready/type":                 "longrun",
		"ready/run":                  "#!/bin/sh\necho >&3\nexec sleep 1000\n",
		"ready/notification-fd":      "3",
		"ready/dependencies.d/first": "",
		"mid/type":                   "oneshot",
		"mid/up":                     "true",
		"mid/down":                   "true",
		"mid/dependencies.d/ready":   "",
		"last/type":                  "longrun",
		"last/run":                   "#!/bin/sh\nexec sleep 1000\n",
		"last/dependencies.d/mid":    "",
		"side/type":                  "longrun",
		"side/run":                   "#!/bin/sh\nexec sleep 1000\n",
	}
}

// TestKilledChange kills s6-rc at every step of a change; the next call finishes it.
func TestKilledChange(t *testing.T) {
	s := newScene(t, chainTree())
	const all = "s6rc-oneshot-runner last ready side first mid"
	change := []string{"-l", s.dir + "/live", "-v3"}
	for n, over := 0, false; !over; n++ {
		over = s.kill(n, 0, "s6-rc", append(change, "-u", "change", "all")...)
		s.ok("s6-rc", "-l", s.dir+"/live", "-u", "change", "all")
		s.up(all)
		s.kill(n, 0, "s6-rc", append(change, "-d", "change", "all", "first")...)
		s.ok("s6-rc", "-l", s.dir+"/live", "-d", "change", "all", "first")
		s.up("s6rc-oneshot-runner")
	}
}

// TestNamed looks at the marks of the services that somebody wanted up by name, in the state file: they are those of the C program,
// also where the service is down.
func TestNamed(t *testing.T) {
	tree := map[string]string{
		"a/type": "oneshot", "a/up": "true", "b/type": "oneshot", "b/up": "true", "c/type": "oneshot", "c/up": "true", "c/dependencies.d/a": "",
		"d/type": "oneshot", "d/up": "false", "d/dependencies.d/b": "",
	}
	s := newScene(t, tree, tree)
	state := func() string {
		bytes, _ := os.ReadFile(s.dir + "/live/state")
		return fmt.Sprintf("%x %x", bytes[:5], bytes[5:])
	}
	for _, step := range []struct {
		args, want string
		code       int
	}{
		{"change a", "0100030000 00", 0},
		{"change b", "0100030300 00", 0},
		{"-d change b", "0100030000 00", 0},
		{"change c", "0100030003 00", 0},
		{"-d change a", "0100000002 00", 0},
		{"-da change", "0100000002 00", 0},
		{"change d", "0100000102 02", 1},
		{"-p change b", "0100000102 02", 0},
		{"change a", "0100030102 02", 0},
		{"-p change b", "0100020302 02", 0},
	} {
		cmd := s.command("s6-rc", append([]string{"-v0", "-l", s.dir + "/live"}, strings.Fields(step.args)...)...)
		cmd.Run()
		if got := state(); got != step.want || cmd.ProcessState.ExitCode() != step.code {
			t.Errorf("%s: state %s, want %s; exit code %d", step.args, got, step.want, cmd.ProcessState.ExitCode())
		}
	}
	before := state()
	s.ok("s6-rc-update", "-l", s.dir+"/live", s.dir+"/d1") // the C program drops the marks
	if got := state(); got != before {
		t.Errorf("state %s after an update that changes nothing, was %s", got, before)
	}
}

// TestReloadAll reloads everything, the server of oneshots as well, while it runs their scripts.
func TestReloadAll(t *testing.T) {
	s := newScene(t, map[string]string{
		"a/type": "oneshot", "a/up": "true", "a/reload": "s6-echo reloaded",
		"b/type": "longrun", "b/run": "#!/bin/sh\ntrap : HUP\necho >&3\nwhile :; do sleep 0.01; done\n", "b/notification-fd": "3",
	})
	s.ok("s6-rc", "-l", s.dir+"/live", "change", "a", "b")
	kept := s.pid("s6rc-oneshot-runner") + s.pid("b")
	for range 10 {
		if got := s.ok("s6-rc", "-l", s.dir+"/live", "-a", "reload"); got != "reloaded\n" {
			t.Fatalf("reload prints %q", got)
		}
	}
	if got := s.pid("s6rc-oneshot-runner") + s.pid("b"); got != kept {
		t.Errorf("processes %s, were %s", got, kept)
	}
}

// TestMixed has our s6-rc work on the supervision tree, database and live directory of C programs, and theirs
// on ours: a change, an update there and back, and a stop.
func TestMixed(t *testing.T) {
	theirs := dirOf(os.Getenv("S6BOX_REFERENCE"), "s6-rc-update")
	if theirs == "" {
		t.Skip("the reference has no s6-rc-update")
	}
	ours := t.TempDir()
	link(t, ours, binary(t))
	for name, bins := range map[string][2]string{"ours on theirs": {theirs, ours}, "theirs on ours": {ours, theirs}} {
		t.Run(name, func(t *testing.T) {
			other := chainTree()
			other["last/dependencies.d/new"] = ""
			other["new/type"] = "oneshot"
			other["new/up"] = "true"
			s := newSceneBy(t, bins[0], chainTree(), other)
			daemons := s.bin
			t.Cleanup(func() { s.bin = daemons })
			s.bin = bins[1]
			l := s.dir + "/live"
			s.ok("s6-rc-db", "-l", l, "check")
			s.ok("s6-rc", "-l", l, "change", "all")
			kept := s.pid("ready")
			s.ok("s6-rc-update", "-l", l, s.dir+"/d1")
			s.up("s6rc-oneshot-runner last ready side first mid new")
			s.bin = daemons // an update of one kind is another's live directory
			s.ok("s6-rc-update", "-l", l, s.dir+"/d0")
			s.up("s6rc-oneshot-runner last ready side first mid")
			if pid := s.pid("ready"); pid != kept {
				t.Errorf("the process of a service that did not change is %s, was %s", pid, kept)
			}
			s.bin = bins[1]
			s.ok("s6-rc", "-l", l, "-d", "change", "all", "first")
			s.up("s6rc-oneshot-runner")
		})
	}
}

// TestKilledOftenUpdate kills s6-rc-update behind every line it says, and in the middle of them. The next call finishes, and
// what is the same in both databases runs on all the time.
func TestKilledOftenUpdate(t *testing.T) {
	other := chainTree()
	other["last/dependencies.d/new"] = ""
	other["new/type"] = "longrun"
	other["new/run"] = "#!/bin/sh\nexec sleep 1000\n"
	other["ready/data/file"] = "changed"
	delete(other, "side/type")
	delete(other, "side/run")
	other["all/contents"] = "last\n"
	s := newScene(t, chainTree(), other)
	s.ok("s6-rc", "-l", s.dir+"/live", "change", "all")
	kept := s.pid("ready")
	there := func(n int, while time.Duration) (over bool) {
		over = s.kill(n, while, "s6-rc-update", "-v3", "-l", s.dir+"/live", s.dir+"/d1")
		s.ok("s6-rc-update", "-l", s.dir+"/live", s.dir+"/d1")
		s.ok("s6-rc", "-l", s.dir+"/live", "change", "all") // what was stopped when it was killed
		s.up("s6rc-oneshot-runner last new ready first mid")
		if _, err := os.Stat(s.dir + "/scan/ready/data/file"); err != nil {
			t.Fatal(err)
		}
		s.kill(n, while, "s6-rc-update", "-v3", "-l", s.dir+"/live", s.dir+"/d0")
		s.ok("s6-rc-update", "-l", s.dir+"/live", s.dir+"/d0")
		s.ok("s6-rc", "-l", s.dir+"/live", "-pu", "change", "all")
		s.up("s6rc-oneshot-runner last ready side first mid")
		if pid := s.pid("ready"); pid != kept {
			t.Fatalf("the process of a service that did not change is %s, was %s", pid, kept)
		}
		return over
	}
	for n := 0; !there(n, 0); n++ {
	}
	const switching = 8 // the line before which directories are made, and after which they are moved
	for i := range 30 {
		there(switching, time.Duration(i)*100*time.Microsecond)
	}
	if left, _ := filepath.Glob(s.dir + "/live:*"); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

// TestGraphOfLive looks at the states that s6box graph reads from supervisors.
func TestGraphOfLive(t *testing.T) {
	tree := chainTree()
	tree["slow/type"], tree["slow/notification-fd"] = "longrun", "3"
	tree["slow/run"] = "#!/bin/sh\nexec sleep 1000\n"
	s := newScene(t, tree)
	s.ok("s6-rc", "-l", s.dir+"/live", "-u", "change", "mid")
	s.ok("s6-svc", "-wu", "-u", s.dir+"/scan/side")
	graph := func(slow, side string) {
		t.Helper()
		want := "all: last side\n\nlast (longrun, down)\n└─ mid (oneshot, up)\n   └─ ready (longrun, ready)\n      └─ first (oneshot, up)\n" +
			"side (longrun, " + side + ")\nslow (longrun, " + slow + ")\n"
		if got := s.ok("s6box", "graph", s.dir+"/live"); got != want {
			t.Errorf("graph:\n%s", got)
		}
	}
	graph("down", "stray")
	change := s.command("s6-rc", "-l", s.dir+"/live", "-u", "change", "slow")
	if err := change.Start(); err != nil {
		t.Fatal(err)
	}
	s.ok("s6-svwait", "-u", s.dir+"/scan/slow")
	graph("starting", "starting")
	change.Process.Kill()
	change.Wait()
	graph("stray", "stray")
}
