package overlay

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/rundir"
	"s6box/internal/sys"
)

// prog is the name of pid 1 in messages.
const prog = "init"

// place finds the directory that the state of the container is kept in, and makes it fit for use.
type place struct {
	Settings
	env    proc.Env
	stderr proc.FD
}

func (p *place) warn(format string, args ...any) {
	if p.Verbosity >= 1 {
		applet.Say(p.stderr, prog, "warning", fmt.Sprintf(format, args...))
	}
}

func (p *place) info(format string, args ...any) {
	if p.Verbosity >= 2 {
		applet.Say(p.stderr, prog, "info", fmt.Sprintf(format, args...))
	}
}

// find returns the state directory: the one the environment asks for, /run if its owner and permissions make
// it safe, or else a private directory.
func (p *place) find() (string, error) {
	if dir, ok := p.env.Get(rundir.Variable); ok && dir != "" {
		return asked(filepath.Clean(dir))
	}
	unfit := p.fit(rundir.Default)
	if unfit == nil {
		return rundir.Default, nil
	}
	for _, dir := range rundir.Private(unix.Geteuid()) {
		if err := makeOwn(dir); err != nil {
			unfit = fmt.Errorf("%w; %s: %s", unfit, dir, applet.Reason(err))
			continue
		}
		p.warn("%v: keeping the state of the container in %s, which scripts know as $%s", unfit, dir, rundir.Variable)
		return dir, nil
	}
	return "", applet.Fatal(applet.ExitUsage, "no directory for the state of the container: %v (mount a tmpfs on /run, or set %s to a directory)", unfit, rundir.Variable)
}

// asked is dir, which the environment asks for.
func asked(dir string) (string, error) {
	if !filepath.IsAbs(dir) {
		return "", applet.Fatal(applet.ExitUsage, "%s is %q, which is no absolute path", rundir.Variable, dir)
	}
	if err := makeOwn(dir); err != nil {
		return "", applet.Fatal(applet.ExitSystem, "%s is %s, which can't hold the state of the container: %s (it has to be a directory of uid %d that nobody else may write, below one that is there)",
			rundir.Variable, dir, applet.Reason(err), unix.Geteuid())
	}
	return dir, nil
}

// makeOwn makes a directory that only its owner, the user of this process, may use. One that is there
// already must be exactly that.
func makeOwn(dir string) error {
	if err := unix.Mkdir(dir, 0o700); err != nil && err != unix.EEXIST {
		return err
	}
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return err
	}
	switch {
	case st.Mode&unix.S_IFMT != unix.S_IFDIR:
		return unix.ENOTDIR
	case int(st.Uid) != unix.Geteuid():
		return fmt.Errorf("belongs to uid %d", st.Uid)
	case st.Mode&0o022 != 0:
		return fmt.Errorf("may be written by others (mode %04o)", st.Mode&0o7777)
	}
	return access(dir)
}

// access tells whether files can be made in a directory.
func access(dir string) error {
	return unix.Faccessat(unix.AT_FDCWD, dir, unix.R_OK|unix.W_OK|unix.X_OK, unix.AT_EACCESS)
}

// fit tells why dir can't hold the state, having put right what can be.
func (p *place) fit(dir string) error {
	var st unix.Stat_t
	if err := unix.Mkdir(dir, 0o755); err != nil && err != unix.EEXIST {
		return fmt.Errorf("unable to create %s: %s", dir, applet.Reason(err))
	}
	if err := unix.Stat(dir, &st); err != nil {
		return fmt.Errorf("unable to stat %s: %s", dir, applet.Reason(err))
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return fmt.Errorf("%s is not a directory", dir)
	}
	err := access(dir)
	if err == unix.EROFS && unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755") == nil {
		p.info("%s was read-only: mounted a tmpfs on it", dir)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s can't be written: %s", dir, applet.Reason(err))
	}
	return p.owned(dir, st)
}

