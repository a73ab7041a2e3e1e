package live

import (
	"os"
	"path"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/rc/db"
	"s6box/supervise"
)

// Beside returns the live directories that were ever made for the link live and are still there, in use or not.
func Beside(live string) (paths []string, err error) {
	slash := strings.LastIndexByte(live, '/') + 1
	names, err := sys.ReadDir(sys.AT, live[:slash]+".")
	if err != nil {
		return nil, failed("readdir "+live[:slash], err)
	}
	for _, name := range names {
		if rest, ok := strings.CutPrefix(name, live[slash:]); ok && (strings.HasPrefix(rest, ByInit) || strings.HasPrefix(rest, ByUpdate)) {
			paths = append(paths, live[:slash]+name)
		}
	}
	return paths, nil
}

// Tidy removes the live directories beside the link live that it does not point to, and that no supervisor runs on: those of
// programs that were killed, or of a supervision tree that is gone. It is best effort.
func Tidy(live string) {
	inForce, err := os.Readlink(live)
	if err != nil {
		return
	}
	for _, tag := range []string{ByInit, ByUpdate} {
		sys.Abandoned(live+tag, func(dir string) bool {
			running, err := InUse(dir)
			return running || err != nil || path.Base(dir) == inForce
		})
	}
}

// InUse tells whether supervisors run on the live directory real itself: in one that an update was about to put in force,
// service directories are links to those of another.
func InUse(real string) (bool, error) {
	dir := real + "/" + Servicedirs + "/" + db.Fdholder
	if _, err := os.Readlink(dir); err == nil {
		return false, nil
	}
	return supervise.Running(sys.AT, dir)
}

// orders is how long supervisors may take to read an order.
const orders = 5 * time.Second

// Discard removes a live directory that is not in force. Supervisors that run on it end, and their services with them: the
// last they do is to tell of it in their directory.
func Discard(real string) error {
	told := stop(real + "/" + Servicedirs)
	deadline := time.Now().Add(orders)
	for _, dir := range told {
		for Supervised(dir) && time.Now().Before(deadline) {
			time.Sleep(time.Millisecond)
		}
	}
	return failed("remove "+real, sys.RemoveAll(sys.AT, real))
}

// Withdraw undoes Create and what Register has done, for a live directory on which nothing could be started. It is best effort.
func Withdraw(l Layout, real string, names []string) {
	for _, name := range names {
		link := l.Scandir + "/" + l.Prefix + name
		if target, _ := os.Readlink(link); l.Leads(target) {
			unix.Unlink(link)
		}
	}
	unix.Unlink(l.Live)
	Discard(real)
}

// stop has the supervisors of the service directories in a directory end, and returns those. Links are of no account:
// what they lead to has been moved away, or is in a directory of its own.
func stop(servicedirs string) (told []string) {
	fd, err := sys.Open(sys.AT, servicedirs, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	entries, _ := sys.ReadEntries(fd)
	for _, e := range entries {
		if dir := servicedirs + "/" + e.Name; e.Type != unix.DT_LNK && supervise.Control(sys.AT, dir, "xd") == nil {
			told = append(told, dir)
		}
	}
	return told
}
