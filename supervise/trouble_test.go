package supervise

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/needs"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

// startAsNobody has another user supervise the services, with a program that has the mode.
func (d *daemon) startAsNobody(mode os.FileMode, services ...*listener) {
	d.t.Helper()
	d.check(os.Chown(d.dir, nobody, nobody))
	for _, l := range services {
		d.check(os.Chown(l.dir, nobody, nobody))
		d.check(os.Chown(l.dir+"/event", nobody, nobody))
		d.check(os.Chmod(l.dir+"/event", 0o3730))
	}
	exe, err := os.Executable()
	d.check(err)
	copied := filepath.Join(d.t.TempDir(), "tests") // where the other user may execute it
	data, err := os.ReadFile(exe)
	d.check(err)
	d.check(os.WriteFile(copied, data, mode))
	for dir := filepath.Dir(copied); dir != os.TempDir(); dir = filepath.Dir(dir) {
		d.check(os.Chmod(dir, 0o755))
	}
	d.start(func(cmd *exec.Cmd) {
		cmd.Path = copied
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	})
}

// The kernel lets nobody look into a process whose program is not to be read, not even its children. Their
// directories are found all the same, also those that have been renamed.
func TestUnreadableProgram(t *testing.T) {
	needs.Root(t)
	d := newDaemon(t)
	web := d.service("web", "run", "#!/bin/sh\npwd -P >&2\nexec sleep 100000\n")
	d.startAsNobody(0o711, web)
	web.wait("u")
	d.says(web.dir+"\n", 1)
	moved := web.dir + ".moved"
	d.check(os.Rename(web.dir, moved))
	web.dir = moved
	web.control("r")
	web.wait("du")
	d.says(moved+"\n", 1)
	d.stop("t")
}

// A process that can't be started is told of and tried again; what runs goes on.
func TestForkRefused(t *testing.T) {
	needs.Root(t)
	d := newDaemon(t)
	web, late := d.service("web", "run", sleeper, "finish", "#!/bin/sh\n"), d.service("late", "run", sleeper, "down", "")
	d.startAsNobody(0o755, web, late)
	web.wait("u")
	late.wait("s")
	processes := func(soft string) {
		asNobody(t, "/", fmt.Sprintf("prlimit --pid %d --nproc=%s:", d.pid(), soft))
	}
	processes("1")
	late.control("u")
	d.says("s6-supervise late: warning: unable to spawn ./run (waiting 60 seconds): Resource temporarily unavailable", 1)
	if st := web.status(); !st.Up() {
		t.Errorf("status %+v", st)
	}
	web.control("d")
	web.wait("dD") // the turn that could not start the other one is over
	d.says("s6-supervise web: warning: unable to spawn ./finish: Resource temporarily unavailable\n", 1)
	if st := late.status(); st.Up() || !st.WantUp {
		t.Errorf("status %+v", st)
	}
	processes("4000")
	late.control("u")
	late.wait("u")
	d.stop("t")
}

// A run file that goes away is missed once, and back on the next order.
func TestRunVanishes(t *testing.T) {
	d := newDaemon(t)
	web, other := d.service("web", "run", readySleeper, "notification-fd", "3"), d.service("other", "run", sleeper)
	d.start()
	web.wait("U")
	other.wait("u")
	d.check(os.Rename(web.dir+"/run", web.dir+"/gone"))
	d.check(unix.Kill(web.status().Pid, unix.SIGKILL))
	d.says("s6-supervise web: warning: unable to spawn ./run (waiting 60 seconds): No such file or directory (there is no run)\n", 1)
	if st := web.status(); st.Up() || !st.WantUp || st.Exit.Signal() != unix.SIGKILL {
		t.Errorf("status %+v", st)
	}
	d.check(os.Rename(web.dir+"/gone", web.dir+"/run"))
	web.control("u")
	web.wait("uU")
	d.stop("t")
}

