package proc

import "golang.org/x/sys/unix"

// WithUmask runs f under another file creation mask. It is the mask of the whole process: a virtual State
// answers ErrNeedProcess.
func (s *State) WithUmask(mask int, f func() error) error {
	if err := s.Own(); err != nil {
		return err
	}
	createMu.Lock()
	defer createMu.Unlock()
	defer unix.Umask(unix.Umask(mask))
	return f()
}
