package proc

import "golang.org/x/sys/unix"

// WithUmask runs f under another file creation mask. It is the mask of the whole process: a virtual State
// answers ErrNeedProcess.
func (s *State) WithUmask(mask int, f func() error) error {
	if err := s.Own(); err != nil {
		return err
	}
	return underMask(mask, f)
}

// underMask makes mask that of the process while f runs, which must not wait for anybody: nothing is started meanwhile. A
// negative one is the mask that the process has.
func underMask(mask int, f func() error) error {
	if mask < 0 {
		createMu.RLock()
		defer createMu.RUnlock()
		return f()
	}
	createMu.Lock()
	defer createMu.Unlock()
	defer unix.Umask(unix.Umask(mask))
	return f()
}

// SymbolicMask is what a file creation mask permits, as umask -S prints it: "u=rwx,g=rx,o=rx".
func SymbolicMask(mask int) string {
	var out []byte
	for i, who := range []byte("ugo") {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, who, '=')
		for j, perm := range []byte("rwx") {
			if mask&(0o400>>(3*i+j)) == 0 {
				out = append(out, perm)
			}
		}
	}
	return string(out)
}