// While the supervise directory can't be written to, the service is supervised all the same, and the status
// is true as soon as it can.
func TestReadOnlySupervise(t *testing.T) {
	d := newDaemon(t)
	d.onTmpfs("size=1m,mode=755")
	web := d.service("web", "run", sleeper)
	state := web.dir + "/supervise"
	d.check(os.Mkdir(state, 0o700))
	d.start()
	web.wait("u")
	pid := web.status().Pid
	d.check(unix.Mount(state, state, "", unix.MS_BIND, "")) // over what is open for writing
	t.Cleanup(func() { unix.Unmount(state, unix.MNT_DETACH) })
	d.check(unix.Mount("", state, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""))
	d.check(unix.Kill(pid, unix.SIGKILL))
	web.wait("dDu")
	d.says("s6-supervise web: warning: unable to write supervise/status, trying again: Read-only file system\n", 1)
	d.check(unix.Unmount(state, unix.MNT_DETACH))
	web.control("O")
	web.control("k")
	web.wait("dD")
	if st := web.status(); st.Up() || st.WantUp || st.Exit.Signal() != unix.SIGKILL {
		t.Errorf("status %+v", st)
	}
	d.stop("t")
}

// Of a service directory only supervise and event need to be writable. Orders that would change another file
// are told of, and done as far as they can be (page s6-supervise).
func TestReadOnlyDirectory(t *testing.T) {
	d := newDaemon(t)
	d.onTmpfs("size=1m,mode=755")
	web := d.service("web", "run", sleeper)
	state := filepath.Join(d.dir, ".state")
	d.check(os.Mkdir(state, 0o755))
	d.check(os.Symlink("../.state/web", web.dir+"/supervise")) // leads nowhere as yet
	writable := []string{web.dir, web.dir + "/event"}
	for _, dir := range writable {
		d.check(unix.Mount(dir, dir, "", unix.MS_BIND, ""))
		t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	}
	d.check(unix.Mount("", web.dir, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""))
	d.start()
	web.wait("su")
	if _, err := os.Stat(state + "/web/status"); err != nil {
		t.Error(err)
	}
	web.control("D")
	web.wait("dD")
	d.says("s6-supervise web: warning: unable to create down: Read-only file system\n", 1)
	if st := web.status(); st.Up() || st.WantUp {
		t.Errorf("status %+v", st)
	}
	web.control("U")
	web.wait("u")
	d.stop("t")
	if n := strings.Count(d.text(), "\n"); n != 1 {
		t.Errorf("%d messages\n%s", n, d.text())
	}
}

// A service that forks a storm leaves orphans to nobody's care but the kernel's: the others do not notice,
// and its group can be ended.
func TestForkStorm(t *testing.T) {
	d := newDaemon(t)
	storm := d.service("storm", "notification-fd", "3",
		"run", "#!/bin/sh\ni=0\nwhile test $i -lt 300; do sh -c 'sleep 100000 & exec sleep 100000' & i=$((i+1)); done\necho >&3\nexec 3>&-\nwait\n")
	other := d.service("other", "run", sleeper)
	d.start()
	other.wait("u")
	storm.wait("U")
	other.control("r")
	other.wait("dDu")
	storm.control("OK")
	storm.wait("dD")
	if st := storm.status(); st.Exit.Signal() != unix.SIGKILL || st.Pid != 0 {
		t.Errorf("status %+v", st)
	}
	d.stop("t")
}

// Stamps of a future the clock has been set back from count as now, in files and to the engine.
func TestClockSetBack(t *testing.T) {
	d := newDaemon(t)
	web := d.service("web", "run", readySleeper, "notification-fd", "3")
	d.start()
	web.wait("U")
	const year = 365 * 24 * 3600
	st := web.status()
	future := st
	future.Stamp.Sec += year
	future.ReadyStamp.Sec += year
	d.check(writeStatus(sys.AT, web.dir, &future))
	v := &view{Status: web.status(), now: tai.Now(), normallyUp: true}
	if line := v.describe(false); !strings.HasSuffix(line, ") 0 seconds, ready 0 seconds") {
		t.Errorf("said %s", line)
	}
	d.check(unix.Kill(st.Pid, unix.SIGKILL))
	web.wait("dDuU")
	if again := web.status(); !again.Stamp.Before(future.Stamp) {
		t.Errorf("stamped %v after %v", again.Stamp, future.Stamp)
	}
	d.stop("t")
}
