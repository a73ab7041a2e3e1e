package proc

import (
	"maps"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Limit is a pair of resource limits, soft and hard; unix.RLIM_INFINITY is none.
type Limit struct{ Soft, Hard uint64 }

// deferred are the resources whose lack would stop this process itself before it has executed anything:
// their limits wait for the execve. The letters are those of s6-softlimit.
var deferred = [...]struct {
	resource int
	letter   string
}{{unix.RLIMIT_AS, "-a"}, {unix.RLIMIT_DATA, "-d"}, {unix.RLIMIT_NPROC, "-p"}}

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
	if !isDeferred(resource) {
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

// applyLimits makes the limits that were waiting for the execve.
func (s *State) applyLimits() error {
	for resource, l := range s.limits {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: l.Soft, Max: l.Hard}); err != nil {
			return err
		}
	}
	return nil
}

// limitCommand is the command line that makes those limits in a child and goes on with argv.
func (s *State) limitCommand(argv []string) []string {
	line := []string{"s6-softlimit"}
	var hard []string
	for _, d := range deferred {
		if l, ok := s.limits[d.resource]; ok {
			line = append(line, d.letter, strconv.FormatUint(l.Soft, 10))
			hard = append(hard, d.letter, strconv.FormatUint(l.Hard, 10))
		}
	}
	line = append(append(line, "-h"), hard...)
	return append(append(line, "--"), argv...)
}

func isDeferred(resource int) bool {
	for _, d := range deferred {
		if d.resource == resource {
			return true
		}
	}
	return false
}
