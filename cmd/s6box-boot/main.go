// Command s6box-boot boots a directory as a container, with nothing but Go: it makes new namespaces (a user
// namespace too when it is not root), mounts /proc, /dev and /run in the directory, and executes the command
// there as process 1. It passes SIGINT, SIGTERM and SIGQUIT on as SIGTERM, and exits with the code of process 1, 128 and
// the number of a signal that killed it.
//
//	s6box-boot [-run options] [-readonly] [-user uid:gid] [-child] [-host] [-bare] ROOT COMMAND...
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// options are how the container is set up.
type options struct {
	run      string // mount options of the tmpfs on /run; "none" for no mount
	readonly bool   // the root is read-only
	user     string // uid:gid of process 1
	child    bool   // the command is a child of process 1, which only waits
	host     bool   // the machine's own programs are in the root too
	bare     bool   // there is neither /proc nor /dev
}

func main() {
	var o options
	inside := flag.Bool("inside", false, "the second half of it, in the new namespaces")
	flag.StringVar(&o.run, "run", "mode=0755", "mount options of /run, or none")
	flag.BoolVar(&o.readonly, "readonly", false, "make the root read-only")
	flag.StringVar(&o.user, "user", "0:0", "uid:gid to run as")
	flag.BoolVar(&o.child, "child", false, "run the command as a child of process 1")
	flag.BoolVar(&o.host, "host", false, "let the root have the machine's /usr, /bin and so on")
	flag.BoolVar(&o.bare, "bare", false, "mount neither /proc nor /dev")
	flag.Parse()
	if flag.NArg() < 2 {
		fmt.Fprintln(os.Stderr, "usage: s6box-boot [-run options] [-readonly] [-user uid:gid] [-child] [-host] [-bare] root command...")
		os.Exit(100)
	}
	boot := outside
	if *inside {
		boot = func() (int, error) { return second(o, flag.Arg(0), flag.Args()[1:]) }
	}
	code, err := boot()
	if err != nil {
		fmt.Fprintln(os.Stderr, "s6box-boot: fatal:", err)
		code = 111
	}
	os.Exit(code)
}

// outside starts this program again in new namespaces and waits for it.
func outside() (int, error) {
	cmd := exec.Command("/proc/self/exe", append([]string{"-inside"}, os.Args[1:]...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	attr := &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS,
		Pdeathsig:  unix.SIGKILL,
		Setpgid:    true,
		Foreground: foreground(), // a Ctrl-C is for the container alone: who started this learns its exit code
	}
	if os.Geteuid() != 0 {
		attr.Cloneflags |= unix.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	cmd.SysProcAttr = attr
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, unix.SIGINT, unix.SIGTERM, unix.SIGQUIT)
	if attr.Foreground {
		defer comeBack()
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("unable to make namespaces: %w", err)
	}
	go func() {
		for range signals {
			cmd.Process.Signal(unix.SIGTERM)
		}
	}()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signaled() {
		return 128 + int(ws.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}

// foreground tells whether this is in the foreground of the terminal that is its standard input.
func foreground() bool {
	group, err := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// comeBack brings this process to the foreground again.
func comeBack() {
	signal.Ignore(unix.SIGTTOU)
	unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, unix.Getpgrp())
}

// second sets the root up and executes the command in it.
func second(o options, root string, argv []string) (int, error) {
	if err := mounts(o, root); err != nil {
		return 0, err
	}
	if err := unix.Chroot(root); err != nil {
		return 0, fmt.Errorf("chroot %s: %w", root, err)
	}
	if err := unix.Chdir("/"); err != nil {
		return 0, err
	}
	var uid, gid int
	if _, err := fmt.Sscanf(o.user, "%d:%d", &uid, &gid); err != nil {
		return 0, fmt.Errorf("-user %s: %w", o.user, err)
	}
	if o.child {
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		if uid != 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		}
		return relay(cmd)
	}
	if uid != 0 || gid != 0 {
		for _, err := range []error{syscall.Setgroups(nil), syscall.Setgid(gid), syscall.Setuid(uid)} {
			if err != nil {
				return 0, fmt.Errorf("-user %s: %w", o.user, err)
			}
		}
	}
	return 0, fmt.Errorf("exec %s: %w", argv[0], syscall.Exec(argv[0], argv, os.Environ()))
}

// relay is process 1 for a command that is not: it passes signals on and reaps.
func relay(cmd *exec.Cmd) (int, error) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, unix.SIGTERM, unix.SIGINT)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	go func() {
		for sig := range signals {
			cmd.Process.Signal(sig)
		}
	}()
	cmd.Wait()
	return cmd.ProcessState.ExitCode(), nil
}

// mounts makes root a mount of its own with the file systems a container has.
func mounts(o options, root string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := unix.Mount(root, root, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("bind %s: %w", root, err)
	}
	for _, dir := range []string{"proc", "dev", "run", "tmp"} {
		os.Mkdir(root+"/"+dir, 0o755)
	}
	if !o.bare {
		if err := unix.Mount("proc", root+"/proc", "proc", 0, ""); err != nil {
			return fmt.Errorf("mount %s/proc: %w", root, err)
		}
		if err := devices(root + "/dev"); err != nil {
			return err
		}
	}
	if o.run != "none" {
		flags, data := uintptr(unix.MS_NOSUID|unix.MS_NODEV), []string{}
		for _, word := range strings.Split(o.run, ",") {
			switch word {
			case "noexec":
				flags |= unix.MS_NOEXEC
			case "ro":
				flags |= unix.MS_RDONLY
			default:
				data = append(data, word)
			}
		}
		if err := unix.Mount("tmpfs", root+"/run", "tmpfs", flags, strings.Join(data, ",")); err != nil {
			return fmt.Errorf("mount %s/run: %w", root, err)
		}
	}
	if o.host {
		for _, dir := range []string{"usr", "bin", "sbin", "lib", "lib64"} {
			if _, err := os.Stat("/" + dir); err != nil {
				continue
			}
			os.Mkdir(root+"/"+dir, 0o755)
			if err := unix.Mount("/"+dir, root+"/"+dir, "", unix.MS_BIND, ""); err != nil {
				return fmt.Errorf("bind %s/%s: %w", root, dir, err)
			}
		}
	}
	if o.readonly {
		if err := unix.Mount("", root, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			return fmt.Errorf("make %s read-only: %w", root, err)
		}
	}
	return nil
}

// devices makes the devices every program expects, as bind mounts of the machine's.
func devices(dev string) error {
	if err := unix.Mount("tmpfs", dev, "tmpfs", unix.MS_NOSUID, "mode=0755"); err != nil {
		return fmt.Errorf("mount %s: %w", dev, err)
	}
	for _, name := range []string{"null", "zero", "full", "random", "urandom", "tty"} {
		if err := os.WriteFile(dev+"/"+name, nil, 0o666); err != nil {
			return err
		}
		if err := unix.Mount("/dev/"+name, dev+"/"+name, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("bind %s/%s: %w", dev, name, err)
		}
	}
	if err := os.Mkdir(dev+"/shm", 0o1777); err != nil {
		return err
	}
	if err := os.Chmod(dev+"/shm", 0o777|os.ModeSticky); err != nil {
		return err
	}
	for name, target := range map[string]string{"stdin": "0", "stdout": "1", "stderr": "2"} {
		if err := os.Symlink("/proc/self/fd/"+target, dev+"/"+name); err != nil {
			return err
		}
	}
	return os.Symlink("/proc/self/fd", dev+"/fd")
}
