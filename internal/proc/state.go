// Package proc owns the attributes of a process: environment, working directory, descriptors, umask, ids,
// limits. A State is either the process itself (its changes are made at once, by system calls) or a virtual
// process derived from one by Clone (its changes are recorded and take effect in the process that Spawn
// starts). A change that only a process of its own can carry answers ErrNeedProcess on a virtual State, and
// leaves the State as it was.
package proc

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrNeedProcess says that a virtual State can't do what was asked: it takes a real process.
var ErrNeedProcess = errors.New("needs a process of its own")

// closed marks a descriptor number of the virtual table that is not open.
const closed = -1

// Ids are the ids a virtual process runs with. A nil Groups leaves the supplementary groups alone.
type Ids struct {
	Uid, Gid int // -1: unchanged
	Groups   []int
}

// String writes ids as ParseIds reads them: uid:gid:group,group... with - for groups that are left alone.
func (i Ids) String() string {
	groups := "-"
	if i.Groups != nil {
		words := make([]string, len(i.Groups))
		for n, g := range i.Groups {
			words[n] = strconv.Itoa(g)
		}
		groups = strings.Join(words, ",")
	}
	return strconv.Itoa(i.Uid) + ":" + strconv.Itoa(i.Gid) + ":" + groups
}

// ParseIds reads what String writes.
func ParseIds(text string) (i Ids, err error) {
	uid, rest, _ := strings.Cut(text, ":")
	gid, groups, _ := strings.Cut(rest, ":")
	if i.Uid, err = strconv.Atoi(uid); err != nil {
		return i, err
	}
	if i.Gid, err = strconv.Atoi(gid); err != nil || groups == "-" {
		return i, err
	}
	i.Groups = []int{}
	for word := range strings.SplitSeq(groups, ",") {
		if word == "" {
			continue
		}
		g, err := strconv.Atoi(word)
		if err != nil {
			return i, err
		}
		i.Groups = append(i.Groups, g)
	}
	return i, nil
}

// State is one process, real or virtual. The zero fields mean "as inherited".
type State struct {
	Env     Env
	own     bool   // this is the process itself
	forked  bool   // virtual only: descends from the process itself, and nothing else happens in this one
	dir     string // virtual only: absolute working directory, "" the process's own
	dirLink string // virtual only: a name of dir that stays right when dir is renamed, or ""
	fds     map[int]int
	opened  []int         // descriptors of this process that Release closes
	umask   int           // virtual only: -1 inherited
	ids     *Ids          // virtual only
	session bool          // virtual only: start in a new session
	pidns   bool          // virtual only: start in a new PID namespace
	argv0   *string       // what CallNext said
	tty     int           // virtual only: terminal to be in the foreground of; 0: none
	limits  map[int]Limit // by resource: those that wait for the execve; never changed in place
	ignored []unix.Signal // virtual only: start with these ignored
	heedful bool          // HeedChildren was called
	held    <-chan os.Signal
}

// New makes a virtual process with the given environment that inherits everything else from this one.
func New(env Env) *State { return &State{Env: env, umask: -1} }

// Inherit makes the State of this process, which was called with argv. There is one owner of a process:
// main calls it, once, before anything else.
func Inherit(argv []string) *State {
	held := inheritSignals()
	return &State{Env: environ(argv), own: true, umask: -1, held: held}
}

// Held are the signals that have come to this process and would have ended it, were it not process 1. It is nil for others.
func (s *State) Held() <-chan os.Signal { return s.held }

// Clone derives a virtual process, as fork would. It shares the descriptors of s, which must outlive it.
func (s *State) Clone() *State {
	return &State{
		Env: s.Env, forked: s.own || s.forked, dir: s.dir, dirLink: s.dirLink, fds: maps.Clone(s.fds),
		umask: s.umask, ids: s.ids, session: s.session, pidns: s.pidns, tty: s.tty, limits: s.limits,
		ignored: s.ignored, heedful: s.heedful,
	}
}

// Snapshot returns a function that puts the recorded state of a virtual process back as it is now.
func (s *State) Snapshot() (restore func()) {
	saved := *s
	saved.fds = maps.Clone(s.fds)
	return func() {
		opened := s.opened
		*s = saved
		s.opened = opened
	}
}

// Release closes the descriptors that were opened for this virtual process alone.
func (s *State) Release() {
	for _, fd := range s.opened {
		unix.Close(fd)
	}
	s.opened = nil
}

