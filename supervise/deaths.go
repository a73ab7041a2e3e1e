package supervise

import (
	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

// deathSize is the length in bytes of one record in supervise/death_tally.
const deathSize = tai.Size + 2

// mostDeaths is the number of records the file may hold; defaultDeaths how many it does where
// max-death-tally says nothing.
const mostDeaths, defaultDeaths = 4096, 100

const deathsFile = "supervise/death_tally"

// death is one record of supervise/death_tally: when a run ended, and how.
type death struct {
	Stamp  tai.Stamp
	Code   byte // exit code, or 128 plus the signal
	Signal byte // 0: exited
}

// newDeath makes the record of a run that ended with status.
func newDeath(at tai.Stamp, status proc.Status) death {
	if sig := status.Signal(); sig != 0 {
		return death{at, byte(128 + int(sig)), byte(sig)}
	}
	return death{at, byte(status.Code()), 0}
}

// encodeDeaths returns the content of supervise/death_tally: the newest death is the last.
func encodeDeaths(deaths []death) []byte {
	b := make([]byte, 0, len(deaths)*deathSize)
	for _, d := range deaths {
		stamp := d.Stamp.Pack()
		b = append(append(b, stamp[:]...), d.Code, d.Signal)
	}
	return b
}

// decodeDeaths reads the content of supervise/death_tally. A length that is not one of whole records is
// EINVAL.
func decodeDeaths(b []byte) ([]death, error) {
	if len(b)%deathSize != 0 {
		return nil, unix.EINVAL
	}
	deaths := make([]death, 0, len(b)/deathSize)
	for ; len(b) > 0; b = b[deathSize:] {
		deaths = append(deaths, death{tai.Unpack([tai.Size]byte(b)), b[tai.Size], b[tai.Size+1]})
	}
	return deaths, nil
}

// readDeaths reads the death tally of the service in directory dir. No file is no deaths.
func readDeaths(dirfd int, dir string) ([]death, error) {
	data, err := sys.ReadFile(dirfd, dir+"/"+deathsFile, mostDeaths*deathSize)
	if err == unix.ENOENT {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeDeaths(data)
}

// writeDeaths replaces the death tally of the service in directory dir.
func writeDeaths(dirfd int, dir string, deaths []death) error {
	return sys.ReplaceFile(dirfd, dir+"/"+deathsFile, encodeDeaths(deaths), 0o644)
}

// addDeath adds a record to the death tally of the service in directory dir; of all there are then, the
// last most stay. Where there is room it is appended, whole: that costs a fraction of a new file.
func addDeath(dirfd int, dir string, d death, most int) error {
	if appendDeath(dirfd, dir+"/"+deathsFile, d, most) {
		return nil
	}
	deaths, err := readDeaths(dirfd, dir)
	if err != nil && err != unix.EINVAL {
		return err
	}
	deaths = append(deaths, d)
	return writeDeaths(dirfd, dir, deaths[len(deaths)-min(len(deaths), most):])
}

// appendDeath writes d to the end of a file of fewer than most whole records. On false, file is as it was.
func appendDeath(dirfd int, file string, d death, most int) bool {
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
	n, err := unix.Write(fd, encodeDeaths([]death{d}))
	if n > 0 && n < deathSize {
		unix.Ftruncate(fd, st.Size) // the disk is full
	}
	return err == nil && n == deathSize
}
