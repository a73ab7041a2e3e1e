package ps

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/internal/users"
)

const longestFile = 64 << 20

// lister holds what is the same for all processes.
type lister struct {
	now     time.Time
	uptime  time.Duration
	memory  uint64 // kB of memory and swap
	symbols symbols
	names   map[string]string // users, groups and terminals that were looked up
}

func newLister(local *time.Location) (*lister, error) {
	var boot unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot); err != nil {
		return nil, err
	}
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return nil, err
	}
	memory := (uint64(info.Totalram) + uint64(info.Totalswap)) * uint64(max(info.Unit, 1)) / 1024
	return &lister{now: time.Now().In(local), uptime: time.Duration(boot.Nano()), memory: memory, names: map[string]string{}}, nil
}

// list reads all processes, by pid. One that ends meanwhile is left out.
func (l *lister) list() ([]process, error) {
	names, err := sys.ReadDir(sys.AT, "/proc")
	if err != nil {
		return nil, err
	}
	var all []process
	for _, name := range names {
		if _, err := strconv.Atoi(name); err != nil {
			continue
		}
		data, err := sys.ReadFile(sys.AT, "/proc/"+name+"/stat", longestFile)
		var st unix.Stat_t
		if err != nil || unix.Stat("/proc/"+name, &st) != nil {
			continue
		}
		if p, ok := parseStat(string(data)); ok {
			p.num[0], p.uid, p.gid = int64(p.pid), int(st.Uid), int(st.Gid)
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b process) int { return a.pid - b.pid })
	return all, nil
}

func (l *lister) started(p *process) time.Time {
	return l.now.Add(time.Duration(p.num[fStart])*(time.Second/hertz) - l.uptime)
}

func (l *lister) rss(p *process) uint64 {
	return uint64(p.num[fRSS]) * uint64(unix.Getpagesize()) / 1024
}

func (l *lister) args(p *process) string {
	data, err := sys.ReadFile(sys.AT, fmt.Sprintf("/proc/%d/cmdline", p.pid), longestFile)
	switch text := strings.TrimRight(string(data), "\x00"); {
	case p.state == "Z":
		return p.comm + " <defunct>"
	case err != nil:
		return "*"
	case text == "":
		return "(" + p.comm + ")"
	default:
		return strings.ReplaceAll(text, "\x00", " ")
	}
}

func (l *lister) environment(p *process) string {
	data, err := sys.ReadFile(sys.AT, fmt.Sprintf("/proc/%d/environ", p.pid), longestFile)
	if err != nil || len(data) == 0 {
		return "*"
	}
	return strings.ReplaceAll(string(data), "\x00", " ")
}

// once looks a name up the first time it is asked for.
func (l *lister) once(key string, find func() string) string {
	if _, ok := l.names[key]; !ok {
		l.names[key] = find()
	}
	return l.names[key]
}

func (l *lister) user(uid int) string {
	return l.once(fmt.Sprint("u", uid), func() string {
		if a, err := users.ByUid(uid); err == nil {
			return a.Name
		}
		return fmt.Sprintf("(%d)", uid)
	})
}

func (l *lister) group(gid int) string {
	return l.once(fmt.Sprint("g", gid), func() string {
		if g, err := users.GroupByGid(gid); err == nil {
			return g.Name
		}
		return fmt.Sprintf("(%d)", gid)
	})
}

// tty is the name below /dev of the terminal with that number.
func (l *lister) tty(device uint32) string {
	if device == 0 {
		return "-"
	}
	return l.once(fmt.Sprint("t", device), func() string {
		major, minor := device>>8&0xfff, device&0xff|device>>12&0xfff00
		for _, dir := range []string{"", "pts"} {
			names, _ := sys.ReadDir(sys.AT, filepath.Join("/dev", dir))
			for _, name := range names {
				var st unix.Stat_t
				err := unix.Lstat(filepath.Join("/dev", dir, name), &st)
				if err == nil && st.Mode&unix.S_IFMT == unix.S_IFCHR && uint64(st.Rdev) == unix.Mkdev(major, minor) {
					return filepath.Join(dir, name)
				}
			}
		}
		return fmt.Sprintf("(%d:%d)", major, minor)
	})
}
