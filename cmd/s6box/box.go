package main

import (
	"strings"

	"s6box/internal/applet"
)

// box is the binary under its own name.
var box = applet.Applet{
	Name:  self,
	Usage: "--list | help [ command ] | command args...",
	Help: `s6box is the commands of s6-overlay in one program.

  s6box --list         print the name of every command
  s6box help COMMAND   what a command does
  s6box COMMAND ARGS   run a command; a link of that name does too, and a file that starts with
                       #!/command/s6box --script=COMMAND
`,
	Chain: runBox,
}

func runBox(inv *applet.Invocation) ([]string, error) {
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	switch word := inv.Args[0]; word {
	case "--list":
		return nil, list(inv)
	case "help", "--help", "-h":
		return nil, help(inv)
	default:
		if name, ok := strings.CutPrefix(word, "--script="); ok {
			return runScript(inv, name)
		}
		a := command(word)
		if a == nil {
			return nil, applet.Fatal(applet.ExitUsage, "unknown command: %s (s6box --list prints the commands there are)", word)
		}
		return inv.Become(a)
	}
}

// command finds what `s6box word` runs: a command of that name, or one that is this program's own and named
// s6box-word.
func command(word string) *applet.Applet {
	if a := applet.Lookup(word); a != nil {
		return a
	}
	return applet.Lookup(self + "-" + word)
}

// runScript runs the command of that name for a script whose first line asks for it:
// #!/command/s6box --script=NAME. The first argument is the path of the script.
func runScript(inv *applet.Invocation, name string) ([]string, error) {
	a := applet.Lookup(name)
	if a == nil || len(inv.Args) < 2 {
		return nil, applet.Fatal(applet.ExitUsage, "--script=%s: no such command, or not called by a script", name)
	}
	inv.Args = inv.Args[1:]
	return inv.Become(a)
}

func list(inv *applet.Invocation) error {
	var out strings.Builder
	for _, a := range applet.All() {
		out.WriteString(a.Name + "\n")
	}
	_, err := inv.Proc.Stdout().Write([]byte(out.String()))
	return err
}

func help(inv *applet.Invocation) error {
	a := inv.Applet
	if len(inv.Args) > 1 {
		if a = command(inv.Args[1]); a == nil {
			return applet.Fatal(applet.ExitUsage, "unknown command: %s", inv.Args[1])
		}
	}
	_, err := inv.Proc.Stdout().Write([]byte(a.Name + " " + a.Usage + "\n\n" + strings.TrimRight(a.Help, "\n") + "\n"))
	return err
}
