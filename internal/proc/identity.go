package proc

import (
	"os"

	"golang.org/x/sys/unix"
)

// Pid returns the process id; a virtual process has none yet.
func (s *State) Pid() (int, error) {
	if !s.own {
		return 0, ErrNeedProcess
	}
	return os.Getpid(), nil
}

// Ppid returns the id of the parent; a virtual process has none yet.
func (s *State) Ppid() (int, error) {
	if !s.own {
		return 0, ErrNeedProcess
	}
	return os.Getppid(), nil
}

// CurrentUmask returns the file creation mask.
func (s *State) CurrentUmask() int {
	if s.umask >= 0 {
		return s.umask
	}
	createMu.Lock()
	defer createMu.Unlock()
	mask := unix.Umask(0o077)
	unix.Umask(mask)
	return mask
}

// CallNext makes argv0 what the next program of the chain is called by, whatever its file.
func (s *State) CallNext(argv0 string) { s.argv0 = &argv0 }

// Call returns argv as the program at its head is to be called, and forgets what CallNext said.
func (s *State) Call(argv []string) []string {
	if s.argv0 == nil {
		return argv
	}
	argv = append([]string{*s.argv0}, argv[1:]...)
	s.argv0 = nil
	return argv
}