// owned tells why the owner or the permissions of dir make it unsafe for the user of this process, who may
// write it.
func (p *place) owned(dir string, st unix.Stat_t) error {
	uid, gid := unix.Geteuid(), unix.Getegid()
	if int(st.Uid) == uid {
		if uid == 0 {
			unix.Chmod(dir, 0o755) // as upstream leaves it, whatever the mount says
		}
		return nil
	}
	if uid == 0 {
		if unix.Chown(dir, 0, 0) == nil && unix.Chmod(dir, 0o755) == nil {
			p.info("%s belonged to uid %d instead of 0: fixed", dir, st.Uid)
			return nil
		}
		return fmt.Errorf("%s belongs to uid %d instead of 0", dir, st.Uid)
	}
	sticky := st.Mode&unix.S_ISVTX != 0
	byAll, byGroup := st.Mode&0o002 != 0, st.Mode&0o070 == 0o070
	switch {
	case gid == 0 && st.Gid == 0 && byGroup && !byAll:
		return nil
	case sticky && st.Uid == 0:
		p.warn("%s belongs to uid 0 instead of %d, but its sticky bit makes it usable", dir, uid)
		return nil
	case st.Uid == 0 && p.WorldRun:
		p.warn("%s belongs to uid 0 instead of %d and others may write it, as S6_YES_I_WANT_A_WORLD_WRITABLE_RUN_BECAUSE_KUBERNETES accepts", dir, uid)
		return nil
	}
	return fmt.Errorf("%s belongs to uid %d instead of %d and others may write it (mode %04o)", dir, st.Uid, uid, st.Mode&0o7777)
}

// results is the directory of the file that holds the exit code of the container.
const results = "s6-linux-init-container-results"

// prepare empties the state directory of what an earlier run of the container left, and makes what
// everything else needs.
func prepare(run string) error {
	if err := clean(run); err != nil {
		return err
	}
	for _, dir := range []string{results, "s6", "service", "s6/basedir", "s6/basedir/bin", "s6/basedir/scripts", "s6/basedir/env"} {
		if err := unix.Mkdir(run+"/"+dir, 0o755); err != nil {
			return applet.System(err, "mkdir %s/%s", run, dir)
		}
	}
	if err := create(run+"/"+results+"/exitcode", "0\n"); err != nil {
		return applet.System(err, "write %s/%s/exitcode", run, results)
	}
	self, err := os.Readlink(proc.SelfPath)
	if err != nil {
		self = "/command/s6box"
	}
	for name, target := range map[string]string{
		"bin/halt": self, "bin/poweroff": self, "bin/reboot": self, "bin/shutdown": self, "bin/init": "/init",
		"scripts/rc.init": skel + "/rc.init", "scripts/rc.shutdown": skel + "/rc.shutdown", "scripts/rc.shutdown.final": skel + "/rc.shutdown.final",
	} {
		if err := unix.Symlink(target, run+"/s6/basedir/"+name); err != nil {
			return applet.System(err, "symlink %s/s6/basedir/%s", run, name)
		}
	}
	return nil
}

// create writes a file that must not exist.
func create(name, text string) error { return sys.Create(sys.AT, name, []byte(text), 0o644) }

// clean removes what an earlier run of the container left in the state directory. A run that is still going
// on is an error.
func clean(run string) error {
	if alive(run + "/service/.s6-svscan/lock") {
		return applet.Fatal(applet.ExitUsage, "another init is at work in %s (set %s to another directory)", run, rundir.Variable)
	}
	names, err := sys.ReadDir(sys.AT, run)
	if err != nil {
		return applet.System(err, "read %s", run)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !ours(name) })
	if i := slices.Index(names, results); i >= 0 {
		names = append(slices.Delete(names, i, i+1), results) // while it is there, so may the others be
	} else if len(names) > 0 && run != rundir.Default {
		return applet.Fatal(applet.ExitUsage, "%s has a file %s that is not from an earlier run, and would be removed (set %s to another directory)", run, names[0], rundir.Variable)
	}
	for _, name := range names {
		if err := os.RemoveAll(run + "/" + name); err != nil {
			return applet.Fatal(applet.ExitSystem, "unable to remove what an earlier run left: %v", reason(err))
		}
	}
	return nil
}

// ours tells whether a name in the state directory is one that /init gives.
func ours(name string) bool {
	switch name {
	case "s6", "service", "uncaught-logs", "s6-rc", results:
		return true
	}
	return strings.HasPrefix(name, "s6-rc:")
}

func alive(lock string) bool {
	fd, err := sys.Open(sys.AT, lock, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	locked, err := sys.Locked(fd)
	return locked && err == nil
}

// reason is an error of the os package in the words of strerror.
func reason(err error) string {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Path + ": " + applet.Reason(pe.Err)
	}
	return applet.Reason(err)
}

// linkVarRun makes /var/run lead to /run, as programs expect.
func (p *place) linkVarRun() {
	if target, err := os.Readlink("/var/run"); err == nil && (target == "/run" || target == "../run") {
		return
	}
	if access("/var") != nil {
		return
	}
	p.warn("/var/run is not a symlink to /run, fixing it")
	err := os.RemoveAll("/var/run")
	if err == nil {
		err = os.Symlink("/run", "/var/run")
	}
	if err != nil {
		p.warn("unable to replace /var/run: %s", reason(err))
	}
}
