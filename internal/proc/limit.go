package proc

import (
	"maps"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// Limit is a pair of resource limits, soft and hard; unix.RLIM_INFINITY is none.
type Limit struct{ Soft, Hard uint64 }

// deferred are the resources whose lack would stop this process itself before it has executed anything:
// their limits wait for the execve.
var deferred = [...]int{unix.RLIMIT_AS, unix.RLIMIT_DATA, unix.RLIMIT_NPROC}

// Limit returns the limits of a resource (unix.RLIMIT_...) that programs executed from s get.
func (s *State) Limit(resource int) (Limit, error) {
	if l, ok := s.limits[resource]; ok {
		return l, nil
	}
	if l, ok := inheritedFiles(); ok && resource == unix.RLIMIT_NOFILE {
		return l, nil
	}
	var lim unix.Rlimit
	err := unix.Prlimit(0, resource, nil, &lim)
	return Limit{uint64(lim.Cur), uint64(lim.Max)}, err
}

// SetLimit changes the limits of a resource. A virtual State answers ErrNeedProcess.
func (s *State) SetLimit(resource int, l Limit) error {
	if err := s.Own(); err != nil {
		return err
	}
	if !slices.Contains(deferred[:], resource) {
		return syscall.Setrlimit(resource, &syscall.Rlimit{Cur: l.Soft, Max: l.Hard})
	}
	old, err := s.Limit(resource)
	if err != nil {
		return err
	}
	if l.Hard > old.Hard {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: old.Soft, Max: l.Hard}); err != nil {
			return err
		}
	}
	if l.Soft > l.Hard {
		return unix.EINVAL
	}
	limits := maps.Clone(s.limits)
	if limits == nil {
		limits = make(map[int]Limit)
	}
	limits[resource] = l
	s.limits = limits
	return nil
}
