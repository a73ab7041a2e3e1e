package mount

import (
	"s6box/internal/applet"
	"s6box/internal/mounts"
)

// readTable reads a table of mounts.
func readTable(file string) ([]mounts.Entry, error) {
	entries, err := mounts.Read(file)
	if err != nil {
		return nil, applet.System(err, "open %s", file)
	}
	return entries, nil
}
