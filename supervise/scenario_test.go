package supervise

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

const readySleeper = "#!/bin/sh\necho >&3\nexec 3>&-\nexec sleep 100000\n"

func TestReadinessAndRestart(t *testing.T) {
	d := newDaemon(t)
	web := d.service("web", "run", readySleeper, "notification-fd", "3\n", "finish", "#!/bin/sh\nexit 0\n")
	d.start()
	web.wait("suU")
	first := web.status()
	if !first.Up() || !first.Ready || !first.WantUp {
		t.Errorf("status %+v", first)
	}
	d.check(unix.Kill(first.Pid, unix.SIGKILL))
	web.wait("dDuU")
	second := web.status()
	if second.Pid == first.Pid || !second.Ready || second.Exit.Signal() != unix.SIGKILL {
		t.Errorf("status %+v after %+v", second, first)
	}
	deaths, err := readDeaths(sys.AT, web.dir)
	if err != nil || len(deaths) != 1 || deaths[0].Signal != 9 {
		t.Errorf("deaths %+v, %v", deaths, err)
	}
	d.stop("t")
	web.wait("dDx")
	if st := web.status(); st.Pid != 0 || st.WantUp || !st.Ready {
		t.Errorf("status %+v", st)
	}
}

func TestPermanentFailure(t *testing.T) {
	d := newDaemon(t)
	bad := d.service("bad", "run", "#!/bin/sh\nexit 3\n", "finish", "#!/bin/sh\nexit 125\n")
	d.start()
	bad.wait("udOD")
	if st := bad.status(); st.WantUp || st.Pid != 0 || st.Exit.Code() != 3 {
		t.Errorf("status %+v", st)
	}
	d.stop("t")
}

func TestTimeouts(t *testing.T) {
	d := newDaemon(t)
	const deaf = "#!/bin/sh\ntrap '' TERM\necho >&3\nwhile : ; do sleep 1 ; done\n"
	slow := d.service("slow", "run", readySleeper, "notification-fd", "3", "timeout-finish", "10", "finish", sleeper)
	stub := d.service("stub", "run", deaf, "notification-fd", "3", "timeout-kill", "10\n", "flag-timeout-killpg", "")
	d.start()
	slow.wait("uU")
	stub.wait("uU")
	slow.control("d")
	slow.wait("dD")
	stub.control("d")
	stub.wait("dD")
	if sig := stub.status().Exit.Signal(); sig != unix.SIGKILL {
		t.Errorf("ended by %d", sig)
	}
	d.says("s6-supervise slow: warning: finish script lifetime reached maximum value - sending it a SIGKILL", 1)
	d.stop("t")
}

// The log pipe outlives both of its sides, and a clean end loses nothing.
func TestLoggerPipe(t *testing.T) {
	d := newDaemon(t)
	const producer = "#!/bin/sh\necho line $$\necho >&3\nexec sleep 100000\n"
	app := d.service("app", "run", producer, "notification-fd", "3")
	log := d.service("app/log", "run", "#!/bin/sh\nexec cat >>out\n")
	d.start()
	log.wait("u")
	app.wait("U")
	d.check(unix.Kill(log.status().Pid, unix.SIGKILL))
	d.check(unix.Kill(app.status().Pid, unix.SIGKILL))
	app.wait("dU")
	log.wait("du")
	app.control("d")
	app.wait("D")
	app.control("u")
	app.wait("U")
	d.stop("t")
	log.wait("dDx")
	out, err := os.ReadFile(log.dir + "/out")
	d.check(err)
	if n := strings.Count(string(out), "line "); n < 2 || n > 3 { // the killed logger may have taken the first
		t.Errorf("the log holds %q", out)
	}
	if code := log.status().Exit; code != 0 {
		t.Errorf("the logger ended with %v, not at the end of its input", code)
	}
}

