package proc

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Commit is the name of the hidden command that does between fork and exec what neither can carry:
//
//	s6box-commit [ -u mask ] [ -l resource:soft:hard ] [ -i uid:gid:group,... ] [ -s signal ] [ -o fd ] path argv0 args...
//
// sets the umask (octal), limits and ids (a negative one is left alone, and so are groups written as -),
// ignores signals, and executes path. With -o it starts path as a child instead, writes its pid, or the errno as a
// negative number, to the descriptor and exits.
const Commit = "s6box-commit"

// Exec replaces this process by the program at path. It returns only on error; on a virtual State that is
// ErrNeedProcess.
func (s *State) Exec(path string, argv []string) error {
	if !s.own {
		return ErrNeedProcess
	}
	if len(s.limits) > 0 {
		return s.masked(func() error { return s.execLimited(path, argv) })
	}
	return s.masked(func() error { return syscall.Exec(path, argv, s.Env) })
}

// execLimited is syscall.Exec under limits that this process could not live with: nothing takes memory once they are in force.
func (s *State) execLimited(path string, argv []string) error {
	file, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	args, err := syscall.SlicePtrFromStrings(argv)
	if err != nil {
		return err
	}
	env, err := syscall.SlicePtrFromStrings(s.Env)
	if err != nil {
		return err
	}
	set := func(resource int, l Limit) unix.Errno {
		lim := unix.Rlimit{Cur: l.Soft, Max: l.Hard}
		_, _, errno := unix.RawSyscall6(unix.SYS_PRLIMIT64, 0, uintptr(resource), uintptr(unsafe.Pointer(&lim)), 0, 0, 0)
		return errno
	}
	beforeExec()
	defer afterExec()
	if l, ok := inheritedFiles(); ok {
		set(unix.RLIMIT_NOFILE, l)
	}
	for resource, l := range s.limits {
		if errno := set(resource, l); errno != 0 {
			return errno
		}
	}
	_, _, errno := unix.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(file)), uintptr(unsafe.Pointer(&args[0])), uintptr(unsafe.Pointer(&env[0])))
	return errno
}

// Spawn starts the program at path as a child with the attributes of s. What fork and exec can't carry is set
// by this program, run in between.
func (s *State) Spawn(path string, argv []string) (pid int, err error) {
	switch {
	case s.umask < 0 && len(s.limits) == 0 && len(s.ignored) == 0:
		pid, err := s.forkExec(path, argv)
		if err == unix.EACCES && s.ids != nil && s.dir != "" {
			return s.spawnInside(path, argv)
		}
		return pid, err
	case s.forked && len(s.limits) == 0 && len(s.ignored) == 0:
		err = underMask(s.umask, func() error {
			pid, err = s.forkExecNow(path, argv)
			return err
		})
		return pid, err
	default:
		return s.forkExec(Self(), s.commit(-1, path, argv))
	}
}

// spawnInside starts path where its ids may not enter the working directory: fork and exec set the ids
// first, so the hidden command sets them, inside. A program that nobody may execute stays EACCES.
func (s *State) spawnInside(path string, argv []string) (pid int, err error) {
	if _, err := s.executable(path); err != nil {
		return 0, unix.EACCES
	}
	whole := *s
	whole.ids = nil
	words := append([]string{Commit, "-i", s.ids.String(), path}, argv...)
	return whole.forkExec(Self(), words)
}

// commit is the command line that starts path by way of the hidden command.
func (s *State) commit(report int, path string, argv []string) []string {
	words := []string{Commit}
	if report >= 0 {
		words = append(words, "-o", strconv.Itoa(report))
	}
	if s.umask >= 0 {
		words = append(words, "-u", strconv.FormatInt(int64(s.umask), 8))
	}
	for resource, l := range s.limits {
		words = append(words, "-l", fmt.Sprintf("%d:%d:%d", resource, l.Soft, l.Hard))
	}
	for _, sig := range s.ignored {
		words = append(words, "-s", strconv.Itoa(int(sig)))
	}
	return append(append(words, path), argv...)
}

// SpawnOrphan starts the program at path as Spawn does, but as the child of a process that is gone when
// SpawnOrphan returns: whoever adopts orphans reaps it.
func (s *State) SpawnOrphan(path string, argv []string) (pid int, err error) {
	r, w, err := Pipe()
	if err != nil {
		return 0, err
	}
	defer unix.Close(r)
	n, err := unix.FcntlInt(uintptr(w), unix.F_DUPFD_CLOEXEC, s.top()+1) // a number that s does not use
	unix.Close(w)
	if err != nil {
		return 0, err
	}
	between, err := s.forkExec(Self(), s.commit(n, path, argv), n)
	unix.Close(n)
	if err != nil {
		return 0, err
	}
	report, err := io.ReadAll(FD(r))
	if err != nil {
		return 0, err
	}
	if _, err := Wait(between); err != nil && err != unix.ECHILD { // with SIGCHLD ignored there is nothing to reap
		return 0, err
	}
	pid, err = strconv.Atoi(string(report))
	switch {
	case err != nil:
		return 0, unix.ECHILD
	case pid < 0:
		return 0, unix.Errno(-pid)
	}
	return pid, nil
}

// forkExec starts path; extra are descriptors of this process that it gets besides those of s.
func (s *State) forkExec(path string, argv []string, extra ...int) (pid int, err error) {
	createMu.RLock()
	defer createMu.RUnlock()
	return s.forkExecNow(path, argv, extra...)
}

// forkExecNow is forkExec for who holds createMu.
func (s *State) forkExecNow(path string, argv []string, extra ...int) (pid int, err error) {
	attr := &syscall.ProcAttr{Dir: s.dir, Env: s.Env, Files: s.inheritance(extra...)}
	if s.dirLink != "" && s.ids == nil { // ids change first, and take /proc/self/fd away
		attr.Dir = s.dirLink
	}
	if s.ids != nil || s.session || s.pidns || s.tty > 0 {
		attr.Sys = &syscall.SysProcAttr{Setsid: s.session, Foreground: s.tty > 0 && !s.session, Ctty: s.tty}
	}
	if s.pidns {
		attr.Sys.Cloneflags = syscall.CLONE_NEWPID
	}
	if s.ids != nil {
		attr.Sys.Credential = s.credential()
	}
	err = s.masked(func() (err error) {
		pid, err = syscall.ForkExec(path, argv, attr)
		return err
	})
	return pid, err
}

func (s *State) credential() *syscall.Credential {
	c := &syscall.Credential{Uid: uint32(unix.Getuid()), Gid: uint32(unix.Getgid()), NoSetGroups: s.ids.Groups == nil}
	if s.ids.Uid >= 0 {
		c.Uid = uint32(s.ids.Uid)
	}
	if s.ids.Gid >= 0 {
		c.Gid = uint32(s.ids.Gid)
	}
	for _, g := range s.ids.Groups {
		c.Groups = append(c.Groups, uint32(g))
	}
	return c
}

// ExecCode is the exit code for a program that could not be executed: 127 when there is none, else 126.
func ExecCode(err error) int {
	if errors.Is(err, unix.ENOENT) {
		return 127
	}
	return 126
}
