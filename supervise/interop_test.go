package supervise

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/interoptest"
)

// TestInterop runs the same sessions with each implementation as s6-svscan and as its clients.
func TestInterop(t *testing.T) {
	impl := interoptest.Implementations(t)
	for _, s := range slices.Concat(sessions, loggerSessions, commandSessions, scandirSessions, directorySessions) {
		interoptest.Pairs(t, s.name, impl, func(t *testing.T, daemon, client interoptest.Implementation) {
			dir := t.TempDir()
			serve(t, dir, daemon.Path, s.setup, s.args)
			got := session(t, dir, client, sessionStart+s.client)
			if want := strings.TrimPrefix(s.want, "\n"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// serve runs s6-svscan, with more arguments if there are, on the directory scan until the test ends. It knows its own pid by the file pid. What
// started the tests may have ignored signals: a session has to see the default.
func serve(t *testing.T, dir, path, setup, args string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("env", "--default-signal", "sh", "-c", "mkdir scan\n"+setup+"\necho $$ >pid\nexec s6-svscan -d 3 "+args+" scan")
	cmd.Dir, cmd.Env, cmd.ExtraFiles = dir, []string{"PATH=" + path}, []*os.File{w}
	if cmd.Stderr, err = os.Create(filepath.Join(dir, "stderr")); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() {
		cmd.Process.Signal(unix.SIGTERM)
		last := time.AfterFunc(testPatience, func() { cmd.Process.Kill() })
		defer last.Stop()
		cmd.Wait()
		if t.Failed() {
			text, _ := os.ReadFile(filepath.Join(dir, "stderr"))
			t.Logf("the daemon said\n%s", text)
		}
	})
	if n, _ := r.Read(make([]byte, 1)); n != 1 {
		t.Fatal("s6-svscan did not become ready")
	}
}

func session(t *testing.T, dir string, client interoptest.Implementation, script string) string {
	t.Helper()
	cmd := exec.Command("timeout", "60", "sh", "-c", script)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, []string{"PATH=" + client.Path, "CLIENT=" + client.Name}, 2*testPatience
	var said strings.Builder // C's s6-ftrigrd may complain when its client is done first
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the client said\n%s", &said)
		}
	})
	return string(out)
}

// sessionStart are the words of the sessions. make NAME [FILE CONTENT]… makes a service directory, executable
// where it holds a script; add NAME… hands it to s6-svscan and waits for its supervisor to say so: it
// listens before the link is there, because the first scan may come late.
const sessionStart = `make() {
	dir=sv/$1
	mkdir -p $dir
	s6-mkfifodir $dir/event
	shift
	while test $# -gt 0; do
		printf '%s\n' "$2" >$dir/$1
		case $2 in '#!'*) chmod +x $dir/$1 ;; esac
		shift 2
	done
}
add() {
	for name; do
		s6-ftrig-listen1 -t 20000 sv/$name/event s sh -c "ln -s ../sv/$name scan && s6-svscanctl -a scan" >/dev/null
	done
}
hear() {
	service=$1 event=$2
	shift 2
	s6-ftrig-listen1 -t 20000 $service/event $event "$@" >/dev/null && echo $event
}
retried() { until "$@"; do test $CLIENT = C || return; done; } # C's misses a way down that the way up follows at once
unsupervised() { while s6-svok $1; do :; done; } # C's s6-supervise says x while it can still be reached
fields() { s6-svstat -o up,wantedup,normallyup,ready,paused,exitcode,signal,signum $1; }
code() { "$@" 2>/dev/null; echo "$1 exits $?"; }
here="#!/bin/sh
PATH='$PATH'"
sleeper='#!/bin/sh
exec sleep 100000'
ready='#!/bin/sh
echo >&3
exec 3>&-
exec sleep 100000'
talk='#!/bin/sh
sleep 100000 &
trap "echo $1: TERM >../../said; kill $!; exit" TERM
echo >&3
exec 3>&-
wait'
`
