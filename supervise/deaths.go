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
