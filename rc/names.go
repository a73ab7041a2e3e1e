package rc

import (
	"s6box/internal/applet"
	"s6box/internal/rundir"
	"s6box/rc/db"
	"s6box/rc/source"
)

// suggest is the end of a message about an identifier that a database does not have: the one that was meant,
// perhaps.
func suggest(d *db.DB, name string) string {
	candidates := make([]string, len(d.Names))
	for i, e := range d.Names {
		candidates[i] = e.Name
	}
	if near, ok := source.Nearest(name, candidates); ok {
		return " (did you mean " + near + "?)"
	}
	return ""
}

// defaultLive is the live directory where none is named.
func defaultLive(inv *applet.Invocation) string { return rundir.Of(inv.Proc.Env) + "/s6-rc" }
