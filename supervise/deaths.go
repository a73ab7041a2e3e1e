package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

// deathSize is the length in bytes of one record in supervise/death_tally.
const deathSize = tai.Size + 2

// MostDeaths is the number of records the file may hold; DefaultDeaths how many it does where
// max-death-tally says nothing.
const MostDeaths, DefaultDeaths = 4096, 100

const deathsFile = "supervise/death_tally"

// Death is one record of supervise/death_tally: when a run ended, and how.
type Death struct {
	Stamp  tai.Stamp
	Code   byte // exit code, or 128 plus the signal
	Signal byte // 0: exited
}

// NewDeath makes the record of a run that ended with status.
func NewDeath(at tai.Stamp, status proc.Status) Death {
	if sig := status.Signal(); sig != 0 {
		return Death{at, byte(128 + int(sig)), byte(sig)}
	}
	return Death{at, byte(status.Code()), 0}
}

// EncodeDeaths returns the content of supervise/death_tally: the newest death is the last.
func EncodeDeaths(deaths []Death) []byte {
	b := make([]byte, 0, len(deaths)*deathSize)
	for _, d := range deaths {
		stamp := d.Stamp.Pack()
		b = append(append(b, stamp[:]...), d.Code, d.Signal)
	}
	return b
}

// DecodeDeaths reads the content of supervise/death_tally. A length that is not one of whole records is
// EINVAL.
func DecodeDeaths(b []byte) ([]Death, error) {
	if len(b)%deathSize != 0 {
		return nil, unix.EINVAL
	}
	deaths := make([]Death, 0, len(b)/deathSize)
	for ; len(b) > 0; b = b[deathSize:] {
		deaths = append(deaths, Death{tai.Unpack([tai.Size]byte(b)), b[tai.Size], b[tai.Size+1]})
	}
	return deaths, nil
}

// ReadDeaths reads the death tally of the service in directory dir. No file is no deaths.
func ReadDeaths(dirfd int, dir string) ([]Death, error) {
	data, err := sys.ReadFile(dirfd, dir+"/"+deathsFile, MostDeaths*deathSize)
	if err == unix.ENOENT {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return DecodeDeaths(data)
}

// WriteDeaths replaces the death tally of the service in directory dir.
func WriteDeaths(dirfd int, dir string, deaths []Death) error {
	return sys.ReplaceFile(dirfd, dir+"/"+deathsFile, EncodeDeaths(deaths), 0o644)
}

// AddDeath adds a record to the death tally of the service in directory dir; of all there are then, the
// last most stay. Where there is room it is appended, whole: that costs a fraction of a new file.
func AddDeath(dirfd int, dir string, d Death, most int) error {
	if appendDeath(dirfd, dir+"/"+deathsFile, d, most) {
		return nil
	}
	deaths, err := ReadDeaths(dirfd, dir)
	if err != nil && err != unix.EINVAL {
		return err
	}
	deaths = append(deaths, d)
	return WriteDeaths(dirfd, dir, deaths[len(deaths)-min(len(deaths), most):])
}

// appendDeath writes d to the end of a file of fewer than most whole records. On false, file is as it was.
func appendDeath(dirfd int, file string, d Death, most int) bool {
	fd, err := sys.Open(dirfd, file, unix.O_WRONLY|unix.O_APPEND|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG ||
		st.Size%deathSize != 0 || st.Size/deathSize >= int64(most) {
		return false
	}
	n, err := unix.Write(fd, EncodeDeaths([]Death{d}))
	if n > 0 && n < deathSize {
		unix.Ftruncate(fd, st.Size) // the disk is full
	}
	return err == nil && n == deathSize
}