func TestScriptsThatCannotRun(t *testing.T) {
	d := newDaemon(t)
	for name, script := range map[string]string{
		"crlf": "#!/bin/sh\r\nexec sleep 1\r\n", "noint": "#!/no/such/interpreter\n", "notext": "#! \n",
	} {
		d.service(name, "run", script)
	}
	d.service("none")
	plain := d.service("plain", "run", "exec sleep 1\n")
	d.check(os.Chmod(plain.dir+"/run", 0o755))
	nox := d.service("nox", "run", sleeper)
	d.check(os.Chmod(nox.dir+"/run", 0o644))
	d.start()
	const cannot = ": warning: unable to spawn ./run (waiting 60 seconds): "
	d.says("crlf"+cannot+"No such file or directory (run has CRLF line endings: convert them to LF)\n", 1)
	d.says("noint"+cannot+"No such file or directory (interpreter /no/such/interpreter of run is missing)\n", 1)
	d.says("none"+cannot+"No such file or directory (there is no run)\n", 1)
	d.says("notext"+cannot+"Exec format error (the #! line of run names no interpreter)\n", 1)
	d.says("plain"+cannot+"Exec format error (run has no #! line)\n", 1)
	nox.wait("u")
	d.says("nox: warning: ./run is not executable, running it with /bin/sh: chmod +x is missing\n", 1)
	d.check(os.WriteFile(plain.dir+"/run", []byte(sleeper), 0o755))
	plain.control("u")
	plain.wait("u")
	d.stop("t")
}

// What can't be supervised is told of once, does not disturb the others, and is taken up when it can.
func TestBrokenDirectory(t *testing.T) {
	d := newDaemon(t)
	good := d.service("good", "run", sleeper)
	bad := d.service("bad", "run", sleeper)
	d.check(os.Mkdir(bad.dir+"/supervise", 0o700))
	d.check(os.Mkdir(bad.dir+"/supervise/lock", 0o700))
	d.start()
	good.wait("u")
	d.says("s6-supervise bad: fatal: unable to open supervise/lock: Is a directory\n", 1)
	d.check(os.Remove(bad.dir + "/supervise/lock"))
	bad.wait("su")
	if n := strings.Count(d.text(), "fatal"); n != 1 {
		t.Errorf("told %d times:\n%s", n, d.text())
	}
	d.stop("t")
}

// A service directory may be renamed under its supervisor, as s6-rc-update does.
func TestRenamedDirectory(t *testing.T) {
	d := newDaemon(t)
	web := d.service("web", "run", sleeper)
	d.start()
	web.wait("u")
	pid := web.status().Pid
	moved := filepath.Join(t.TempDir(), "elsewhere")
	d.check(os.Rename(web.dir, moved))
	d.check(os.Symlink(moved, filepath.Join(d.dir, "site")))
	web.dir = moved
	d.check(ControlScandir(sys.AT, d.dir, "an"))
	web.control("r")
	web.wait("du")
	if st := web.status(); st.Pid == pid || !st.Up() {
		t.Errorf("status %+v", st)
	}
	d.check(os.Remove(filepath.Join(d.dir, "site")))
	d.check(ControlScandir(sys.AT, d.dir, "an"))
	web.wait("dDx")
	d.stop("t")
}

// Another directory in the place of a service is another service.
func TestReplacedDirectory(t *testing.T) {
	d := newDaemon(t)
	old := d.service("web", "run", sleeper)
	d.start()
	old.wait("u")
	d.check(os.Rename(old.dir, d.dir+"/.old"))
	fresh := d.service("web", "run", sleeper)
	d.check(ControlScandir(sys.AT, d.dir, "an"))
	fresh.wait("su")
	old.wait("dDx")
	d.stop("t")
}

func TestGarbageOnControl(t *testing.T) {
	d := newDaemon(t)
	web, other := d.service("web", "run", sleeper), d.service("other", "run", sleeper)
	d.start()
	web.wait("u")
	other.wait("u")
	fifo, err := os.OpenFile(web.dir+"/supervise/control", os.O_WRONLY, 0)
	d.check(err)
	defer fifo.Close()
	var flood sync.WaitGroup
	flood.Go(func() { fifo.WriteString(strings.Repeat("\x00\xff?jZ\n", 1<<17)) })
	other.control("r")
	other.wait("du")
	flood.Wait()
	web.control("d")
	web.wait("D")
	d.stop("t")
}

func TestManyClientsAtOnce(t *testing.T) {
	d := newDaemon(t)
	web := d.service("web", "run", sleeper)
	d.start()
	web.wait("u")
	var clients []*os.File
	for range 1000 {
		fifo, err := os.OpenFile(web.dir+"/supervise/control", os.O_WRONLY, 0)
		d.check(err)
		defer fifo.Close()
		clients = append(clients, fifo)
	}
	for _, fifo := range clients {
		_, err := fifo.WriteString("1")
		d.check(err)
	}
	web.wait("dD")
	if sig := web.status().Exit.Signal(); sig != unix.SIGUSR1 {
		t.Errorf("ended by %d", sig)
	}
	web.control("d")
	d.stop("t")
}

