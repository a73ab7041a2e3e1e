package change

import (
	"os"
	"time"

	"s6box/internal/sys"
	"s6box/logging/recent"
	"s6box/rc/db"
	"s6box/rc/live"
	"s6box/supervise"
)

// catchall is the service that logs what services without a logger say, where there is one.
const catchall = "s6-svscan-log"

// telling tells whether the end of a log may say why a transition failed. Of oneshots there is none: they write to where
// s6-rc itself does.
func telling(res result) bool {
	return res.t.Longrun && res.t.Op == Up && !res.OK() && res.Signal == 0 && res.Code != codeNoSupervisor
}

// said is the end of the log of a longrun, from since on: that of its logger, or else of the logger of everything, unless
// that is where our own messages go, right behind.
func (x *Executor) said(t Transition, since time.Time) (log recent.Log, shared bool) {
	reader := x.DB.Services[t.Service].Consumer
	for range x.DB.Longruns {
		if reader == db.None {
			break
		}
		s := &x.DB.Services[reader]
		if log := recent.Read(pidOf(x.Live.Servicedir(s.Name)), since); log.File != "" {
			return log, false
		}
		reader = s.Consumer
	}
	scandir, err := os.Readlink(x.Live.Path + "/" + live.Scandir)
	if err != nil {
		return recent.Log{}, false
	}
	pid := pidOf(scandir + "/" + catchall)
	if recent.Reads(pid, int(x.Out)) {
		return recent.Log{}, false
	}
	return recent.Read(pid, since), true
}

// pidOf is the process of a service; of none the file system knows nothing.
func pidOf(servicedir string) int {
	status, err := supervise.ReadStatus(sys.AT, servicedir)
	if err != nil {
		return 0
	}
	return int(status.Pid)
}

// quote says what the log of a service had to say.
func (r *run) quote(res result) {
	if len(res.said.Lines) == 0 {
		return
	}
	text := "last lines of service " + res.t.Name + " in " + res.said.File + ":"
	if res.shared {
		text = "last lines since service " + res.t.Name + " was told to start in " + res.said.File + ", the log of all services that have no logger:"
	}
	r.Say(1, "warning", text)
	for _, line := range res.said.Lines {
		r.Say(1, "warning", "| "+line)
	}
}
