package linuxinit

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// startInit starts the child that will be rc.init, once the logger or without one the supervisor is there, and
// returns the supervisor to go on with.
func (b *boot) startInit() ([]string, error) {
	words := append([]string{b.base + "/scripts/rc.init", b.level()}, b.inv.Args...)
	if b.noLogger {
		return b.afterSupervisor(words)
	}
	return b.afterLogger(words)
}

// afterLogger has standard output and error go to the logger's fifo. The child opens it anew, which waits for the
// logger. The supervisor gets the original standard error for the logger itself.
func (b *boot) afterLogger(words []string) ([]string, error) {
	st := b.inv.Proc
	fifo := b.run + "/service/" + logger + "/" + fifoName
	reader, err := sys.Open(sys.AT, fifo, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, applet.System(err, "open %s", fifo)
	}
	writer, err := sys.Open(sys.AT, fifo, unix.O_WRONLY, 0)
	unix.Close(reader)
	if err != nil {
		return nil, applet.System(err, "open %s", fifo)
	}
	if err := b.child(append([]string{"redirfd", "-w", "1", fifo, "fdmove", "-c", "2", "1"}, words...)); err != nil {
		return nil, err
	}
	b.noInput()
	b.trapKeys()
	console, err := unix.FcntlInt(2, unix.F_DUPFD, 3)
	if err != nil {
		return nil, applet.System(err, "duplicate standard error")
	}
	for n := 1; n <= 2; n++ {
		if err := st.BorrowFD(n, writer); err != nil {
			return nil, applet.System(err, "redirect output to %s", fifo)
		}
	}
	unix.Close(writer)
	return []string{"s6-svscan", "-X" + strconv.Itoa(console), "--", b.run + "/service"}, nil
}

// afterSupervisor has the child wait until the supervisor says that it is ready.
func (b *boot) afterSupervisor(words []string) ([]string, error) {
	var ready [2]int
	if err := unix.Pipe2(ready[:], 0); err != nil {
		return nil, applet.System(err, "make a pipe")
	}
	unix.CloseOnExec(ready[1])
	if err := b.child(append([]string{awaitName, strconv.Itoa(ready[0])}, words...)); err != nil {
		return nil, err
	}
	unix.Close(ready[0])
	unix.FcntlInt(uintptr(ready[1]), unix.F_SETFD, 0)
	b.noInput()
	b.trapKeys()
	return []string{"s6-svscan", "-d" + strconv.Itoa(ready[1]), "--", b.run + "/service"}, nil
}

// child starts words in a session of its own.
func (b *boot) child(words []string) error {
	st := proc.New(b.env)
	defer st.Release()
	if err := st.Setsid(); err != nil {
		return applet.System(err, "start a session")
	}
	_, _, err := chain.Start(st, words)
	return err
}

// noInput takes the console away, and makes this the leader of a session, which it may be already.
func (b *boot) noInput() {
	if fd, err := sys.Open(sys.AT, "/dev/null", unix.O_RDONLY, 0); err == nil {
		b.inv.Proc.SetFD(0, fd)
	}
	b.inv.Proc.Setsid()
}

// trapKeys has ctrl-alt-del signal this process.
func (b *boot) trapKeys() {
	if b.container {
		return
	}
	if err := unix.Reboot(unix.LINUX_REBOOT_CMD_CAD_OFF); err != nil && b.verbosity > 0 {
		b.inv.Warn("unable to trap ctrl-alt-del: %s", applet.Reason(err))
	}
}

// storeEnv writes env into a directory: it is there whole, or not at all.
func storeEnv(dir string, env proc.Env) error {
	temp := sys.Unique(dir + ":envdump:")
	if err := unix.Mkdir(temp, 0o700); err != nil {
		return err
	}
	err := storeIn(temp, env)
	if err == nil {
		err = unix.Rename(temp, dir)
	}
	if err != nil {
		sys.RemoveAll(sys.AT, temp)
	}
	return err
}

func storeIn(dir string, env proc.Env) error {
	for _, kv := range env {
		name, value, ok := strings.Cut(kv, "=")
		if !ok || name == "" || name == "." || name == ".." || strings.Contains(name, "/") {
			continue
		}
		file := dir + "/" + name
		if err := sys.CreateWith(sys.AT, file, []byte(value+"\n"), 0o666, sys.Flush); err != nil && err != unix.EEXIST {
			return err
		}
	}
	return nil
}
