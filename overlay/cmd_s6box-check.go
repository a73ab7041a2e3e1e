package overlay

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline"
	script "s6box/execline/lint"
	"s6box/internal/applet"
	"s6box/rc/lint"
)

var cmdS6boxCheck = applet.Applet{
	Name:  "s6box-check",
	Usage: "[ -P ] [ -i | -s ] [ -x rule ] file|tree...",
	Help: `s6box check TREE... says what is wrong with the services of an image before it runs, a line each:
FILE:LINE: error|warning: what (what to do) [rule]. Errors are what keeps the services from being compiled, all of
them at once; warnings are what compiles and is likely to go wrong later. A tree is a source directory, the directory
of an image's s6-rc.d, or the root of an image, and is taken together with the overlay's own services: base and the
like need not be there. Several trees are taken together; several roots are the layers of one image, the first one
at the bottom. Nothing is written and no service is touched.

s6box check FILE... says what is surely wrong in execline scripts: FILE:LINE:COLUMN: what. Blocks and strings without
an end, commands that want a block and get none, options that a command does not have, missing arguments, and
variables that nothing defines in a script run with execlineb -P (or -S, -s).

  -P        scripts without a first line are run with execlineb -P; files named up and down are anyway
  -i        the trees are an image's: by default those that are called s6-rc.d or have a bundle user
  -s        the trees are plain sources of s6-rc: nothing else is there
  -x RULE   leave a rule out; may be repeated

Rules:
` + lint.Rules + `
Exit codes: 0 nothing found, 1 something found, 100 wrong usage, 111 something can't be read.

Example: s6box check root/etc/s6-overlay/s6-rc.d
`,
	Run: runCheck,
}

// check is one call of s6box check.
type check struct {
	inv     *applet.Invocation
	bare    bool // -P
	kind    byte // 'i', 's', or 0 to guess
	without []string
	out     strings.Builder
}

func runCheck(inv *applet.Invocation) error {
	c := &check{inv: inv}
	err := inv.Getopt("Pisx:", func(opt byte, value string) error {
		switch opt {
		case 'P':
			c.bare = true
		case 'x':
			return c.leaveOut(value)
		default:
			c.kind = opt
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	var trees []string
	for _, arg := range inv.Args {
		var st unix.Stat_t
		if unix.Stat(arg, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR {
			trees = append(trees, arg)
		} else if err := c.file(arg); err != nil {
			return err
		}
	}
	failed := c.trees(trees)
	if _, err := inv.Proc.Stdout().Write([]byte(c.out.String())); err != nil {
		return applet.System(err, "write to stdout")
	}
	if failed == nil && c.out.Len() > 0 {
		return applet.Exit(1)
	}
	return failed
}

func (c *check) leaveOut(rule string) error {
	if names := lint.Names(); !slices.Contains(names, rule) {
		return applet.Fatal(applet.ExitUsage, "unknown rule: %s (there are %s)", rule, strings.Join(names, ", "))
	}
	c.without = append(c.without, rule)
	return nil
}

// file checks an execline script.
func (c *check) file(file string) error {
	src, err := execline.ReadScript(c.inv, file)
	if err != nil {
		return err
	}
	base := path.Base(file)
	for _, f := range script.Check(src, lint.Usage, c.bare || base == "up" || base == "down") {
		fmt.Fprintf(&c.out, "%s:%d:%d: %s\n", file, f.Line, f.Col, f.Msg)
	}
	return nil
}
