package supervise

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// countsFile is the variable that names the file in which a daemon says what it has left when it ends.
const countsFile = "S6BOX_TEST_COUNTS"

// counting runs a command of the test binary, and has a daemon count what it has left behind: descriptors it
// did not have in the beginning, goroutines besides main, and what it hears when it waits for one more child.
func counting(name string, run func() (code int)) (code int) {
	file := os.Getenv(countsFile)
	if file == "" || name != "s6-svscan" {
		return run()
	}
	before := openFDs()
	code = run()
	_, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
	text := fmt.Sprintf("descriptors %d goroutines %d children %d\n", openFDs()-before, runtime.NumGoroutine()-1, err)
	files, _ := filepath.Glob("/proc/self/fd/*")
	for _, file := range files {
		if target, err := os.Readlink(file); err == nil {
			text += file + " " + target + "\n"
		}
	}
	os.WriteFile(file, []byte(text), 0o644)
	return code
}

func openFDs() (n int) {
	const most = 4096
	for fd := range most {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			n++
		}
	}
	return n
}

func (d *daemon) counts() string { return filepath.Join(filepath.Dir(d.dir), "counts") }

// nothingLeft makes sure that a daemon that has ended, whatever it has been through, had no child any more,
// dead or alive, no descriptor but those it began with and those of its scan directory (itself, its lock and
// its control fifo, which end with the process), and no goroutine but the two of its signals.
func (d *daemon) nothingLeft() {
	d.t.Helper()
	text, err := os.ReadFile(d.counts())
	if os.IsNotExist(err) && (d.cmd.SysProcAttr != nil || d.cmd.Env[len(d.cmd.Env)-1] != countsFile+"="+d.counts()) {
		return // as another user it could not write, and an environment of its own does not say where to
	}
	d.check(err)
	var fds, goroutines int
	var children unix.Errno
	if _, err := fmt.Sscanf(string(text), "descriptors %d goroutines %d children %d", &fds, &goroutines, &children); err != nil {
		d.t.Errorf("%q: %v", text, err)
	}
	const scandir, notification = 3, 1
	fds -= strings.Count(string(text), " anon_inode:[event") // the runtime's poller, made for its first timer
	if fds > scandir-notification || goroutines > 2 || children != unix.ECHILD {
		d.t.Errorf("left behind: %s", text)
	}
}
