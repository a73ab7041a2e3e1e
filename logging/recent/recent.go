// Package recent reads what a logger that runs has written lately.
package recent

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/internal/tai"
	"s6box/internal/zone"
)

// Log is the end of a log.
type Log struct {
	File  string   // that it is in
	Lines []string // without their timestamps
}

// How much of a log is read: the last Max lines, of the last window bytes.
const (
	Max    = 10
	window = 4 << 10
	widest = 400 // bytes of a line
)

// patience is how long a logger may take to write what it has been sent.
const patience = time.Second

// Read returns what the logger with process id pid has written since then to the first of its log directories
// (https://skarnet.org/software/s6/s6-log.html). A line that was written before is known by its timestamp, if it has one.
// Without such a process, such a directory, the permission to look or new lines the Log is empty.
func Read(pid int, since time.Time) Log {
	proc := "/proc/" + strconv.Itoa(pid)
	file := current(proc)
	if file == "" {
		return Log{}
	}
	settle(proc)
	lines := tail(file, since, zoneOf(proc))
	if len(lines) == 0 {
		return Log{}
	}
	return Log{file, lines}
}

// Reads tells whether the standard input of process pid is what this process has as descriptor fd.
func Reads(pid int, fd int) bool {
	var a, b unix.Stat_t
	return unix.Stat("/proc/"+strconv.Itoa(pid)+"/fd/0", &a) == nil && unix.Fstat(fd, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// current finds the file called current that a process has open.
func current(proc string) string {
	fds, _ := sys.ReadDir(sys.AT, proc+"/fd")
	for _, fd := range fds {
		if file, err := os.Readlink(proc + "/fd/" + fd); err == nil && strings.HasSuffix(file, "/current") {
			return file
		}
	}
	return ""
}

// settle waits until a process has read all there is in its standard input, and has nothing to do.
func settle(proc string) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if unread(proc) == 0 && idle(proc) {
			return
		}
	}
}

// unread is how many bytes wait in the pipe that is a process's standard input; 0 if it is no pipe.
func unread(proc string) int {
	fd, err := sys.Open(sys.AT, proc+"/fd/0", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return 0
	}
	defer unix.Close(fd)
	n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
	if err != nil {
		return 0
	}
	return n
}

// idle tells whether every thread of a process sleeps.
func idle(proc string) bool {
	threads, _ := sys.ReadDir(sys.AT, proc+"/task")
	for _, thread := range threads {
		stat, err := sys.ReadFile(sys.AT, proc+"/task/"+thread+"/stat", 512)
		if err != nil {
			continue // it has ended
		}
		if _, state, ok := strings.Cut(string(stat), ") "); ok && state[:1] != "S" {
			return false
		}
	}
	return true
}

// zoneOf is the time zone of a process.
func zoneOf(proc string) *time.Location {
	const longest = 4 << 20
	env, _ := sys.ReadFile(sys.AT, proc+"/environ", longest)
	for entry := range strings.SplitSeq(string(env), "\x00") {
		if tz, ok := strings.CutPrefix(entry, "TZ="); ok {
			return zone.Local(tz, true)
		}
	}
	return zone.Local("", false)
}

// tail returns the last lines of a log file that were written since then. where is the time zone of the logger.
func tail(file string, since time.Time, where *time.Location) (lines []string) {
	fd, err := sys.Open(sys.AT, file, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || time.Unix(st.Mtim.Unix()).Before(since.Add(-coarse)) {
		return nil
	}
	var buf [window]byte
	start := max(st.Size-window, 0)
	n, _ := unix.Pread(fd, buf[:], start)
	text := string(buf[:max(n, 0)])
	if start > 0 {
		_, text, _ = strings.Cut(text, "\n") // it begins in the middle of a line
	}
	for line := range strings.Lines(text) {
		line, late := stripped(strings.TrimSuffix(line, "\n"), since, where)
		if late && strings.TrimSpace(line) != "" {
			lines = append(lines, clean(line))
		}
	}
	return lines[max(len(lines)-Max, 0):]
}

// coarse is how far the time of a file may be behind the clock.
const coarse = 20 * time.Millisecond

// iso is how s6-log words a timestamp with T.
const iso = "2006-01-02 15:04:05.000000000"

// stripped takes a timestamp off a line; late tells whether the line may have been written since then.
func stripped(line string, since time.Time, where *time.Location) (text string, late bool) {
	if stamp, ok := tai.Parse(line); ok {
		return strings.TrimPrefix(line[tai.TextSize:], " "), !stamp.Before(tai.FromTime(since))
	}
	if len(line) >= len(iso) {
		if t, err := time.ParseInLocation(iso, line[:len(iso)], where); err == nil {
			return strings.TrimLeft(line[len(iso):], " "), !t.Before(since)
		}
	}
	return line, true
}

// clean makes a line fit for a message: no control characters, and not endless.
func clean(line string) string {
	if len(line) > widest {
		line = line[:widest] + "…"
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\t' || c == 0x7f {
			return '?'
		}
		return c
	}, line)
}
