package recent

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"s6box/internal/tai"
)

func TestTail(t *testing.T) {
	since := time.Now()
	before, after := since.Add(-time.Second), since.Add(time.Second)
	label := func(at time.Time) string { return tai.FromTime(at).String() + " " }
	var many strings.Builder
	for i := range 500 {
		fmt.Fprintf(&many, "line %d of many\n", i)
	}
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"empty":     {"", nil},
		"plain":     {"one\ntwo\n", []string{"one", "two"}},
		"unended":   {"one\ntwo", []string{"one", "two"}},
		"blank":     {"one\n\n  \ntwo\n", []string{"one", "two"}},
		"tai64n":    {label(before) + "old\n" + label(after) + "new\n", []string{"new"}},
		"all old":   {label(before) + "old\n", nil},
		"iso 8601":  {before.Format(iso) + "  old\n" + after.Format(iso) + "  new\n", []string{"new"}},
		"control":   {"a\x1b[31mb\tc\x7f\n", []string{"a?[31mb\tc?"}},
		"very long": {strings.Repeat("x", 1000) + "\n", []string{strings.Repeat("x", widest) + "…"}},
		"window":    {strings.Repeat("x", 2*window) + "\nend\n", []string{"end"}},
		"many": {many.String(), []string{"line 490 of many", "line 491 of many", "line 492 of many", "line 493 of many", "line 494 of many",
			"line 495 of many", "line 496 of many", "line 497 of many", "line 498 of many", "line 499 of many"}},
	} {
		file := filepath.Join(t.TempDir(), "current")
		if err := os.WriteFile(file, []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := tail(file, since, time.Local); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	file := filepath.Join(t.TempDir(), "current")
	os.WriteFile(file, []byte("one\n"), 0o644)
	if got := tail(file, time.Now().Add(time.Hour), time.UTC); got != nil {
		t.Errorf("a log that nobody has written to since: %q", got)
	}
}

// TestRead reads what a process has written that does as a logger does, and waits for what it has not read yet.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	logger := exec.Command("/bin/sh", "-c", `exec cat >"$1"/current`, "sh", dir)
	logger.Stdin, logger.Env = r, []string{"TZ=EAST-5"}
	if err := logger.Start(); err != nil {
		t.Fatal(err)
	}
	defer logger.Wait()
	defer w.Close()
	pid, begin := logger.Process.Pid, time.Now()
	for current(fmt.Sprintf("/proc/%d", pid)) == "" {
		time.Sleep(time.Millisecond) // there is no event for this
	}
	if got := Read(pid, begin); got.File != "" || got.Lines != nil {
		t.Errorf("of an empty log: %q", got)
	}
	w.WriteString("can't bind\n")
	if got := Read(pid, begin); got.File != dir+"/current" || !slices.Equal(got.Lines, []string{"can't bind"}) {
		t.Errorf("read %q", got)
	}
	east := time.FixedZone("EAST", 5*60*60)
	w.WriteString(begin.Add(-time.Minute).In(east).Format(iso) + "  old\n" + time.Now().Add(time.Second).In(east).Format(iso) + "  new\n")
	if got := Read(pid, begin); !slices.Equal(got.Lines, []string{"can't bind", "new"}) {
		t.Errorf("in another time zone: %q", got)
	}
	if !Reads(pid, int(r.Fd())) || Reads(pid, 2) || Reads(0, 2) {
		t.Error("Reads is wrong about the logger's standard input")
	}
	if got := Read(os.Getpid(), begin); got.File != "" {
		t.Errorf("of a process without a log: %q", got)
	}
	if got := Read(0, begin); got.File != "" {
		t.Errorf("of no process: %q", got)
	}
}
