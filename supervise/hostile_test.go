package supervise

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/fifodir"
	"s6box/internal/needs"
	"s6box/internal/sys"
)

// nobody is the user the tests are another user as, or drop to.
const nobody = 65534

// asNobody runs a shell script as another user, and returns what it says.
func asNobody(t *testing.T, dir, script string) string {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	return string(out)
}

// Another user can neither give orders nor fake events nor plant files.
func TestAnotherUser(t *testing.T) {
	needs.Root(t)
	d := newDaemon(t)
	web := d.service("web", "run", sleeper)
	d.start()
	web.wait("u")
	for path, mode := range map[string]uint32{
		".s6-svscan": 0o40700, ".s6-svscan/control": 0o10600, ".s6-svscan/lock": 0o100600,
		"web/event": 0o43730, "web/supervise": 0o40700, "web/supervise/control": 0o10600,
		"web/supervise/lock": 0o100644, "web/supervise/status": 0o100644, "web/supervise/death_tally": 0o100644,
	} {
		var st unix.Stat_t
		d.check(unix.Lstat(filepath.Join(d.dir, path), &st))
		if st.Mode != mode || st.Uid != 0 {
			t.Errorf("%s: mode %o, want %o", path, st.Mode, mode)
		}
	}
	said := asNobody(t, web.dir, `try() { "$@" 2>/dev/null && echo "did $*"; }
try sh -c 'echo d >supervise/control'
try sh -c 'echo t >../.s6-svscan/control'
try mkfifo event/ftrig1:@000000000000000000000000:XXXXXX
try ln -s /etc/passwd event/ftrig1:@000000000000000000000000:YYYYYY
try ls event
try cat supervise/status
try touch supervise/status.new
true`)
	if said != "" {
		t.Errorf("another user\n%s", said)
	}
	if st := web.status(); !st.Up() {
		t.Errorf("status %+v", st)
	}
	d.stop("t")
}

// In a public event directory others may plant what they like: nothing is followed, nobody is harmed.
func TestPlantedEvents(t *testing.T) {
	needs.Root(t)
	d := newDaemon(t)
	web := d.service("web", "run", sleeper)
	d.check(fifodir.Make(sys.AT, web.dir+"/event", fifodir.Public, true))
	victim := filepath.Join(d.dir, ".victim")
	d.check(os.WriteFile(victim, []byte("safe"), 0o600))
	asNobody(t, web.dir+"/event", `ln -s ../../.victim ftrig1:@000000000000000000000000:XXXXXX
mkfifo ftrig1:@000000000000000000000000:YYYYYY
mkdir ftrig1:@000000000000000000000000:ZZZZZZ
: >ftrig1:@000000000000000000000000:AAAAAA`)
	d.start()
	web.wait("u")
	web.control("d")
	web.wait("dD")
	if got, _ := os.ReadFile(victim); string(got) != "safe" {
		t.Errorf("the victim holds %q", got)
	}
	d.stop("t")
}

// probe tells what a service has inherited.
const probe = `#!/bin/sh
exec >probe 2>&1
ls -l /proc/self/fd | sed -n 's/.* \([0-9]*\) -> /\1 /p' | grep -v /proc/
grep -E '^Sig(Blk|Ign|Cgt)|^(Umask|NoNewPrivs)' /proc/self/status
cat /proc/self/limits
env | grep -v -E '^(PWD|OLDPWD|SHLVL|_)='
echo >&3
exec 3>&-
exec sleep 100000
`

// Nothing of the supervisor's gets into services: no descriptor, limit, signal or variable.
func TestNothingInherited(t *testing.T) {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range open {
		if fd, _ := strconv.Atoi(entry.Name()); fd > 2 {
			unix.CloseOnExec(fd) // what the test has inherited is not the supervisor's
		}
	}
	d := newDaemon(t)
	web := d.service("web", "run", probe, "notification-fd", "3")
	d.service("other", "run", sleeper)
	d.service("other/log", "run", sleeper)
	d.start(func(cmd *exec.Cmd) {
		cmd.Env = []string{"PATH=/usr/bin:/bin", "KEPT=yes"}
		limited := []string{"-c", `ulimit -Sn 777; ulimit -Sc 0; umask 027; exec "$0" "$@"`, cmd.Path, "-d", "3", "-C", "2000", d.dir}
		link := filepath.Join(d.t.TempDir(), "s6-svscan")
		d.check(os.Symlink(cmd.Path, link))
		limited[2] = link
		cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh"}, limited...)
	})
	web.wait("U")
	data, err := os.ReadFile(web.dir + "/probe")
	d.check(err)
	text := string(data)
	own, err := os.ReadFile("/proc/self/status")
	d.check(err)
	ignored := regexp.MustCompile(`\nSigIgn:.*\n`).Find(own) // what this test was started with
	for _, want := range []string{"\nSigBlk:\t0000000000000000\n", string(ignored), "\nUmask:\t0027\n", "\nKEPT=yes\n"} {
		if !strings.Contains("\n"+text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "Max open files") && fields[3] != "777":
			t.Errorf("limit of descriptors: %s", line)
		case len(fields) == 2 && !strings.Contains("0123", fields[0]) && !strings.Contains(fields[0], ":"):
			t.Errorf("descriptor %s", line)
		case strings.Contains(line, "="), strings.HasPrefix(line, "GO"):
			if name, _, _ := strings.Cut(line, "="); name != "PATH" && name != "KEPT" {
				t.Errorf("variable %s", line)
			}
		}
	}
	d.stop("q") // its logger does not wait for the end of its input
}
