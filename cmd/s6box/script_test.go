package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"s6box/internal/applet"
)

// The scripts of testdata/<group>/<command>.txtar run against the real binary through links of its
// commands' names, or, with S6BOX_REFERENCE set to a directory list, against the C programs found there.
// S6BOX_BINARY names a binary that is already built.
//
// A script tells the two apart by the conditions [ours] and [reference]; a line for one of them alone
// carries its reason as a comment. The program with-dns (see package dnstest), which runs another where there is a name
// server and a network of its own, wants the condition [namespaces].
func TestScripts(t *testing.T) {
	groups, err := filepath.Glob("../../testdata/*")
	if err != nil || len(groups) == 0 {
		t.Fatal("no scripts in testdata: ", err)
	}
	reference := os.Getenv("S6BOX_REFERENCE")
	bin := t.TempDir()
	link(t, bin, binary(t))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, withDNSProg)); err != nil {
		t.Fatal(err)
	}
	for _, group := range groups {
		if files, _ := filepath.Glob(group + "/*.txtar"); len(files) == 0 {
			continue
		}
		t.Run(filepath.Base(group), func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Dir:                 group,
				RequireExplicitExec: true,
				Deadline:            time.Now().Add(5 * time.Minute), // a script that hangs fails by name
				UpdateScripts:       os.Getenv("S6BOX_UPDATE") != "",
				Setup:               func(env *testscript.Env) error { return setup(env, bin, reference) },
				Condition:           condition(reference),
				Cmds:                map[string]func(*testscript.TestScript, bool, []string){"code": cmdCode},
			})
		})
	}
}

func setup(env *testscript.Env, bin, reference string) error {
	path := bin
	if reference != "" {
		path = reference + ":" + bin // a script may use commands that the reference lacks
		name := strings.TrimPrefix(filepath.Base(env.WorkDir), "script-")
		if bin = dirOf(reference, name); bin == "" {
			env.T().Skip("the reference has no program ", name)
		}
	}
	env.Setenv("PATH", path+":/usr/sbin:/usr/bin:/sbin:/bin")
	env.Setenv("BIN", bin) // where the script's own command is
	return nil
}

// dirOf returns the first of the directories that holds a file called name, or "".
func dirOf(dirs, name string) string {
	for _, dir := range filepath.SplitList(dirs) {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return dir
		}
	}
	return ""
}

func condition(reference string) func(string) (bool, error) {
	return func(cond string) (bool, error) {
		switch cond {
		case "ours":
			return reference == "", nil
		case "reference":
			return reference != "", nil
		case "root":
			return os.Geteuid() == 0, nil
		case "namespaces": // for with-dns
			return dnsPossible(), nil
		}
		return false, &unknownCondition{cond}
	}
}

// cmdCode is the script command `code N prog args...`: it runs prog, which has to exit N, or -S when signal S
// ends it. stdout and stderr are kept as exec keeps them.
func cmdCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N prog args...")
	}
	got := 0
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
		if ws := exit.Sys().(syscall.WaitStatus); ws.Signaled() {
			got = -int(ws.Signal())
		}
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("%s: exit code %d, want %s; stderr: %s", args[1], got, args[0], ts.ReadFile("stderr"))
	}
}

type unknownCondition struct{ name string }

func (u *unknownCondition) Error() string { return "unknown condition " + u.name }

// binary is the file of s6box to test: S6BOX_BINARY, or what `make build` makes.
func binary(t *testing.T) string {
	if file := os.Getenv("S6BOX_BINARY"); file != "" {
		return file
	}
	file, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

var made = sync.OnceValues(func() (string, error) {
	file, err := filepath.Abs(filepath.Join(root, "build", self))
	if err != nil {
		return "", err
	}
	if out, err := combined(exec.Command("make", "-s", "-C", root, "build")); err != nil {
		return "", fmt.Errorf("make build: %v\n%s", err, out)
	}
	return file, nil
})

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == withDNSProg { // by a script
		os.Exit(withDNS(os.Args))
	}
	applet.Use(commands[:]...)
	os.Exit(m.Run())
}

func link(t *testing.T, dir, binary string) {
	names := []string{self}
	for _, a := range applet.All() {
		names = append(names, a.Name)
	}
	for _, name := range names {
		if err := os.Symlink(binary, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestApplets asks of every command what its users need: a usage line, a help text with an example, and a
// script that shows it.
func TestApplets(t *testing.T) {
	last := ""
	for _, a := range applet.All() {
		if a.Name == last {
			t.Errorf("%s: listed twice", a.Name)
		}
		last = a.Name
		if (a.Run == nil) == (a.Chain == nil) {
			t.Errorf("%s: wants exactly one of Run and Chain", a.Name)
		}
		if !strings.Contains(a.Help, "Example:") {
			t.Errorf("%s: help has no example", a.Name)
		}
		if !strings.Contains(strings.ToLower(a.Help), "exit") {
			t.Errorf("%s: help has no exit codes", a.Name)
		}
		if found, _ := filepath.Glob("../../testdata/*/" + a.Name + ".txtar"); len(found) == 0 {
			t.Errorf("%s: no testdata/*/%s.txtar", a.Name, a.Name)
		}
	}
}