// Restarts leave nothing behind: no descriptors, no zombies.
func TestNothingLeaks(t *testing.T) {
	d := newDaemon(t)
	web := d.service("web", "run", readySleeper, "notification-fd", "3", "finish", "#!/bin/sh\nexit 0\n")
	d.service("web/log", "run", "#!/bin/sh\nexec cat >/dev/null\n")
	d.start()
	web.wait("uU")
	before := d.fds()
	const rounds = 20
	for range rounds {
		web.control("d")
		web.wait("D")
		web.control("u")
		web.wait("uU")
	}
	web.control("d")
	web.wait("D")
	if after := d.fds(); after >= before+rounds { // it may have a file or two open at the moment
		t.Errorf("%d descriptors, then %d", before, after)
	}
	for _, pid := range d.children() {
		if stat, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); strings.Contains(string(stat), ") Z ") {
			t.Errorf("zombie: %s", stat)
		}
	}
	d.stop("t")
}

// A daemon that was stopped catches up with everything that happened.
func TestStoppedDaemon(t *testing.T) {
	d := newDaemon(t)
	var all []*listener
	for _, name := range []string{"a", "b", "c"} {
		all = append(all, d.service(name, "run", sleeper))
	}
	d.start()
	for _, l := range all {
		l.wait("u")
	}
	d.check(unix.Kill(d.pid(), unix.SIGSTOP))
	for _, l := range all {
		d.check(unix.Kill(l.status().Pid, unix.SIGKILL))
	}
	all[0].control("O")
	d.check(unix.Kill(d.pid(), unix.SIGCONT))
	all[0].wait("dD")
	all[1].wait("dDu")
	all[2].wait("dDu")
	d.stop("t")
}

// A daemon that was killed leaves its services; the next one takes over, and lock-fd keeps the second
// instance of a service waiting for the first.
func TestKilledDaemon(t *testing.T) {
	d := newDaemon(t)
	web := d.service("web", "run", "#!/bin/sh\nexec sleep 100000 2>&1\n", "lock-fd", "4") // cmd.Wait waits for stderr
	d.start()
	web.wait("u")
	orphan := web.status().Pid
	d.cmd.Process.Kill()
	d.ended <- <-d.ended
	if ok, err := Running(sys.AT, web.dir); ok || err != nil {
		t.Errorf("Running: %v, %v", ok, err)
	}
	again := &daemon{t: t, dir: d.dir, said: make(chan struct{}, 1)}
	again.start()
	again.says("web: warning: another instance of the service is already running, child will block\n", 1)
	unix.Kill(orphan, unix.SIGKILL)
	web.wait("u")
	again.stop("t")
}

func TestDescriptorsExhausted(t *testing.T) {
	d := newDaemon(t)
	first := d.service("a", "run", sleeper)
	d.start()
	first.wait("u")
	d.limit(unix.RLIMIT_NOFILE, uint64(d.fds()+2))
	more := d.service("b", "run", sleeper)
	d.check(ControlScandir(sys.AT, d.dir, "a"))
	d.says("Too many open files", 1)
	if st := first.status(); !st.Up() {
		t.Errorf("status %+v", st)
	}
	d.limit(unix.RLIMIT_NOFILE, 1000)
	more.wait("su")
	first.control("r")
	first.wait("du")
	d.stop("t")
}

func TestDiskFull(t *testing.T) {
	d := newDaemon(t)
	d.onTmpfs("size=256k")
	web, other := d.service("web", "run", sleeper), d.service("other", "run", sleeper)
	d.start()
	web.wait("u")
	other.wait("u")
	before := other.status()
	ballast, err := os.Create(d.dir + "/.ballast")
	d.check(err)
	defer ballast.Close()
	for chunk := make([]byte, 512); err == nil; {
		_, err = ballast.Write(chunk)
	}
	web.control("d")
	web.wait("D")
	if st := web.status(); st.Pid != 0 || st.WantUp {
		t.Errorf("a full disk holds a status that is not true: %+v", st)
	}
	web.control("u")
	web.wait("u")
	if st := web.status(); !st.Up() {
		t.Errorf("status %+v", st)
	}
	if after := other.status(); after != before {
		t.Errorf("the other service was %+v and is %+v", before, after)
	}
	d.check(ballast.Truncate(0))
	web.control("r")
	web.wait("du")
	if deaths, err := readDeaths(sys.AT, web.dir); err != nil || len(deaths) == 0 {
		t.Errorf("deaths %v, %v", deaths, err)
	}
	d.stop("t")
	const lost = "s6-supervise web: warning: unable to record the death in supervise/death_tally: No space left on device\n"
	if text := d.text(); text != lost {
		t.Errorf("said %s", text)
	}
}
