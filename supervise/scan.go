package supervise

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/supervise/machine"
)

// ScanOptions are those of s6-svscan. Zero values are its defaults.
type ScanOptions struct {
	Max     int           // most services, loggers included
	NameMax int           // longest name
	Rescan  time.Duration // scan that often; 0: only when told to
	Notify  int           // a newline goes to this descriptor when control is read; 0: none
	Console int           // stderr of the service s6-svscan-log; 0: that of the others
	// Native services run in this process, under the names they have in the scan directory.
	Native map[string]Native
	// Ending is called in the loop when t or q begins to bring everything down.
	Ending func()
	// Ended is called in the loop when the last service has gone after t or q, or on b.
	Ended func()
}

// consoleLogger is the service that logs what the supervision tree itself says.
const consoleLogger = "s6-svscan-log"

// Scan supervises the services of a scan directory. Its methods belong into the loop of its engine.
type Scan struct {
	ScanOptions
	engine *Engine
	path   string // absolute
	dir    int
	lock   int32
	ctl    int32
	ctlTok int32

	services map[identity]*entry
	names    map[string]*entry
	watchers map[string][]*watch
	rescan   Timer
	again    Timer // a scan that had trouble
	prune    byte  // n or N: to do after the scan that was asked for before
	ending   bool
	ended    bool
	crowded  bool // there were too few descriptors for a service, and it was said
}

// identity tells a service directory from others, whatever its name is at the moment.
type identity struct{ dev, ino uint64 }

// NewScan takes the scan directory over: makes .s6-svscan and takes its lock. Start begins to supervise.
func NewScan(e *Engine, path string, o ScanOptions) (*Scan, error) {
	sc := &Scan{
		ScanOptions: o, engine: e, dir: -1, lock: -1, ctl: -1,
		services: make(map[identity]*entry), names: make(map[string]*entry), watchers: make(map[string][]*watch),
	}
	sc.Max, sc.NameMax = orDefault(o.Max, defaultMax), orDefault(o.NameMax, defaultNameMax)
	sc.rescan.fire, sc.again.fire = sc.timedScan, sc.Scan
	if err := sc.open(path); err != nil {
		sc.Close()
		return nil, err
	}
	return sc, nil
}

func orDefault(n, absent int) int {
	if n == 0 {
		return absent
	}
	return n
}

func (sc *Scan) open(path string) error {
	var err error
	if sc.dir, err = sys.Open(sys.AT, path, unix.O_RDONLY|unix.O_DIRECTORY, 0); err != nil {
		return applet.System(err, "chdir to %s", path)
	}
	sc.path = path
	if real, err := sys.RealPath(path); err == nil {
		sc.path = real
	}
	if err := makeDir(sc.dir, ".s6-svscan", func(name string) error { return unix.Mkdirat(sc.dir, name, 0o700) }); err != nil {
		return err
	}
	holder := service{engine: sc.engine, files: files{dirfd: int32(sc.dir)}}
	if sc.lock, err = holder.takeLock(".s6-svscan/lock", 0o600); err != nil {
		if err == errBusy {
			return errScanned
		}
		return err
	}
	if sc.ctl, err = sc.engine.controlFifo(sc.dir, ".s6-svscan/control"); err != nil {
		return err
	}
	sc.ctlTok, err = sc.engine.watch(int(sc.ctl), sc.controlled)
	return err
}

// errScanned says that another s6-svscan holds the lock of a scan directory.
var errScanned = &applet.Error{Code: applet.ExitUsage, Level: "fatal",
	Msg: "another instance of s6-svscan is already running on the same directory"}

// Start says that it is ready, removes dangling links, and scans.
func (sc *Scan) Start() {
	sc.removeDangling()
	if sc.Notify > 0 {
		unix.Write(sc.Notify, []byte("\n"))
		unix.Close(sc.Notify)
	}
	sc.timedScan()
}

