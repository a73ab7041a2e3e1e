package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhichProgramRuns checks that a name means the first file of that name along PATH, whoever it belongs
// to, and one of our commands where there is none.
func TestWhichProgramRuns(t *testing.T) {
	dir := t.TempDir()
	bin, user, links := filepath.Join(dir, "bin"), filepath.Join(dir, "user"), filepath.Join(dir, "links")
	for _, d := range []string{bin, user, links} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	link(t, bin, binary(t))
	for _, name := range []string{"if", "cd", "s6-echo"} {
		writeFile(t, filepath.Join(user, name), "#!/bin/sh\necho \"user's $0 $*\"\n")
		if err := os.Symlink(filepath.Join(bin, name), filepath.Join(links, name)); err != nil {
			t.Fatal(err)
		}
	}
	plain := filepath.Join(dir, "plain")
	if err := os.Mkdir(plain, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(plain, "s6-echo"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, path, argv, want string }{
		{"user's first", user + ":" + bin, "BIN/exec if { s6-echo a } b", "user's USER/if { s6-echo a } b"},
		{"user's behind a chain", user + ":" + bin, "BIN/export A b umask 022 cd /", "user's USER/cd /"},
		{"user's in a block", user + ":" + bin, "BIN/if _s6-echo _a . BIN/s6-true", "user's USER/s6-echo a"},
		{"ours first", bin + ":" + user, "BIN/exec if _s6-echo _a . s6-echo b", "a\nb"},
		{"ours by absolute path", user, "BIN/exec BIN/s6-echo a", "a"},
		{"ours by a link to a link", user, "BIN/exec LINKS/s6-echo a", "a"},
		{"the user's by absolute path", bin, "BIN/exec USER/s6-echo a", "user's USER/s6-echo a"},
		{"ours by a relative path", user, "BIN/cd BIN ./s6-echo a", "a"},
		{"the user's by a relative path", bin, "BIN/cd USER ./s6-echo a", "user's ./s6-echo a"},
		{"an empty directory is the working directory", "", "BIN/cd USER s6-echo a", "user's ./s6-echo a"},
		{"an empty one behind ours", bin + ":", "BIN/cd USER s6-echo a", "a"},
		{"PATH that holds nothing", "/nowhere", "BIN/exec if _s6-true . s6-echo a", "a"},
		{"no PATH", "-", "BIN/exec if _s6-true . s6-echo a", "a"},
		{"a file that can't be executed is passed over", plain + ":" + bin, "BIN/exec s6-echo a", "a"},
		{"s6box itself names ours", user + ":" + bin, "BIN/s6box s6-echo a", "a"},
		{"another argv0", bin, "BIN/exec -a other s6-echo a", "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			expand := strings.NewReplacer("BIN", bin, "USER", user, "LINKS", links)
			argv := strings.Fields(expand.Replace(tt.argv))
			for i, word := range argv {
				if word = strings.Replace(word, "_", " ", 1); word == "." {
					word = ""
				}
				argv[i] = word
			}
			cmd := exec.Command(argv[0], argv[1:]...)
			cmd.Env = []string{"PATH=" + tt.path}
			if tt.path == "-" {
				cmd.Env = []string{"A=b"}
			}
			out, err := combined(cmd)
			if got := strings.TrimSpace(out); err != nil || got != expand.Replace(tt.want) {
				t.Errorf("got %q, %v; want %q", got, err, expand.Replace(tt.want))
			}
		})
	}
}
