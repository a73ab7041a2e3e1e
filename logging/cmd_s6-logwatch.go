package logging

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdS6Logwatch = applet.Applet{
	Name:  "s6-logwatch",
	Usage: "[ -m buflen ] [ logdir ]",
	Help: `Prints the file current of logdir (default .) and what is appended to it, across rotations, until it is killed.
A current that does not exist yet is waited for.

  -m BUFLEN  print at most BUFLEN bytes at a time (default 4000, at most 65536); deprecated

Exit codes: 100 wrong usage, 101 rotations came too fast and lines were missed, 111 logdir can't be read or watched,
or stdout can't be written.

Example: s6-logwatch /var/log/nginx
`,
	Run: runLogwatch,
}

const (
	watchBuffer    = 4000
	watchBufferMax = 64 << 10
)

func runLogwatch(inv *applet.Invocation) error {
	size := uint64(watchBuffer)
	setSize := inv.Uint(&size)
	err := inv.Getopt("m:", func(_ byte, value string) error {
		if err := setSize(value); err != nil {
			return err
		}
		inv.Warn("the -m option is deprecated")
		return nil
	})
	if err != nil {
		return err
	}
	path := "."
	if len(inv.Args) > 0 {
		path = inv.Args[0]
	}
	w := watcher{path: path, file: -1, out: inv.Proc.Stdout(), buf: make([]byte, min(max(size, 1), watchBufferMax))}
	if w.dir, err = inv.Proc.Open(path, unix.O_RDONLY|unix.O_DIRECTORY, 0); err != nil {
		return applet.System(err, "chdir to %s", path)
	}
	defer unix.Close(w.dir)
	real, err := inv.Proc.Path(path)
	if err != nil {
		return applet.System(err, "watch %s", path)
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return applet.System(err, "inotify_init")
	}
	defer unix.Close(fd)
	if _, err := unix.InotifyAddWatch(fd, real, watchMask); err != nil {
		return applet.System(err, "watch %s", path)
	}
	w.events = proc.FD(fd)
	proc.OutliveReaders()
	return w.run()
}
