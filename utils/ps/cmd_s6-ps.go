package ps

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/internal/zone"
)

var cmdS6Ps = applet.Applet{
	Name:  "s6-ps",
	Usage: "[ -H ] [ -w spacing ] [ -W wchanfile ] [ -l | -o field,field... ]",
	Help: `Lists the processes of the system, by pid. A star is what may not be read, a dash what a process does not have.

  -H         as a tree, those of the kernel first
  -w N       N spaces between columns, 1 to 256 (default 2)
  -W FILE    names of kernel addresses for wchan (default /proc/kallsyms, /boot/System.map-RELEASE, /boot/System.map)
  -l         the same as -o user,pid,cpcpu,pmem,vsize,rss,tty,s,start,cttime,args
  -o FIELDS  columns (default user,pid,tty,s,start,args), out of: pid comm s ppid pgrp sess tty tpgid minflt cminflt
             majflt cmajflt utime stime cutime cstime prio nice thcount start vsize rss rsslimit psr rtprio policy user
             group pmem wchan args env pcpu ttime cttime tstart cpcpu

Exit codes: 100 wrong usage, 111 /proc can't be read or stdout can't be written.

Example: s6-ps -H -o pid,user,args
`,
	Run: runPs,
}

const (
	shortFields = "user,pid,tty,s,start,args"
	longFields  = "user,pid,cpcpu,pmem,vsize,rss,tty,s,start,cttime,args"
)

func runPs(inv *applet.Invocation) error {
	asTree, wchanFile := false, ""
	spacing := uint64(2)
	columns, err := parseFields(shortFields)
	if err != nil {
		return applet.Fatal(applet.ExitUsage, "%s", err)
	}
	choose := func(list string) error {
		if columns, err = parseFields(list); err != nil {
			return applet.Fatal(applet.ExitUsage, "%s", err)
		}
		return nil
	}
	setSpacing := inv.Uint(&spacing)
	err = inv.Getopt("Hlw:W:o:", func(opt byte, value string) error {
		switch opt {
		case 'H':
			asTree = true
		case 'l':
			return choose(longFields)
		case 'w':
			return setSpacing(value)
		case 'W':
			wchanFile = value
		case 'o':
			return choose(value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	l, err := newLister(zone.Local(inv.Proc.Env.Get("TZ")))
	if err != nil {
		return applet.System(err, "get the state of the system")
	}
	all, err := l.list()
	if err != nil {
		return applet.System(err, "read /proc")
	}
	if asTree {
		all = tree(all)
	}
	for _, f := range columns {
		if f.name == "wchan" {
			l.symbols = readSymbols(inv, wchanFile)
		}
	}
	text := l.table(all, columns, int(min(max(spacing, 1), 256)))
	if _, err := inv.Proc.Stdout().Write([]byte(text)); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// readSymbols reads file, or the first of the usual files that can be read. None is worth a warning.
func readSymbols(inv *applet.Invocation, file string) symbols {
	files, what := []string{file}, "wchan file "+file
	if file == "" {
		var names unix.Utsname
		unix.Uname(&names)
		release := unix.ByteSliceToString(names.Release[:])
		files, what = []string{"/proc/kallsyms", "/boot/System.map-" + release, "/boot/System.map"}, "wchan"
	}
	var err error
	for _, name := range files {
		if name, err = inv.Proc.Path(name); err != nil {
			continue
		}
		var data []byte
		if data, err = sys.ReadFile(sys.AT, name, longestFile); err == nil {
			return parseSymbols(string(data))
		}
	}
	inv.Warn("unable to init %s: %s", what, applet.Reason(err))
	return nil
}

func (l *lister) table(all []process, columns []field, spacing int) string {
	right := make([]bool, len(columns))
	header := make([]string, len(columns))
	for i, f := range columns {
		right[i], header[i] = f.right, f.header
	}
	rows := [][]string{header}
	for i := range all {
		row := make([]string, len(columns))
		for j, f := range columns {
			row[j] = f.show(l, &all[i])
		}
		rows = append(rows, row)
	}
	return table(rows, right, spacing)
}
