package shell

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
)

// signals receives the signals of this process that a script traps.
type signals struct {
	mu      sync.Mutex
	arrived [65]bool
	any     atomic.Bool
	in      chan os.Signal
	wake    chan struct{} // has a token when something arrived
	event   int           // eventfd that polls readable when something arrived
	pipe    sync.Once
	noPipe  bool // SIGPIPE was ignored when the shell started
	flushed chan struct{}
}

// marker is a signal that the shell sends itself, to know that those before it have got through: the runtime hands out
// the lower numbers first.
const marker = unix.Signal(lastSignal)

// start begins to listen; it costs a goroutine, so it is left until a trap is set.
func (s *signals) start(p *process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.in != nil {
		return
	}
	s.in = make(chan os.Signal, 64)
	s.wake = make(chan struct{}, 1)
	s.flushed = make(chan struct{}, 1)
	proc.CatchSignal(s.in, marker)
	s.event = -1
	if fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err == nil {
		if f, err := newFile(fd); err == nil {
			s.event = f.fd
		}
	}
	go s.listen(p)
}

func (s *signals) listen(p *process) {
	for sig := range s.in {
		n := int(sig.(unix.Signal))
		if sig == marker {
			select {
			case s.flushed <- struct{}{}:
			default:
			}
			if !p.caught[n].Load() {
				continue
			}
		}
		if p.strike(sig.(unix.Signal)) {
			continue
		}
		s.mu.Lock()
		s.arrived[n] = true
		s.mu.Unlock()
		s.any.Store(true)
		unix.Write(s.event, []byte{1, 0, 0, 0, 0, 0, 0, 0})
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// take returns the signals that arrived since the last time.
func (s *signals) take() []int {
	if !s.any.Swap(false) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var buf [8]byte
	unix.Read(s.event, buf[:])
	var out []int
	for n := range s.arrived {
		if s.arrived[n] {
			s.arrived[n] = false
			out = append(out, n)
		}
	}
	return out
}

// settle gives signals that this process has received already the time to get through to arrived. It waits longer when
// one is known to be on its way.
func (s *signals) settle(expected bool) {
	const pause, patience = 100 * time.Microsecond, 2000 // 0.2 s at most
	for round := 0; round < patience && !s.any.Load(); round++ {
		if !expected && !signalsPending() {
			s.flush()
			return
		}
		sys.Nap(pause)
	}
}

// flush waits until the signals that the runtime has taken have been listened to.
func (s *signals) flush() {
	select {
	case <-s.flushed: // of one that came too late
	default:
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if unix.Tgkill(unix.Getpid(), unix.Gettid(), marker) != nil {
		return
	}
	const spins, pause, patience = 100, 100 * time.Microsecond, 500
	for round := range spins + patience {
		select {
		case <-s.flushed:
			return
		default:
		}
		if runtime.Gosched(); round > spins {
			sys.Nap(pause)
		}
	}
}

// signalsPending tells whether a signal for this process has not been taken by one of its threads.
func signalsPending() bool {
	status, err := sys.ReadFile(sys.AT, "/proc/self/status", 8192)
	if err != nil {
		return false
	}
	_, rest, _ := bytes.Cut(status, []byte("ShdPnd:\t"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return len(bytes.Trim(line, "0")) > 0
}

// survivePipe makes a broken pipe an error of the write instead of the end of this process, because the
// writer may be only a subshell of it. Programs started from here are not affected.
func (s *signals) survivePipe() {
	s.pipe.Do(func() {
		if s.noPipe = proc.SignalIgnored(unix.SIGPIPE); !s.noPipe {
			proc.CatchSignal(make(chan os.Signal, 1), unix.SIGPIPE)
		}
	})
}

func (sh *Shell) ignoresPipe() bool {
	action, ok := sh.traps.actions["PIPE"]
	return sh.sys.signals.noPipe || ok && action == ""
}

// brokenPipe ends the shell as SIGPIPE does.
func (sh *Shell) brokenPipe() {
	if sh.root() {
		sh.die(unix.SIGPIPE)
		return
	}
	sh.traps = traps{}
	sh.exit(128 + int(unix.SIGPIPE))
}

// signalNames by number. The numbers of the real-time signals follow.
var signalNames = [...]string{
	1: "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
	"TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
	"WINCH", "IO", "PWR", "SYS",
}

const (
	firstRealTime = 34
	lastSignal    = 64
)

// signalName is the name of a signal without SIG.
func signalName(n int) string {
	switch {
	case n > 0 && n < len(signalNames):
		return signalNames[n]
	case n == firstRealTime:
		return "RTMIN"
	case n == lastSignal:
		return "RTMAX"
	case n > firstRealTime && n <= 49:
		return "RTMIN+" + strconv.Itoa(n-firstRealTime)
	case n > 49 && n < lastSignal:
		return "RTMAX-" + strconv.Itoa(lastSignal-n)
	}
	return ""
}

// signalNumber reads a signal by number or name, with or without SIG, in any case.
func signalNumber(s string) (int, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, n >= 0 && n <= lastSignal && (n == 0 || signalName(n) != "")
	}
	s = strings.TrimPrefix(strings.ToUpper(s), "SIG")
	if s == "CLD" {
		s = "CHLD"
	}
	for n := 1; n <= lastSignal; n++ {
		if name := signalName(n); name != "" && name == s {
			return n, true
		}
	}
	return 0, false
}

// signalTexts are what the shell says of a command that a signal ended.
func signalText(n int) string {
	switch unix.Signal(n) {
	case unix.SIGHUP:
		return "Hangup"
	case unix.SIGQUIT:
		return "Quit"
	case unix.SIGILL:
		return "Illegal instruction"
	case unix.SIGABRT:
		return "Aborted"
	case unix.SIGBUS:
		return "Bus error"
	case unix.SIGFPE:
		return "Floating point exception"
	case unix.SIGKILL:
		return "Killed"
	case unix.SIGUSR1:
		return "User defined signal 1"
	case unix.SIGSEGV:
		return "Segmentation fault"
	case unix.SIGUSR2:
		return "User defined signal 2"
	case unix.SIGALRM:
		return "Alarm clock"
	case unix.SIGTERM:
		return "Terminated"
	case unix.SIGTRAP:
		return "Trace/breakpoint trap"
	case unix.SIGXCPU:
		return "CPU time limit exceeded"
	case unix.SIGXFSZ:
		return "File size limit exceeded"
	case unix.SIGVTALRM:
		return "Virtual timer expired"
	case unix.SIGPROF:
		return "Profiling timer expired"
	case unix.SIGSYS:
		return "Bad system call"
	}
	return "Signal " + strconv.Itoa(n)
}
