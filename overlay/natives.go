package overlay

import (
	"s6box/rc/db"
	"s6box/rc/live"
	"s6box/rc/runner"
	"s6box/supervise"
)

// natives are the services that are functions of this process, by their names in the scan directory.
func (l *life) natives() map[string]supervise.Native {
	dir := &live.Dir{Path: l.run + "/s6-rc"}
	oneshots := &runner.Server{
		Scripts: runner.Scripts{Live: dir, Env: l.env},
		Engine:  l.engine,
	}
	return map[string]supervise.Native{
		"s6-linux-init-shutdownd": l.takeOrders,
		db.OneshotRunner:          oneshots.Serve,
		db.Fdholder:               (&holder{dir}).serve,
	}
}
