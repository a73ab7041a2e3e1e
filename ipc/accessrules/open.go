package accessrules

import (
	"s6box/internal/applet"
	"s6box/internal/cdb"
	"s6box/internal/sys"
)

// Open opens the ruleset that one of the options -i and -x of a command names; nil if neither does.
func Open(inv *applet.Invocation, dir, file string) (Rules, error) {
	if dir != "" {
		path, err := inv.Proc.Path(dir)
		return Dir{FD: sys.AT, Path: path}, err
	}
	if file == "" {
		return nil, nil
	}
	path, err := inv.Proc.Path(file)
	if err != nil {
		return nil, err
	}
	reader, err := cdb.Open(sys.AT, path)
	if err != nil {
		return nil, applet.System(err, "cdb_init %s", file)
	}
	return Compiled{Reader: reader}, nil
}
