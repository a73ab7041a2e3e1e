package supervise

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

const everyField = "up,wantedup,normallyup,ready,paused,pid,pgid,exitcode,signal,signum,updownfor,readyfor"

func TestView(t *testing.T) {
	now := late
	past, ready := now.Add(-61*time.Second), now.Add(-5*time.Second)
	for _, c := range []struct {
		s          Status
		normallyUp bool
		line       string
		fields     string
	}{
		{Status{Stamp: past, ReadyStamp: ready, Pid: 42, WantUp: true}, true,
			"up (pid 42 pgid 42) 61 seconds",
			"true true true false false 42 42 -1 NA -1 61 5"},
		{Status{Stamp: past, ReadyStamp: ready, Pid: 42, Paused: true, Ready: true, Exit: proc.Exited(3)}, false,
			"up (pid 42 pgid 42) 61 seconds, normally down, paused, want down, ready 5 seconds",
			"true false false true true 42 42 -1 NA -1 61 5"},
		{Status{Stamp: past, ReadyStamp: ready, Ready: true, Exit: proc.Exited(3)}, true,
			"down (exitcode 3) 61 seconds, normally up, ready 5 seconds",
			"false false true false false -1 -1 3 NA -1 61 5"},
		{Status{Stamp: past, ReadyStamp: ready, Pid: 43, Finishing: true, WantUp: true, Exit: proc.Killed(unix.SIGTERM)}, false,
			"down (signal SIGTERM) 61 seconds, want up",
			"false true false false false -1 -1 -1 SIGTERM 15 61 5"},
		{Status{Stamp: past, ReadyStamp: ready, Exit: proc.Killed(64)}, false,
			"down (signal SIG???) 61 seconds",
			"false false false false false -1 -1 -1 SIG??? 64 61 5"},
		{notStarted(past, true), false,
			"down (not started yet) , want up",
			"false true false false false -1 -1 -1 NA -1 61 61"},
		{Status{Stamp: now.Add(time.Hour), ReadyStamp: now.Add(time.Hour), Pid: 42, WantUp: true, Ready: true}, true,
			"up (pid 42 pgid 42) 0 seconds, ready 0 seconds",
			"true true true true false 42 42 -1 NA -1 0 0"},
	} {
		v := &view{Status: c.s, now: now, normallyUp: c.normallyUp}
		if got := v.describe(false); got != c.line {
			t.Errorf("%+v:\ngot  %s\nwant %s", c.s, got, c.line)
		}
		var names []string
		if err := addFields(&names, everyField); err != nil {
			t.Fatal(err)
		}
		if got := v.fields(names); got != c.fields {
			t.Errorf("%+v:\ngot  %s\nwant %s", c.s, got, c.fields)
		}
	}
}
