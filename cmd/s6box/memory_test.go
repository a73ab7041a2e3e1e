package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMemoryOfAChain has chains print the most memory that their process ever had: 8 MB are allowed.
func TestMemoryOfAChain(t *testing.T) {
	bin := t.TempDir()
	link(t, bin, binary(t))
	const (
		most = 8 << 10 // kB
		tell = `sh -c "grep VmHWM /proc/$PPID/status"`
	)
	var numbers strings.Builder
	for i := range 1001 {
		fmt.Fprintf(&numbers, "%d ", i)
	}
	for name, script := range map[string]string{
		"short": "export A b cd / umask 022 fdmove 5 1 fdmove 1 5 foreground { s6-true } if { s6-true } foreground { " + tell + " } s6-true",
		"substitutions": "multisubstitute { define A b importas -D x C D elglob F /etc/* } backtick -E X { s6-cat /etc/passwd } " +
			"heredoc 0 ${X} foreground { s6-head -c 0 } foreground { " + tell + " } s6-true ${F}",
		"loop":     "forx -E i { " + numbers.String() + "} ifelse { eltest ${i} = 1000 } { " + tell + " } s6-true",
		"nested":   strings.Repeat("if { ", 20) + "s6-true" + strings.Repeat(" } foreground { s6-true }", 20) + " foreground { " + tell + " } s6-true",
		"comments": strings.Repeat("# a comment of some length\n", 40000) + "foreground { " + tell + " } s6-true",
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "script")
			writeFile(t, file, script)
			cmd := exec.Command(filepath.Join(bin, "execlineb"), "-P", file)
			cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin"}
			out, err := output(cmd, patience)
			if err != nil {
				t.Fatal(err)
			}
			kb := 0
			if _, err := fmt.Sscanf(out, "VmHWM: %d kB", &kb); err != nil || kb > most {
				t.Errorf("%q is more than %d kB, or nothing", out, most)
			}
		})
	}
}
