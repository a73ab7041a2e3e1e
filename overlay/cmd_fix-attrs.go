package overlay

import (
	"fmt"
	"io"

	"s6box/internal/applet"
	"s6box/withcontenv"
)

var cmdFixAttrs = applet.Applet{
	Name: "fix-attrs",
	Help: `Applies the rules on its standard input, a line each: path recurse account fmode dmode. The path may be a
pattern, recurse is true or false, the account user, user:group or ids, with ids for want of them after a
comma, the modes of files and of directories are octal. Hidden files are passed over in recursion unless
S6_FIX_ATTRS_HIDDEN is a number other than 0.

Exit codes: 1 a rule is wrong or could not be applied.

Example: heredoc 0 "/data true app,1000:1000 0640 0750" fix-attrs
`,
	Run: runFixAttrs,
}

func runFixAttrs(inv *applet.Invocation) error {
	text, err := io.ReadAll(inv.Proc.Stdin())
	if err != nil {
		return applet.System(err, "read from stdin")
	}
	hidden, err := withcontenv.Lookup(withcontenv.Dir(inv.Proc.Env), "S6_FIX_ATTRS_HIDDEN")
	if err != nil {
		hidden, _ = inv.Proc.Env.Get("S6_FIX_ATTRS_HIDDEN")
	}
	n, _ := applet.ParseUint(hidden)
	ok := fixFile(string(text), n != 0, func(line int, err error) {
		applet.Say(inv.Proc.Stderr(), inv.Prog, "warning", fmt.Sprintf("line %d: %v", line, err))
	})
	if !ok {
		return applet.Exit(1)
	}
	return nil
}
