package supervise

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/fifodir"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// TestMain makes the test binary the commands of this package, too, when it is called by their names.
func TestMain(m *testing.M) {
	applet.Use(&Commands, &chain.Commands)
	if a := applet.Lookup(filepath.Base(os.Args[0])); a != nil {
		os.Exit(counting(a.Name, func() int { return chain.Main(proc.Inherit(os.Args), a, os.Args) }))
	}
	os.Exit(m.Run())
}

// patience is how long a test waits for what has to happen.
const testPatience = 30 * time.Second

// daemon is an s6-svscan on a scan directory of its own.
type daemon struct {
	t      *testing.T
	dir    string
	cmd    *exec.Cmd
	ended  chan error
	mu     sync.Mutex
	stderr bytes.Buffer
	said   chan struct{} // something was written to stderr
}

func newDaemon(t *testing.T) *daemon {
	t.Helper()
	dir := t.TempDir()
	os.Chmod(dir, 0o755)
	os.Chmod(filepath.Dir(dir), 0o755)
	return &daemon{t: t, dir: dir, said: make(chan struct{}, 1)}
}

func (d *daemon) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case d.said <- struct{}{}:
	default:
	}
	return d.stderr.Write(p)
}

func (d *daemon) text() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stderr.String()
}

// says waits until the daemon has said text so many times.
func (d *daemon) says(text string, times int) {
	d.t.Helper()
	deadline := time.After(testPatience)
	for strings.Count(d.text(), text) < times {
		select {
		case <-d.said:
		case <-deadline:
			d.t.Fatalf("not said %d times: %q\n%s", times, text, d.text())
		}
	}
}

// service makes a service directory; files are scripts if they begin with #!.
func (d *daemon) service(name string, files ...string) *listener {
	d.t.Helper()
	dir := filepath.Join(d.dir, name)
	d.check(os.MkdirAll(dir, 0o755))
	for i := 0; i < len(files); i += 2 {
		mode := os.FileMode(0o644)
		if strings.HasPrefix(files[i+1], "#!") {
			mode = 0o755
		}
		file := filepath.Join(dir, files[i])
		d.check(os.MkdirAll(filepath.Dir(file), 0o755))
		d.check(os.WriteFile(file, []byte(files[i+1]), mode))
	}
	d.check(fifodir.Make(sys.AT, dir+"/event", os.Getegid(), false))
	l, err := fifodir.Subscribe(sys.AT, dir+"/event")
	d.check(err)
	d.t.Cleanup(l.Release)
	return &listener{l, d, dir, ""}
}

func (d *daemon) check(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// start runs s6-svscan until the test ends.
func (d *daemon) start(change ...func(*exec.Cmd)) *daemon {
	d.t.Helper()
	exe, err := os.Executable()
	d.check(err)
	ready, w, err := os.Pipe()
	d.check(err)
	defer ready.Close()
	d.cmd = exec.Command(exe, "-d", "3", "-C", "2000", d.dir)
	d.cmd.Args[0] = "s6-svscan"
	d.cmd.Stderr, d.cmd.ExtraFiles = d, []*os.File{w}
	d.cmd.Env = append(os.Environ(), countsFile+"="+d.counts())
	for _, f := range change {
		f(d.cmd)
	}
	d.check(d.cmd.Start())
	w.Close()
	d.ended = make(chan error, 1)
	go func() { d.ended <- d.cmd.Wait() }()
	if n, _ := ready.Read(make([]byte, 1)); n != 1 {
		d.t.Fatalf("s6-svscan did not become ready: %s", d.text())
	}
	d.t.Cleanup(d.kill)
	return d
}

// stop brings everything down in good order.
func (d *daemon) stop(letter string) {
	d.t.Helper()
	d.check(ControlScandir(sys.AT, d.dir, letter))
	select {
	case err := <-d.ended:
		d.ended <- err
		d.check(err)
		d.nothingLeft()
	case <-time.After(testPatience):
		d.t.Fatalf("s6-svscan does not end\n%s", d.text())
	}
}

// kill is the end of a test: whatever is left dies.
func (d *daemon) kill() {
	children := d.children()
	d.cmd.Process.Kill()
	for _, pid := range children {
		unix.Kill(-pid, unix.SIGKILL)
	}
	<-d.ended
}

func (d *daemon) pid() int { return d.cmd.Process.Pid }

func (d *daemon) children() (pids []int) {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", d.pid(), d.pid()))
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", d.pid()))
	for _, file := range threads {
		more, _ := os.ReadFile(file)
		data = append(append(data, ' '), more...)
	}
	seen := map[int]bool{}
	for _, word := range strings.Fields(string(data)) {
		var pid int
		fmt.Sscan(word, &pid)
		if !seen[pid] {
			seen[pid] = true
			pids = append(pids, pid)
		}
	}
	return pids
}

func (d *daemon) fds() int {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", d.pid()))
	d.check(err)
	return len(entries)
}

func (d *daemon) limit(resource int, soft uint64) {
	d.t.Helper()
	var old unix.Rlimit
	d.check(unix.Prlimit(d.pid(), resource, nil, &old))
	d.check(unix.Prlimit(d.pid(), resource, &unix.Rlimit{Cur: soft, Max: old.Max}, nil))
}

// listener hears the events of one service.
type listener struct {
	*fifodir.Listener
	d     *daemon
	dir   string
	heard string // not yet waited for
}

// wait waits for letters to have been notified, in this order, among others.
func (l *listener) wait(letters string) {
	l.d.t.Helper()
	buf := make([]byte, 64)
	for deadline := time.Now().Add(testPatience); ; {
		for letters != "" {
			at := strings.IndexByte(l.heard, letters[0])
			if at < 0 {
				l.heard = ""
				break
			}
			l.heard, letters = l.heard[at+1:], letters[1:]
		}
		if letters == "" {
			return
		}
		left := time.Until(deadline)
		if left <= 0 {
			l.d.t.Fatalf("%s: never heard %q\n%s", l.dir, letters, l.d.text())
		}
		unix.Poll([]unix.PollFd{{Fd: int32(l.FD()), Events: unix.POLLIN}}, int(left.Milliseconds())+1)
		n, err := l.Read(buf)
		l.d.check(err)
		l.heard += string(buf[:n])
	}
}

func (l *listener) control(letters string) {
	l.d.t.Helper()
	l.d.check(Control(sys.AT, l.dir, letters))
}

func (l *listener) status() Status {
	l.d.t.Helper()
	st, err := ReadStatus(sys.AT, l.dir)
	l.d.check(err)
	return st
}

const sleeper = "#!/bin/sh\nexec sleep 100000\n"
