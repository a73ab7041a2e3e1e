package rc

import (
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