// Close gives up the scan directory and all its services; processes live on.
func (sc *Scan) Close() {
	for _, en := range sc.services {
		sc.forget(en)
	}
	sc.engine.disarm(&sc.rescan)
	sc.engine.disarm(&sc.again)
	if sc.ctlTok > 0 {
		sc.engine.unwatch(int(sc.ctl), sc.ctlTok)
	}
	for _, fd := range []int{int(sc.ctl), int(sc.lock), sc.dir} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

func (sc *Scan) timedScan() {
	if sc.Rescan > 0 && !sc.ending {
		sc.engine.arm(&sc.rescan, sc.Rescan)
	}
	sc.Scan()
}

// Scan looks for services that are new or gone (page s6-svscan, the scanner).
func (sc *Scan) Scan() {
	if sc.ending {
		return
	}
	names, err := sc.list()
	if err != nil {
		sc.engine.Warn("unable to read the scan directory: %s", applet.Reason(err))
		sc.engine.arm(&sc.again, 5*time.Second)
		return
	}
	sc.engine.disarm(&sc.again)
	for _, en := range sc.services {
		en.active = false
	}
	for _, name := range names {
		sc.examine(name)
	}
	for _, en := range sc.services {
		if !en.active && !en.opened() {
			sc.forget(en)
		}
	}
	if sc.prune != 0 {
		sc.kill(sc.prune)
		sc.prune = 0
	}
}

// examine takes up the service name and its logger, if they are new.
func (sc *Scan) examine(name string) {
	id, ok := sc.identify(name)
	if ok && len(name) > sc.NameMax {
		sc.engine.Warn("name too long - not spawning service: %s (the maximum is %d, option -L)", name, sc.NameMax)
		return
	}
	if !ok {
		return
	}
	producer := sc.take(name, id, false)
	if producer == nil {
		return
	}
	logID, ok := sc.identify(name + "/log")
	if !ok {
		return
	}
	if logger := sc.take(name+"/log", logID, true); logger != nil {
		join(producer, logger)
	}
}

// identify tells which directory a name of the scan directory leads to.
func (sc *Scan) identify(name string) (identity, bool) {
	var st unix.Stat_t
	err := unix.Fstatat(sc.dir, name, &st, 0)
	if err != nil && err != unix.ENOENT && err != unix.ENOTDIR {
		sc.engine.Warn("unable to stat %s: %s", name, applet.Reason(err))
		sc.engine.arm(&sc.again, 4*time.Second)
	}
	return identity{uint64(st.Dev), st.Ino}, err == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
}

// take returns the entry of a service directory, a new one if it was not known.
func (sc *Scan) take(name string, id identity, logger bool) *entry {
	en := sc.services[id]
	if en == nil {
		if len(sc.services) >= sc.Max {
			sc.engine.Warn("unable to start supervisor for %s: too many services (the maximum is %d, option -C)", name, sc.Max)
			sc.engine.arm(&sc.again, time.Minute)
			return nil
		}
		en = &entry{scan: sc, id: id, logger: logger || name == consoleLogger}
		en.service.init(sc.engine, en)
		en.retry.fire = en.supervise
		sc.services[id] = en
		sc.engine.arm(&en.retry, 0)
	} else if en.active {
		return en // two names of one directory: the first one counts
	}
	if sc.names[en.name] == en {
		delete(sc.names, en.name)
	}
	en.name, en.path, en.active = name, sc.path+"/"+name, true
	en.native = sc.Native[name]
	sc.names[name] = en
	return en
}

// forget removes a service that is not supervised any more, or ends its supervision.
func (sc *Scan) forget(en *entry) {
	en.release()
	en.active, en.state.Phase = false, machine.Gone
	en.trim()
	sc.engine.disarm(&en.retry)
	delete(sc.services, en.id)
	if sc.names[en.name] == en {
		delete(sc.names, en.name)
	}
}

// list returns the names in the scan directory that may be services, sorted.
func (sc *Scan) list() ([]string, error) {
	dir, err := sc.engine.openFile(sc.dir, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(dir)
	names, err := sys.ReadDirFD(dir)
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, ".") })
	slices.Sort(names)
	return names, err
}

func (sc *Scan) removeDangling() {
	names, _ := sc.list()
	for _, name := range names {
		if exists, err := sys.Exists(sc.dir, name); !exists && err == nil {
			unix.Unlinkat(sc.dir, name, 0)
		}
	}
}
