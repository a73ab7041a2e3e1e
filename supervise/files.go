package supervise

import "s6box/internal/parking"

// files are what a service keeps open while it is supervised. Each is a descriptor, or all are parked and -1.
type files struct {
	dirfd, lock, control int32
	parked               *parking.Files
}

var noFiles = files{dirfd: -1, lock: -1, control: -1}

// crowd is how many descriptors are enough: services whose descriptors have greater numbers rest without any. Starting a
// process copies all there are, so fewer are better; but files that are parked count for the user in all of the system,
// and one with that many can't pass files to others where the limit is lower (unless privileged), so it takes hundreds of
// services.
const crowd = 1024

// opened tells whether the service directory is open: supervision has begun and not ended.
func (s *service) opened() bool { return s.dirfd >= 0 || s.parked != nil }

// at is the descriptor of the service directory, until the service rests; -1 if there is none, or none left.
func (s *service) at() int {
	if s.dirfd < 0 && s.parked != nil && s.launch == nil { // a launch is outside of the loop, whose the parking is
		if fds, err := s.parked.Fds(); err == nil {
			s.dirfd, s.lock, s.control = int32(fds[0]), int32(fds[1]), int32(fds[2])
		}
	}
	return int(s.dirfd)
}

// rest gives descriptors up until the next event where there are many services.
func (s *service) rest() {
	if s.launch != nil {
		return
	}
	if s.parked == nil && s.dirfd >= crowd && s.lock >= 0 && s.control >= 0 {
		s.parked, _ = s.engine.parking.Park(int(s.dirfd), int(s.lock), int(s.control)) // else they are held
	}
	if s.parked != nil {
		closeAll(&s.dirfd, &s.lock, &s.control)
		s.engine.parking.Restock()
	}
}

// unpark leaves s with descriptors of its own.
func (s *service) unpark() {
	if s.parked == nil {
		return
	}
	if err := s.parked.Release(); err == nil {
		s.parked = nil
	}
}
