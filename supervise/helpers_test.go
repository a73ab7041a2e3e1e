package supervise

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/needs"
	"s6box/internal/sys"
)

// links makes a directory in which the commands of this package are found, and returns its name.
func (d *daemon) links(names ...string) string {
	d.t.Helper()
	exe, err := os.Executable()
	d.check(err)
	dir := d.t.TempDir()
	for _, name := range names {
		d.check(os.Symlink(exe, filepath.Join(dir, name)))
	}
	return dir
}

// until waits for what no event tells of.
func (d *daemon) until(what string, true func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(testPatience); !true(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			d.t.Fatalf("never so: %s\n%s", what, d.text())
		}
	}
}

// pipes is how many ends of pipes the daemon has open.
func (d *daemon) pipes() (n int) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", d.pid()))
	for _, file := range files {
		if target, _ := os.Readlink(file); strings.HasPrefix(target, "pipe:") {
			n++
		}
	}
	return n
}

// command is the command line of a process.
func command(pid int) string {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.ReplaceAll(string(line), "\x00", " ")
}

// A service lives on when what checks its readiness is killed. It is not ready, and can be restarted.
func TestKilledChecker(t *testing.T) {
	d := newDaemon(t)
	bin := d.links("s6-notifyoncheck", checkHelper)
	web := d.service("web", "notification-fd", "5",
		"run", "#!/bin/sh\nPATH="+bin+":$PATH\nexec s6-notifyoncheck -s 0 -w 10 -n 0 sleep 100000\n",
		"data/check", "#!/bin/sh\nexec test -e open\n")
	d.start()
	web.wait("u")
	before := d.pipes()
	pid := web.status().Pid
	d.check(unix.Kill(d.helper(pid, checkHelper), unix.SIGKILL))
	d.until("the daemon has closed its end of the notification pipe", func() bool { return d.pipes() == before-1 })
	if st := web.status(); !st.Up() || st.Ready || st.Pid != pid {
		t.Errorf("status %+v, was process %d", st, pid)
	}
	d.check(os.WriteFile(web.dir+"/open", nil, 0o644))
	web.control("r")
	web.wait("duU")
	d.stop("t")
}

// helper is the process called name that runs beside the program sleep, which is process pid.
func (d *daemon) helper(pid int, name string) (found int) {
	d.t.Helper()
	d.until(name+" runs beside the program", func() bool {
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		for _, word := range strings.Fields(string(children)) {
			var child int
			if fmt.Sscan(word, &child); strings.Contains(command(child), name) {
				found = child
			}
		}
		return found != 0 && strings.HasPrefix(command(pid), "sleep")
	})
	return found
}

// So it is with those that pass readiness on, to a socket and from it.
func TestKilledNotifiers(t *testing.T) {
	for _, name := range []string{fromSocketHelper, fromFdHelper} {
		t.Run(name, func(t *testing.T) {
			d := newDaemon(t)
			bin := d.links("s6-notify-fd-from-socket", "s6-notify-socket-from-fd", fromSocketHelper, fromFdHelper)
			web := d.service("web", "notification-fd", "5", "run", "#!/bin/sh\nPATH="+bin+":$PATH\nexec s6-notify-fd-from-socket -f "+
				"s6-notify-socket-from-fd -f -d 4 sh -c 'test ! -e open || echo >&4; exec sleep 100000'\n")
			d.start()
			web.wait("u")
			pid := web.status().Pid
			helper := d.helper(pid, name)
			d.check(unix.Kill(helper, unix.SIGKILL))
			d.until("it is dead", func() bool { return command(helper) == "" })
			if st := web.status(); !st.Up() || st.Ready || st.Pid != pid {
				t.Errorf("status %+v, was process %d", st, pid)
			}
			d.check(os.WriteFile(web.dir+"/open", nil, 0o644))
			web.control("r")
			web.wait("duU")
			d.stop("t")
		})
	}
}

