package proc

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// Exec replaces this process by the program at path. It returns only on error; on a virtual State that is
// ErrNeedProcess.
func (s *State) Exec(path string, argv []string) error {
	if !s.own {
		return ErrNeedProcess
	}
	if err := s.applyLimits(); err != nil {
		return err
	}
	return syscall.Exec(path, argv, s.Env)
}

// Spawn starts the program at path as a child with the attributes of s. Attributes that fork and exec
// can't carry (the umask of a virtual process, limits that wait for the execve) are set by this program, run
// in between under the name of the command that does it.
func (s *State) Spawn(path string, argv []string) (pid int, err error) {
	if s.umask >= 0 || len(s.limits) > 0 {
		argv = append([]string{path}, argv[1:]...)
		if len(s.limits) > 0 {
			argv = s.limitCommand(argv)
		}
		if s.umask >= 0 {
			argv = append([]string{"umask", octal(s.umask)}, argv...)
		}
		path = Self()
	}
	attr := &syscall.ProcAttr{Dir: s.dir, Env: s.Env, Files: s.inheritance()}
	if s.dirLink != "" && s.ids == nil { // ids change first, and take /proc/self/fd away
		attr.Dir = s.dirLink
	}
	if s.ids != nil || s.session || s.pidns {
		attr.Sys = &syscall.SysProcAttr{Setsid: s.session}
	}
	if s.pidns {
		attr.Sys.Cloneflags = syscall.CLONE_NEWPID
	}
	if s.ids != nil {
		attr.Sys.Credential = s.credential()
	}
	return syscall.ForkExec(path, argv, attr)
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

// Wait waits for the child pid and no other.
func Wait(pid int) (Status, error) {
	var ws unix.WaitStatus
	for {
		_, err := unix.Wait4(pid, &ws, 0, nil)
		if err != unix.EINTR {
			return Status(ws), err
		}
	}
}

// ExecCode is the exit code for a program that could not be executed: 127 when there is none, else 126.
func ExecCode(err error) int {
	if errors.Is(err, unix.ENOENT) {
		return 127
	}
	return 126
}

func octal(n int) string {
	return string([]byte{'0' + byte(n>>6&7), '0' + byte(n>>3&7), '0' + byte(n&7)})
}
