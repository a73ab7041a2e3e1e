package supervise

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// many makes n services that stay down, and returns their directories.
func (d *daemon) many(n int) (dirs []string) {
	d.t.Helper()
	for i := range n {
		dir := fmt.Sprintf("%s/s%05d", d.dir, i)
		d.check(os.Mkdir(dir, 0o755))
		d.check(os.WriteFile(dir+"/run", []byte(sleeper), 0o755))
		d.check(os.WriteFile(dir+"/down", nil, 0o644))
		dirs = append(dirs, dir)
	}
	return dirs
}

// supervised is how many of the services have a supervisor.
func (d *daemon) supervised(dirs []string) (n int) {
	d.t.Helper()
	for _, dir := range dirs {
		ok, err := Running(sys.AT, dir)
		d.check(err)
		if ok {
			n++
		}
	}
	return n
}

// Ten thousand services are not too many, for they need less than a descriptor each; those that rest without any are
// supervised as others are, and none is left behind when they go.
func TestManyServices(t *testing.T) {
	d := newDaemon(t)
	var files unix.Rlimit
	d.check(unix.Getrlimit(unix.RLIMIT_NOFILE, &files))
	n := 10000
	if unix.Mount("tmpfs", d.dir, "tmpfs", 0, "mode=755") == nil {
		t.Cleanup(func() { unix.Unmount(d.dir, unix.MNT_DETACH) })
	} else {
		n = 2000 // what has to be written to a disk takes too long
	}
	n = min(n, int(files.Max)-100)
	first := d.service("a", "run", sleeper)
	d.start(func(cmd *exec.Cmd) { cmd.Args = append(cmd.Args[:1], "-d", "3", "-C", "10002", d.dir) })
	first.wait("u") // the first scan is over: it must not find services before they are listened to
	before := d.fds()
	dirs := d.many(n)
	var some []*listener // on the way to the last one
	for i := 0; i < n; i += 500 {
		some = append(some, d.service(filepath.Base(dirs[i])))
	}
	last := d.service("zlast", "run", sleeper)
	d.check(ControlScandir(sys.AT, d.dir, "a"))
	for _, l := range some {
		l.wait("s")
		l.Release()
	}
	last.wait("su")
	if got := d.supervised(dirs); got != n {
		t.Errorf("%d of %d services are supervised\n%s", got, n, d.text())
	}
	if n := len(d.children()); n != 2 {
		t.Errorf("%d processes for two services that are up", n)
	}
	if fds := d.fds(); fds > before+n/4+1500 {
		t.Errorf("%d descriptors for %d services", fds, n)
	}
	d.resting(dirs[n-1])
	for _, dir := range dirs {
		d.check(os.RemoveAll(dir))
	}
	d.check(ControlScandir(sys.AT, d.dir, "an"))
	last.control("r")
	last.wait("dDu")
	if after := d.fds(); after > before+headroom {
		t.Errorf("%d descriptors, then %d", before, after)
	}
	d.stop("t")
}

// resting shows that a service that has no descriptors of the supervisor's is locked, obeys, and is the same one when its
// directory has moved.
func (d *daemon) resting(dir string) {
	d.t.Helper()
	l := d.service(filepath.Base(dir))
	defer l.Release()
	locked := func(dir string) bool {
		fd, err := sys.Open(sys.AT, dir+"/supervise/lock", unix.O_RDONLY, 0)
		d.check(err)
		defer unix.Close(fd)
		taken, err := sys.Locked(fd)
		d.check(err)
		return taken
	}
	if !locked(dir) {
		d.t.Errorf("%s is not locked", dir)
	}
	l.control("u")
	l.wait("u")
	moved := filepath.Dir(dir) + "/.moved"
	d.check(os.Rename(dir, moved))
	d.check(Control(sys.AT, moved, "r"))
	l.wait("du")
	d.check(Control(sys.AT, moved, "d"))
	l.wait("dD")
	if st, err := ReadStatus(sys.AT, moved); err != nil || st.Pid != 0 {
		d.t.Errorf("status of the directory that has moved: %+v, %v", st, err)
	}
	d.check(os.Rename(moved, dir))
	if !locked(dir) {
		d.t.Errorf("%s is not locked any more", dir)
	}
}

// The pipes between services and their loggers have no descriptors either where there are many. They lose nothing when
// one of the two starts again, and a logger still sees the end of its input.
func TestLoggerPipesRest(t *testing.T) {
	said := scratchFile(t)
	e := looped(t, said)
	d := newDaemon(t)
	for range crowd {
		fd, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		d.check(err)
		t.Cleanup(func() { unix.Close(fd) })
	}
	const producer = "#!/bin/sh\necho line $$\necho >&3\nexec sleep 100000\n"
	var apps, logs []*listener
	for _, name := range []string{"a", "b", "c"} {
		apps = append(apps, d.service(name, "run", producer, "notification-fd", "3"))
		logs = append(logs, d.service(name+"/log", "run", "#!/bin/sh\nexec cat >>out\n"))
	}
	before := pipeEnds()
	sc := d.scan(e, ScanOptions{})
	for i, app := range apps {
		logs[i].wait("u")
		app.wait("U")
		d.check(unix.Kill(logs[i].status().Pid, unix.SIGTERM))
		d.check(unix.Kill(app.status().Pid, unix.SIGTERM))
		logs[i].wait("du")
		app.wait("dU")
	}
	if n := pipeEnds(); n != before {
		t.Errorf("%d ends of pipes have descriptors, before it was %d", n, before)
	}
	d.end(e, sc)
	for i, log := range logs {
		if st := log.status(); st.Exit != 0 || st.Pid != 0 {
			t.Errorf("logger %d: status %+v, not ended by the end of its input", i, st)
		}
		out, err := os.ReadFile(log.dir + "/out")
		d.check(err)
		if n := strings.Count(string(out), "line "); n < 1 || n > 2 { // the logger that was killed may have had the first
			t.Errorf("logger %d has %q", i, out)
		}
	}
}

// pipeEnds is how many ends of pipes this process has descriptors of.
func pipeEnds() (n int) {
	files, _ := filepath.Glob("/proc/self/fd/*")
	for _, file := range files {
		if target, _ := os.Readlink(file); strings.HasPrefix(target, "pipe:") {
			n++
		}
	}
	return n
}

// Where there are too few descriptors for all services, those that have theirs go on, one message says what
// to do, and the rest is taken up once there are more.
func TestTooFewDescriptors(t *testing.T) {
	d := newDaemon(t)
	first := d.service("a", "run", sleeper)
	d.start()
	first.wait("u")
	d.limit(unix.RLIMIT_NOFILE, 100)
	dirs := d.many(100)
	last := d.service("zlast", "run", sleeper)
	d.check(ControlScandir(sys.AT, d.dir, "a"))
	d.says("Too many open files (the limit is 100: raise it, ulimit -Hn)\n", 1)
	first.control("r")
	first.wait("du")
	d.limit(unix.RLIMIT_NOFILE, 1000)
	last.wait("su")
	d.until("all are supervised", func() bool { return d.supervised(dirs) == len(dirs) })
	if n := strings.Count(d.text(), "\n"); n != 1 {
		t.Errorf("%d messages\n%s", n, d.text())
	}
	d.stop("t")
}
