package proc

import "golang.org/x/sys/unix"

// Nice adds n to the nice value, within what the system has. A virtual State answers ErrNeedProcess.
func (s *State) Nice(n int) error {
	if err := s.Own(); err != nil {
		return err
	}
	// The system call, unlike the function of the C library, answers 20 minus the nice value.
	inverse, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		return err
	}
	return unix.Setpriority(unix.PRIO_PROCESS, 0, min(max(20-inverse+n, -20), 19))
}

// Gid returns the group id of s.
func (s *State) Gid() int {
	if s.ids != nil && s.ids.Gid >= 0 {
		return s.ids.Gid
	}
	return unix.Getgid()
}

// Chroot makes dir the root directory and the working directory. A virtual State answers ErrNeedProcess.
func (s *State) Chroot(dir string) error {
	if err := s.Own(); err != nil {
		return err
	}
	if err := unix.Chroot(dir); err != nil {
		return err
	}
	return unix.Chdir("/")
}
