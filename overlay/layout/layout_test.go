package layout

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func all(string) bool { return true }

// TestEntriesAreWhole: each path once, below a directory that comes before it.
func TestEntriesAreWhole(t *testing.T) {
	found := map[string]Entry{".": {Mode: fs.ModeDir}}
	for _, part := range Parts {
		seen := map[string]bool{".": true}
		for _, e := range Entries(part, all) {
			if seen[e.Path] || !seen[path.Dir(e.Path)] {
				t.Errorf("%s: %s is there twice or before its directory", part, e.Path)
			}
			seen[e.Path] = true
			found[e.Path] = e
		}
	}
	for _, name := range []string{"init", "command/with-contenv", "command/execlineb", "usr/bin/with-contenv", "usr/bin/execlineb",
		"package/admin/s6-overlay-3.2.3.2/etc/s6-rc/sources/top/contents.d/user2",
		"etc/s6-overlay/user-bundles.d/user/contents.d", "etc/s6-overlay/s6-rc.d/user/contents.d/syslogd-bundle"} {
		if _, ok := found[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
}

// TestScriptsAreExecutable: a text that starts with #! can be executed, unless it is a source of s6-rc.
func TestScriptsAreExecutable(t *testing.T) {
	for _, part := range Parts {
		for _, e := range Entries(part, all) {
			script := strings.HasPrefix(e.Text, "#!")
			want := fs.FileMode(0o644)
			if script && path.Base(e.Path) != "run" {
				want = 0o755
			}
			if e.Text != "" && e.Mode != want {
				t.Errorf("%s has mode %v, want %v", e.Path, e.Mode, want)
			}
		}
	}
}

func TestInstall(t *testing.T) {
	root := t.TempDir()
	outside := t.TempDir()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(outside, "program")
	must(os.WriteFile(program, []byte("binary"), 0o700))
	must(os.MkdirAll(filepath.Join(root, "lib/bin"), 0o700))
	must(os.Mkdir(filepath.Join(root, "usr"), 0o755))
	must(os.Symlink("../lib/bin", filepath.Join(root, "usr/bin")))
	must(os.WriteFile(filepath.Join(root, "init"), []byte("old"), 0o600))
	for range 2 { // the second time over the first
		for _, part := range Parts {
			must(Install(root, program, Entries(part, all)))
		}
	}
	check := func(name string, mode fs.FileMode, text string) {
		info, err := os.Lstat(filepath.Join(root, name))
		must(err)
		data, err := os.ReadFile(filepath.Join(root, name))
		must(err)
		if info.Mode() != mode || !strings.HasPrefix(string(data), text) {
			t.Errorf("%s is %v %q", name, info.Mode(), data)
		}
	}
	check("init", 0o755, "#!/command/s6box --script=init\n")
	check(Binary, 0o755, "binary")
	check("command/execlineb", linkMode, "binary")
	check("command/with-contenv", linkMode, "#!/command/s6box --script=with-contenv\n")
	check("lib/bin/with-contenv", linkMode, "#!/command/s6box --script=with-contenv\n")
	must(filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if _, serr := os.Stat(name); serr != nil && err == nil {
			t.Errorf("a link leads nowhere: %v", serr)
		}
		return err
	}))
	names, err := os.ReadDir(root)
	must(err)
	var got []string
	for _, n := range names {
		got = append(got, n.Name())
	}
	if want := []string{"command", "etc", "init", "lib", "package", "usr"}; !slices.Equal(got, want) {
		t.Errorf("root holds %q", got)
	}
}

func TestInstallStaysInside(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(root, "etc")); err != nil {
		t.Fatal(err)
	}
	if err := Install(root, "/dev/null", Entries(Noarch, all)); err == nil {
		t.Error("followed a link out of the root")
	}
	if names, _ := os.ReadDir(outside); len(names) > 0 {
		t.Errorf("wrote %v outside", names)
	}
}