// What waits for the lock of a service may be killed: it is the service that has died, and starts again.
func TestKilledLocker(t *testing.T) {
	d := newDaemon(t)
	web := d.service("web", "run", readySleeper, "notification-fd", "3", "lock-fd", "4", "down", "")
	d.start()
	web.wait("s")
	lock, err := os.Create(web.dir + "/supervise/service-lock")
	d.check(err)
	d.check(sys.Lock(int(lock.Fd())))
	web.control("u")
	web.wait("u")
	locker := web.status().Pid
	d.until("it waits for the lock", func() bool { return strings.HasPrefix(command(locker), "s6-setlock") })
	d.check(unix.Kill(locker, unix.SIGKILL))
	web.wait("dDu")
	d.says("another instance of the service is already running, child will block", 2)
	if st := web.status(); !st.Up() || st.Ready || st.Exit.Signal() != 0 && st.Exit.Signal() != unix.SIGKILL {
		t.Errorf("status %+v", st)
	}
	d.check(lock.Close())
	web.wait("U")
	d.stop("t")
}

// A thousand clients at once are all served, and leave nothing behind.
func TestThousandCommands(t *testing.T) {
	d := newDaemon(t)
	bin := d.links("s6-svc")
	web, other := d.service("web", "run", sleeper), d.service("other", "run", sleeper)
	d.start()
	web.wait("u")
	other.wait("u")
	before, pid := d.fds(), web.status().Pid
	cmd := exec.Command("/bin/sh", "-c", `i=0 all=
while test $i -lt 1000; do
	s6-svc -c "$1" &
	all="$all $!" i=$((i+1))
done
for pid in $all; do wait $pid || echo "$pid exits $?"; done`, "sh", web.dir)
	cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin", "GOMAXPROCS=1"}
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
	other.control("r")
	other.wait("du")
	web.control("d") // behind the thousand
	web.wait("dD")
	if st := web.status(); st.WantUp || st.Exit.Signal() != unix.SIGTERM {
		t.Errorf("status %+v of process %d", st, pid)
	}
	if after := d.fds(); after > before+headroom {
		t.Errorf("%d descriptors, then %d", before, after)
	}
	if n := len(d.children()); n != 1 {
		t.Errorf("%d children with one service up", n)
	}
	d.stop("t")
}

// Services that have come and gone leave nothing in the engine: no goroutine, no child, no descriptor, no
// deadline.
func TestNothingAccumulates(t *testing.T) {
	said := scratchFile(t)
	e := looped(t, said)
	d := newDaemon(t)
	sc := d.scan(e, ScanOptions{})
	count := func() (counts [5]int) {
		e.Do(func() {
			counts = [5]int{len(sc.services), len(e.children), len(e.slots) - len(e.free), len(sc.names), len(sc.watchers)}
		})
		return counts
	}
	before, goroutines := count(), runtime.NumGoroutine()
	for range 3 {
		var all []*listener
		for i := range 20 {
			name := fmt.Sprintf("s%d", i)
			all = append(all, d.service(name, "run", readySleeper, "notification-fd", "3", "finish", "#!/bin/sh\n"),
				d.service(name+"/log", "run", "#!/bin/sh\nexec cat\n"))
		}
		e.Do(sc.Scan)
		for _, l := range all {
			l.wait("u")
			l.control("r")
		}
		for _, l := range all {
			l.wait("du")
		}
		for i := range 20 {
			d.check(os.Rename(fmt.Sprintf("%s/s%d", d.dir, i), fmt.Sprintf("%s/.s%d", d.dir, i)))
		}
		e.Do(func() {
			sc.Scan()
			sc.Command('n')
		})
		for i, l := range all {
			l.wait("dDx")
			l.Release()
			if i%2 == 1 { // its logger is gone as well
				d.check(os.RemoveAll(fmt.Sprintf("%s/.s%d", d.dir, i/2)))
			}
		}
		if after := count(); after != before {
			t.Errorf("services, children, descriptors, names, watchers: %v, then %v", before, after)
		}
		if n := runtime.NumGoroutine(); n > goroutines {
			t.Errorf("%d goroutines, then %d", goroutines, n)
		}
	}
	d.end(e, sc)
	if text, _ := os.ReadFile(said.Name()); len(text) > 0 {
		t.Errorf("said %s", text)
	}
}

// onTmpfs mounts a file system for the scan directory alone.
func (d *daemon) onTmpfs(options string) {
	d.t.Helper()
	needs.Root(d.t)
	d.check(unix.Mount("tmpfs", d.dir, "tmpfs", 0, options))
	d.t.Cleanup(func() { unix.Unmount(d.dir, unix.MNT_DETACH) })
}
