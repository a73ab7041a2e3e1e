package supervise

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"s6box/internal/interoptest"
)

// probe tells, in the file DIR/NAME.SCRIPT, all that a process has inherited, without what differs from one
// process to the next.
const fullProbe = `#!/bin/sh
PATH=/usr/bin:/bin
script=${0##*/}
exec 9>DIR/NAME.$script.new
{
	echo "arguments: $0 $# $1 $2 $3"
	echo "directory: $(pwd -P)"
	ls -l /proc/$$/fd
	grep flags /proc/$$/fdinfo/*
	env | grep -v -e ^PWD= -e ^OLDPWD= -e ^_= -e ^SHLVL= | sort
	grep -E '^(Umask|Groups|Uid|Gid|Sig(Blk|Ign)|Cap|NoNewPrivs|Seccomp|Cpus_allowed|Mems_allowed)' /proc/self/status # dash blocks signals while it starts it
	cat /proc/$$/limits
	read -r pid comm state ppid pgrp session tty rest </proc/$$/stat
	echo "leader $((pid == pgrp)) $((pid == session)) tty $tty nice $(nice)"
	echo "slack $(cat /proc/$$/timerslack_ns) dump $(cat /proc/$$/coredump_filter) oom $(cat /proc/$$/oom_score_adj)"
	chrt -p $$ | sed 's/.*: //'
} >&9 2>&1
exec 9>&-
mv DIR/NAME.$script.new DIR/NAME.$script
test $script = run || exit 0
test ! -e notification-fd || { echo >&3; exec 3>&-; }
case NAME in *log) exec cat ;; esac
exec sleep 100000
`

// odd starts s6-svscan with everything unlike the default. None of the signals ignored is one that s6-svscan
// handles: there ours differs, and gives services the default.
const odd = `exec 5</dev/null 6>side
ulimit -Sn 777; ulimit -Sc 0; ulimit -Ss 4096; ulimit -Hl 512
umask 027
trap '' PIPE TTOU TTIN TSTP IO
export KEPT='a  b
c=d' EMPTY= GOMAXPROCS=1 GODEBUG=
exec nice -n 3 setpriv --no-new-privs --bounding-set -sys_time chrt -b 0 s6-svscan -d 3 -X 5 scan`

// passing is what differs from one process to the next in what the probe tells.
var passing = regexp.MustCompile(`(?m)^total.*\n|^l[-rwx]+ .* \d\d:\d\d |/proc/\d+/fdinfo|\[\d+\]`)

// TestInteropInherited compares what the processes of a supervision tree inherit from ours and from C's: run
// and finish of a logged and of a lone service, loggers, and the scripts of the scan directory.
func TestInteropInherited(t *testing.T) {
	impl := interoptest.Implementations(t)
	for name, start := range map[string]string{"plain": "exec s6-svscan -d 3 scan", "odd": odd} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := inherited(t, impl[0], start), inherited(t, impl[1], start)
			const probes = 8
			if len(ours) != probes || len(theirs) != probes {
				t.Errorf("%d and %d probes", len(ours), len(theirs))
			}
			for name, want := range theirs {
				if got := ours[name]; got != want {
					t.Errorf("%s: from ours, but not from C's\n%sfrom C's, but not from ours\n%s",
						name, linesWithout(got, want), linesWithout(want, got))
				}
			}
		})
	}
}

// linesWithout returns the lines of a that b does not have.
func linesWithout(a, b string) string {
	var left strings.Builder
	for line := range strings.Lines(a) {
		if !strings.Contains("\n"+b, "\n"+line) {
			left.WriteString("\t" + line)
		}
	}
	return left.String()
}

// inherited runs a supervision tree of probes and returns what each of them has told.
func inherited(t *testing.T, impl interoptest.Implementation, start string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	write := func(path, text string) {
		path = dir + "/scan/" + path
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for file, name := range map[string]string{
		"lone/run": "lone", "lone/finish": "lone", "both/run": "both", "both/finish": "both", "both/log/run": "both-log",
		"s6-svscan-log/run": "s6-svscan-log", ".s6-svscan/SIGUSR1": "scan", ".s6-svscan/finish": "scan",
	} {
		write(file, strings.NewReplacer("DIR", dir, "NAME", name).Replace(fullProbe))
	}
	write("lone/notification-fd", "3\n")
	write("both/notification-fd", "3\n")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("env", "--default-signal", "bash", "-c", start)
	cmd.Dir, cmd.Env, cmd.ExtraFiles = dir, []string{"PATH=" + impl.Path}, []*os.File{w}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	r.Read(make([]byte, 1))
	session(t, dir, impl, fmt.Sprintf(`until s6-svwait -U -t 20000 scan/lone scan/both 2>/dev/null; do :; done
until test -e s6-svscan-log.run && test -e both-log.run; do :; done
kill -USR1 %d
until test -e scan.SIGUSR1; do :; done
s6-svc -wD -T 20000 -dk scan/lone
s6-svc -wD -T 20000 -dk scan/both
s6-svscanctl -t scan`, cmd.Process.Pid))
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", impl.Name, err, &said)
	}
	told := map[string]string{}
	for _, pattern := range []string{"/*.run", "/*.finish", "/*.SIG*"} {
		files, _ := filepath.Glob(dir + pattern)
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.NewReplacer(dir, "DIR", impl.Path, "PATH").Replace(string(data))
			told[filepath.Base(file)] = passing.ReplaceAllString(text, "")
		}
	}
	return told
}
