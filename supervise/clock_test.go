package supervise

import (
	"os"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/internal/tai"
)

// The clock may be set, by a year either way, whatever a service is doing: files tell the time that it is
// then, and nothing that is waited for comes sooner or later.
func TestClockIsSet(t *testing.T) {
	const year = 365 * 24 * time.Hour
	var offset atomic.Int64
	now := func() tai.Stamp { return tai.Now().Add(time.Duration(offset.Load())) }
	said := scratchFile(t)
	e := looped(t, said, func(o *Options) { o.Clock = now })
	d := newDaemon(t)
	web := d.service("web", "run", readySleeper, "notification-fd", "3", "finish", sleeper, "timeout-finish", "50")
	poor := d.service("poor", "run", "#!/bin/sh\nexit 4\n")
	sc := d.scan(e, ScanOptions{})
	truth := func(st tai.Stamp, what string) {
		t.Helper()
		if ago := now().Sub(st); ago < 0 || ago > testPatience {
			t.Errorf("%s is stamped %v ago", what, ago)
		}
	}
	web.wait("uU")
	poor.wait("dD")
	for _, step := range []time.Duration{-year, 2 * year, -year} {
		d.check(unix.Kill(web.status().Pid, unix.SIGKILL))
		web.wait("d")
		offset.Add(int64(step)) // while the finish script of web runs, and poor waits to be started again
		web.wait("DuU")
		poor.wait("udD")
		st := web.status()
		truth(st.Stamp, "web")
		truth(st.ReadyStamp, "the readiness of web")
		truth(poor.status().Stamp, "poor")
		deaths, err := readDeaths(sys.AT, poor.dir)
		d.check(err)
		truth(deaths[len(deaths)-1].Stamp, "the last death of poor")
	}
	d.end(e, sc)
	const late = "s6-supervise web: warning: finish script lifetime reached maximum value - sending it a SIGKILL\n"
	if text, err := os.ReadFile(said.Name()); err != nil || string(text) != late+late+late+late {
		t.Errorf("said %s, %v", text, err)
	}
}
