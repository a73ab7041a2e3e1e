package ipc

import (
	"errors"
	"strconv"

	"s6box/internal/applet"
	"s6box/internal/cdb"
	"s6box/internal/sys"
	"s6box/ipc/accessrules"
)

var cmdS6AccessrulesCdbFromFs = applet.Applet{
	Name:  "s6-accessrules-cdb-from-fs",
	Usage: "[ -m mode ] cdbfile dir",
	Help: `Compiles the ruleset in dir into cdbfile, which appears complete or not at all.

dir holds directories of rules (uid, gid, ip4, ip6, reversedns); a rule is a directory named after what it
matches, with a file allow or deny, and next to allow maybe a directory env, as s6-envdir has it, and a file
exec, an execline script to run instead of the program.

  -m, --mode=MODE  permissions of cdbfile, in octal (0600)

Exit codes: 100 usage, or a rule is too big; 111 a system call failed.

Example: s6-accessrules-cdb-from-fs /etc/rules.cdb /etc/rules
`,
	Run: runCompileRules,
}

var cmdS6AccessrulesFsFromCdb = applet.Applet{
	Name:  "s6-accessrules-fs-from-cdb",
	Usage: "dir cdbfile",
	Help: `Writes the ruleset compiled into cdbfile into the new directory dir.

Exit codes: 100 usage, 111 a system call failed or cdbfile is no ruleset.

Example: s6-accessrules-fs-from-cdb /tmp/rules /etc/rules.cdb
`,
	Run: runDecompileRules,
}

func runCompileRules(inv *applet.Invocation) error {
	mode := uint64(0o600)
	err := inv.Gol(applet.Option{Short: 'm', Long: "mode", Value: true, Set: func(value string) (err error) {
		if mode, err = strconv.ParseUint(value, 8, 32); err != nil {
			return applet.Fatal(applet.ExitUsage, "mode needs to be an unsigned integer (in octal)")
		}
		return nil
	}})
	if err != nil {
		return err
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	file, dir := inv.Args[0], inv.Args[1]
	data, err := accessrules.Compile(dir, func(path string) { inv.Warn("possibly truncated file %s", path) })
	if err != nil {
		return rulesError(err)
	}
	err = inv.Proc.WithUmask(0o777&^int(mode), func() error {
		return sys.RewriteFile(sys.AT, file, data, uint32(mode))
	})
	if err != nil {
		return applet.System(err, "write %s", file)
	}
	return nil
}

func rulesError(err error) error {
	var path *accessrules.PathError
	var big *accessrules.TooBigError
	switch {
	case errors.As(err, &big):
		return applet.Fatal(applet.ExitUsage, "%s", err)
	case errors.As(err, &path):
		return applet.System(path.Err, "%s %s", path.Op, path.Path)
	}
	return applet.Fatal(applet.ExitSystem, "%s", err)
}

func runDecompileRules(inv *applet.Invocation) error {
	if len(inv.Args) > 0 && inv.Args[0] == "--" {
		inv.Args = inv.Args[1:]
	}
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	dir, file := inv.Args[0], inv.Args[1]
	reader, err := cdb.Open(sys.AT, file)
	if err != nil {
		return applet.System(err, "cdb_init %s", file)
	}
	if err := accessrules.Decompile(reader, dir); err != nil {
		return rulesError(err)
	}
	return nil
}