// Own asserts that s is the process itself, for commands that change what a State does not record
// (locks, limits, priorities, namespaces). It answers ErrNeedProcess on a virtual State. Some of these
// belong to the thread on Linux: from here on the caller stays on this one, up to the execve.
func (s *State) Own() error {
	if !s.own {
		return ErrNeedProcess
	}
	runtime.LockOSThread()
	return nil
}

// Virtual tells whether s is a derived process rather than this one.
func (s *State) Virtual() bool { return !s.own }

// Chdir changes the working directory.
func (s *State) Chdir(dir string) error {
	if s.own {
		return unix.Chdir(dir)
	}
	if s.ids != nil {
		return ErrNeedProcess
	}
	path, err := s.abs(dir)
	if err == nil {
		path, err = s.Path(path)
	}
	if err != nil {
		return err
	}
	fd, err := openRetry(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Faccessat(fd, ".", unix.X_OK, unix.AT_EACCESS); err != nil {
		return err
	}
	s.dir, s.dirLink = path, ""
	if real, err := os.Readlink(fdLink(fd)); err == nil {
		s.dir = real
	}
	return nil
}

// Enter makes the directory that is open as dirfd the working directory of a virtual process, wherever it
// has been moved to. The caller keeps dirfd open until the process is started. path is its absolute name
// as far as known, for use where there is no /proc.
func (s *State) Enter(dirfd int, path string) {
	s.dir, s.dirLink = path, ""
	if real, err := os.Readlink(fdLink(dirfd)); err == nil {
		s.dir, s.dirLink = real, fdLink(dirfd)
	}
}

func fdLink(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

// Getwd returns the absolute working directory.
func (s *State) Getwd() (string, error) {
	if s.dir != "" {
		return s.dir, nil
	}
	return unix.Getwd()
}

// Path returns name as this process can use it in system calls on behalf of s: a relative name is taken
// from the working directory of s, /dev/fd/N and its like from the descriptors of s. It answers ErrNeedProcess where the
// ids of s would change the outcome.
func (s *State) Path(name string) (string, error) {
	if s.ids != nil {
		return "", ErrNeedProcess
	}
	if n, below, ok := cutFDName(name); ok {
		return s.fdPath(n, below, name), nil
	}
	if s.dir == "" || name == "" || filepath.IsAbs(name) {
		return name, nil
	}
	return s.dir + "/" + name, nil
}

func (s *State) abs(name string) (string, error) {
	if name == "" {
		return "", unix.ENOENT
	}
	if filepath.IsAbs(name) {
		return name, nil
	}
	wd, err := s.Getwd()
	if err != nil {
		return "", err
	}
	return wd + "/" + name, nil
}

// Umask sets the file creation mask.
func (s *State) Umask(mask int) {
	if s.own {
		unix.Umask(mask)
		return
	}
	s.umask = mask
}

// SetIds changes the ids: supplementary groups, then gid, then uid, both real and effective.
func (s *State) SetIds(ids Ids) error {
	if !s.own {
		s.recordIds(ids)
		return nil
	}
	if ids.Groups != nil {
		if err := syscall.Setgroups(ids.Groups); err != nil {
			return err
		}
	}
	if ids.Gid >= 0 {
		if err := syscall.Setgid(ids.Gid); err != nil {
			return err
		}
	}
	if ids.Uid >= 0 {
		return syscall.Setuid(ids.Uid)
	}
	return nil
}

// MaySetIds tells whether SetIds will do what it is asked for. Of a virtual process that is known where this one has the
// capabilities, and the ids are not given up yet: else only a process can tell what becomes of it.
func (s *State) MaySetIds() bool {
	if s.own {
		return true
	}
	const needed = 1<<unix.CAP_SETUID | 1<<unix.CAP_SETGID
	var have [2]unix.CapUserData
	err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &have[0])
	return err == nil && have[0].Effective&needed == needed && (s.ids == nil || s.ids.Uid <= 0)
}

func (s *State) recordIds(ids Ids) {
	merged := Ids{Uid: -1, Gid: -1}
	if s.ids != nil {
		merged = *s.ids
	}
	if ids.Uid >= 0 {
		merged.Uid = ids.Uid
	}
	if ids.Gid >= 0 {
		merged.Gid = ids.Gid
	}
	if ids.Groups != nil {
		merged.Groups = ids.Groups
	}
	s.ids = &merged
}

// Setsid starts a new session. The process itself may already lead its group: then the error is EPERM.
func (s *State) Setsid() error {
	if !s.own {
		s.session = true
		return nil
	}
	_, err := unix.Setsid()
	return err
}

// NewPIDNamespace makes a virtual process the first of a PID namespace of its own.
func (s *State) NewPIDNamespace() { s.pidns = true }
