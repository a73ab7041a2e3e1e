package supervise

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

// statusSize is the length of supervise/status in bytes.
const statusSize = 35

const statusFile = "supervise/status"

// Status is what supervise/status tells of a service.
type Status struct {
	Stamp      tai.Stamp   // when it last went up or down
	ReadyStamp tai.Stamp   // when it last was ready, or ready to be started
	Pid        int         // of run, of finish while Finishing, 0 when down
	Exit       proc.Status // how run last ended; only its low 16 bits are kept
	Paused     bool
	Finishing  bool // run is dead, finish lives
	WantUp     bool
	Ready      bool // up: the service said so; down: it may be started
}

const (
	flagPaused = 1 << iota
	flagFinishing
	flagWantUp
	flagReady
)

// Up tells whether run is alive.
func (s *Status) Up() bool { return s.Pid != 0 && !s.Finishing }

// NeverStarted tells whether the service has not been started yet.
func (s *Status) NeverStarted() bool { return s.Pid == 0 && !s.Finishing && s.Paused }

// Encode returns the content of supervise/status.
func (s *Status) Encode() (b [statusSize]byte) {
	stamp, ready := s.Stamp.Pack(), s.ReadyStamp.Pack()
	copy(b[0:], stamp[:])
	copy(b[12:], ready[:])
	binary.BigEndian.PutUint64(b[24:], uint64(s.Pid))
	binary.BigEndian.PutUint16(b[32:], uint16(s.Exit))
	for i, set := range [...]bool{s.Paused, s.Finishing, s.WantUp, s.Ready} {
		if set {
			b[34] |= 1 << i
		}
	}
	return b
}

// errShortStatus has the reason upstream reports for a file of less than statusSize bytes.
var errShortStatus = error(unix.EPIPE)

// decodeStatus reads the content of supervise/status; what follows the first statusSize bytes is ignored.
func decodeStatus(b []byte) (Status, error) {
	if len(b) < statusSize {
		return Status{}, errShortStatus
	}
	flags := b[34]
	return Status{
		Stamp:      tai.Unpack([tai.Size]byte(b[0:])),
		ReadyStamp: tai.Unpack([tai.Size]byte(b[12:])),
		Pid:        int(binary.BigEndian.Uint64(b[24:])),
		Exit:       proc.Status(binary.BigEndian.Uint16(b[32:])),
		Paused:     flags&flagPaused != 0,
		Finishing:  flags&flagFinishing != 0,
		WantUp:     flags&flagWantUp != 0,
		Ready:      flags&flagReady != 0,
	}, nil
}

// ReadStatus reads the status of the service in directory dir.
func ReadStatus(dirfd int, dir string) (Status, error) {
	data, err := sys.ReadFile(dirfd, dir+"/"+statusFile, statusSize)
	if err != nil {
		return Status{}, err
	}
	return decodeStatus(data)
}

// writeStatus replaces the status of the service in directory dir.
func writeStatus(dirfd int, dir string, s *Status) error {
	data := s.Encode()
	return sys.ReplaceFile(dirfd, dir+"/"+statusFile, data[:], 0o644)
}

// Running tells whether a supervisor runs on the service directory dir. An absent directory or lock is
// none; any other failure to find out is the error.
func Running(dirfd int, dir string) (bool, error) {
	fd, err := sys.Open(dirfd, dir+"/supervise/lock", unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if errors.Is(err, unix.ENOENT) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer unix.Close(fd)
	return sys.Locked(fd)
}
