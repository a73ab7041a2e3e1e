package withcontenv

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// TestStoreIsByteExact dumps environments and reads them back: the same entries, whatever is in them.
func TestStoreIsByteExact(t *testing.T) {
	env := proc.Env{
		"EMPTY=", "ONE=1", "MULTI=a\nb", "TRAILING=x\n\n", "ONLY=\n", "LONG=" + strings.Repeat("y", 100000), "EQ=a=b",
		"with space=1", "dotted.name=2", ".hidden=3", "a/b=4", ".=5", "..=6", "=7", "noequals",
		strings.Repeat("n", 255) + "=8", strings.Repeat("n", 256) + "=9", "ümlaut=\xff\xfe", "tab\tname=\t",
	}
	dir := filepath.Join(t.TempDir(), "store")
	if err := Dump(dir, env); err != nil {
		t.Fatal(err)
	}
	got, skipped, err := Load(dir)
	if err != nil || len(skipped) > 0 {
		t.Fatal(err, skipped)
	}
	slices.Sort(got)
	want := slices.Sorted(slices.Values(env))
	if !slices.Equal(got, want) {
		t.Errorf("got  %.200q\nwant %.200q", got, want)
	}
	for _, entry := range env {
		name, value, ok := strings.Cut(entry, "=")
		if got, err := Lookup(dir, name); ok && (err != nil || got != value) {
			t.Errorf("Lookup(%.20q) = %.20q, %v", name, got, err)
		}
	}
	if _, err := Lookup(dir, "NONE"); err != unix.ENOENT {
		t.Errorf("Lookup of what is not set: %v", err)
	}
}

// TestFirstOfRepeatedNamesCounts: getenv finds the first entry, so the store keeps that.
func TestFirstOfRepeatedNamesCounts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	if err := Dump(dir, proc.Env{"A=1", "A=2"}); err != nil {
		t.Fatal(err)
	}
	if got, err := Lookup(dir, "A"); got != "1" || err != nil {
		t.Errorf("A is %q, %v", got, err)
	}
}

// TestDumpThatFails: nothing is left, what was there stays.
func TestDumpThatFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	if err := Dump(dir, proc.Env{"A=1"}); err != nil {
		t.Fatal(err)
	}
	if err := Dump(dir, proc.Env{"A=2"}); err == nil {
		t.Error("a store was replaced")
	}
	if got, err := Lookup(dir, "A"); got != "1" || err != nil {
		t.Errorf("A is %q, %v", got, err)
	}
	if left, _ := filepath.Glob(dir + ".*"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestScriptsWriteTheStore covers what scripts do to it: echo and printf into files, truncate, remove.
func TestScriptsWriteTheStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	if err := Dump(dir, proc.Env{"KEPT=1", "GONE=1", "EMPTIED=1"}); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("ECHO", "value\n")
	write("PRINTF", "value")
	write("EMPTIED", "")
	write("a=b", "no variable has such a name\n")
	os.Remove(filepath.Join(dir, "GONE"))
	os.Symlink("ECHO", filepath.Join(dir, "LINK"))
	os.Symlink("GONE", filepath.Join(dir, "DANGLING"))
	os.Mkdir(filepath.Join(dir, "directory"), 0o755)
	got, skipped, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if want := []string{"ECHO=value", "KEPT=1", "LINK=value", "PRINTF=value"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !slices.Equal(skipped, []string{"directory"}) {
		t.Errorf("skipped %q", skipped)
	}
}
