package main

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestLastLines has longruns fail that have said why: to their logger, behind a filter, or to the logger of everything.
func TestLastLines(t *testing.T) {
	const giveUp = "#!/bin/sh\nexit 125\n"
	s := newScene(t, map[string]string{
		"web/type":                "longrun",
		"web/run":                 "#!/bin/sh\nexec 2>&1\necho first\nls $W/missing >/dev/null 2>&1 || echo can\\'t bind to port 80\nexit 1\n",
		"web/finish":              giveUp,
		"web/notification-fd":     "3",
		"web/producer-for":        "filter",
		"filter/type":             "longrun",
		"filter/run":              "#!/bin/sh\nexec sed -u s/first/second/\n",
		"filter/consumer-for":     "web",
		"filter/producer-for":     "weblog",
		"weblog/type":             "longrun",
		"weblog/run":              "#!/bin/sh\nexec s6-log -d3 -- t $W/weblog\n",
		"weblog/notification-fd":  "3",
		"weblog/consumer-for":     "filter",
		"site/type":               "oneshot",
		"site/up":                 "true",
		"site/dependencies.d/web": "",
		"late/type":               "longrun",
		"late/run":                "#!/bin/sh\necho still loading >$W/scan/s6-svscan-log/fifo\nexec sleep 1000\n",
		"late/notification-fd":    "3",
		"late/timeout-up":         "500",
		"job/type":                "oneshot",
		"job/up":                  "sh -c \"echo no such table >&2; exit 3\"",
		"mute/type":               "longrun",
		"mute/run":                "#!/bin/sh\nexit 1\n",
		"mute/finish":             giveUp,
		"mute/notification-fd":    "3",
	})
	logger := s.dir + "/scan/s6-svscan-log"
	os.Mkdir(logger, 0o755)
	if err := unix.Mkfifo(logger+"/fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(logger+"/notification-fd", []byte("3\n"), 0o644)
	os.WriteFile(logger+"/run", []byte("#!/bin/sh\nexec s6-log -d3 -- t "+s.dir+"/uncaught <>fifo\n"), 0o755)
	s.ok("s6-svscanctl", "-a", s.dir+"/scan")
	for s.command("s6-svwait", "-U", logger).Run() != nil {
	}
	change := func(stderr *os.File, service string) string {
		cmd := s.command("s6-rc", "-l", s.dir+"/live", "-u", "change", service)
		var said strings.Builder
		cmd.Stderr = &said
		if stderr != nil {
			cmd.Stderr = stderr
		}
		if cmd.Run() == nil {
			t.Errorf("%s came up", service)
		}
		return said.String()
	}
	const prefix = "s6-rc: warning: "
	for _, test := range []struct{ service, want string }{
		{"site", prefix + "unable to start service web: command exited 1 (permanent failure: its finish script exited 125)\n" +
			prefix + "last lines of service web in " + s.dir + "/weblog/current:\n" + prefix + "| second\n" + prefix + "| can't bind to port 80\n" +
			prefix + "not started because of web: site\n"},
		{"late", prefix + "unable to start service late: command exited 99 (timed out after 500 ms without becoming ready)\n" +
			prefix + "last lines since service late was told to start in " + s.dir + "/uncaught/current, the log of all services that have no logger:\n" +
			prefix + "| still loading\n"},
		{"job", "no such table\n" + prefix + "unable to start service job: command exited 3\n"},
		{"mute", prefix + "unable to start service mute: command exited 1 (permanent failure: its finish script exited 125)\n"},
	} {
		if got := change(nil, test.service); got != test.want {
			t.Errorf("of %s:\n%s\nwant:\n%s", test.service, got, test.want)
		}
	}
	fifo, err := os.OpenFile(logger+"/fifo", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer fifo.Close()
	change(fifo, "late")
	s.ok("s6-svc", "-wD", "-d", logger) // it has written all it was sent
	log, _ := os.ReadFile(s.dir + "/uncaught/current")
	if text := string(log); strings.Count(text, "unable to start service late") != 1 || strings.Contains(text, "last lines") {
		t.Errorf("where s6-rc itself writes to the logger of everything:\n%s", text)
	}
}

// TestSilentWait has s6-rc wait for longer than a second at verbosity 1: there is nothing to say.
func TestSilentWait(t *testing.T) {
	s := newScene(t, map[string]string{
		"slow/type": "longrun", "slow/notification-fd": "3", "slow/run": "#!/bin/sh\nsleep 1.2\necho >&3\nexec sleep 1000\n",
		"script/type": "oneshot", "script/up": "s6-sleep -m 1200", "script/down": "s6-sleep -m 1200",
	})
	for _, way := range []string{"-u", "-d"} {
		if said := s.ok("s6-rc", "-v1", "-l", s.dir+"/live", way, "change", "slow", "script"); said != "" {
			t.Errorf("on the way %s: %s", way, said)
		}
	}
}

// TestWaitingLine has s6-rc -v2 say what it waits for, after a second in which nothing has happened and before that is over.
func TestWaitingLine(t *testing.T) {
	s := newScene(t, map[string]string{
		"first/type": "oneshot", "first/up": "true",
		"slow/type": "longrun", "slow/notification-fd": "3", "slow/dependencies.d/first": "",
		"slow/run":    "#!/bin/sh\nread x <$W/go\necho >&3\nexec sleep 1000\n",
		"script/type": "oneshot", "script/up": "sh -c \"read x <$W/go2\"",
	})
	for _, name := range []string{"go", "go2"} {
		if err := unix.Mkfifo(s.dir+"/"+name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := s.command("s6-rc", "-l", s.dir+"/live", "-v2", "change", "slow", "script")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	over := guard(cmd, patience)
	var started time.Time
	waiting, said := "", ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		line := lines.Text()
		said += line + "\n"
		switch {
		case line == "s6-rc: info: service slow: starting":
			started = time.Now()
		case waiting == "" && strings.HasPrefix(line, "s6-rc: info: waiting for "):
			if waiting = line; time.Since(started) < 900*time.Millisecond {
				t.Errorf("too early: %v after the last event", time.Since(started))
			}
			for _, name := range []string{"go", "go2"} {
				go os.WriteFile(s.dir+"/"+name, []byte("now\n"), 0)
			}
		}
	}
	err = cmd.Wait()
	if over() || err != nil || started.IsZero() || !strings.HasSuffix(said, "successfully started\n") {
		t.Errorf("%v; it has said:\n%s", err, said)
	}
	if !strings.Contains(waiting, "slow to be ready (for 1") || !strings.Contains(waiting, "script to start (for 1") {
		t.Errorf("it has said:\n%s", said)
	}
}
