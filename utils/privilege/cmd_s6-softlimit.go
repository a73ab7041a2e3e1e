package privilege

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

var cmdS6Softlimit = applet.Applet{
	Name: "s6-softlimit",
	Usage: "[ -H | -h ] [ -a allbytes ] [ -c corebytes ] [ -d databytes ] [ -f filebytes ] [ -l lockbytes ] " +
		"[ -m membytes ] [ -o openfiles ] [ -P priority ] [ -p processes ] [ -r residentbytes ] [ -s stackbytes ] " +
		"[ -t cpusecs ] prog...",
	Help: `Runs prog with other resource limits: soft ones, or as -H and -h say for the options behind them. A soft
limit above the hard one becomes the hard one.

  -H     both limits            -h     the hard limit; the soft one is lowered if it has to be
  -a N   address space          -m N   data, stack, locked memory and address space
  -c N   core file size         -o N   open files
  -d N   heap                   -P N   real-time priority
  -f N   file size              -p N   processes of the user
  -l N   locked memory          -r N   resident memory
  -s N   stack                  -t N   seconds of CPU time

N is in bytes where it is a size; = is the hard limit.

Exit codes: 100 usage, 111 the limit is not permitted.

Example: s6-softlimit -o 4096 -c 0 server
`,
	Chain: runSoftlimit,
}

func runSoftlimit(inv *applet.Invocation) ([]string, error) {
	if err := inv.Proc.Own(); err != nil {
		return nil, err
	}
	which := byte('S')
	err := inv.Getopt("hHa:c:d:f:l:m:o:P:p:r:s:t:", func(opt byte, value string) error {
		if opt == 'h' || opt == 'H' {
			which = opt
			return nil
		}
		n, ok := applet.ParseUint(value)
		if !ok && value != "=" {
			return inv.UsageError()
		}
		for _, resource := range resources(opt) {
			if err := limit(inv.Proc, resource, which, n, value == "="); err != nil {
				return applet.System(err, "setrlimit -%c %s", opt, value)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	return inv.Args, nil
}

func limit(st *proc.State, resource int, which byte, n uint64, hardest bool) error {
	l, err := st.Limit(resource)
	if err != nil {
		return err
	}
	if hardest {
		n = l.Hard
	}
	switch which {
	case 'H':
		l = proc.Limit{Soft: n, Hard: n}
	case 'h':
		l = proc.Limit{Soft: min(l.Soft, n), Hard: n}
	default:
		l.Soft = min(n, l.Hard)
	}
	return st.SetLimit(resource, l)
}

func resources(opt byte) []int {
	switch opt {
	case 'a':
		return []int{unix.RLIMIT_AS}
	case 'c':
		return []int{unix.RLIMIT_CORE}
	case 'd':
		return []int{unix.RLIMIT_DATA}
	case 'f':
		return []int{unix.RLIMIT_FSIZE}
	case 'l':
		return []int{unix.RLIMIT_MEMLOCK}
	case 'm':
		return []int{unix.RLIMIT_DATA, unix.RLIMIT_STACK, unix.RLIMIT_MEMLOCK, unix.RLIMIT_AS}
	case 'o':
		return []int{unix.RLIMIT_NOFILE}
	case 'P':
		return []int{unix.RLIMIT_RTPRIO}
	case 'p':
		return []int{unix.RLIMIT_NPROC}
	case 'r':
		return []int{unix.RLIMIT_RSS}
	case 's':
		return []int{unix.RLIMIT_STACK}
	default:
		return []int{unix.RLIMIT_CPU}
	}
}
