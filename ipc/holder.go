package ipc

import (
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/posixre"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/ipc/accessrules"
	"s6box/ipc/fdholder"
	"s6box/ipc/ucspi"
	"s6box/ipc/unixmessage"
)

// holder is the state of s6-fdholderd.
type holder struct {
	inv               *applet.Invocation
	verbosity         uint64
	dir, file         string // the ruleset, of which one is empty
	maxConn           int
	timeout, lameDuck time.Duration

	listener *os.File
	server   *fdholder.Server
	rules    atomic.Pointer[accessrules.Rules]
	clients  sync.WaitGroup
	places   chan struct{} // holds one token for each client, and for the one being waited for
	closing  chan struct{} // no more clients
	stored   chan struct{} // something may have got a limit
}

func newHolder(inv *applet.Invocation) *holder {
	return &holder{inv: inv, verbosity: 1, stored: make(chan struct{}, 1), closing: make(chan struct{})}
}

func (h *holder) prepare(maxFDs int) error {
	var err error
	if h.listener, _, err = ucspi.Inherit(h.inv); err != nil {
		return err
	}
	if err := h.readRules(); err != nil {
		return err
	}
	limit, err := h.inv.Proc.Limit(unix.RLIMIT_NOFILE)
	if err != nil {
		return applet.System(err, "get the limit on open files")
	}
	const own = 32 // descriptors of this program, with those of a dump being received
	room := int(min(limit.Hard, 1<<30)) - h.maxConn - own
	maxFDs = max(maxFDs, 1)
	if maxFDs > room {
		h.warn("only %d descriptors can be held: %d files may be open", max(room, 0), limit.Hard)
		maxFDs = max(room, 0)
	}
	h.server = fdholder.NewServer(maxFDs)
	h.places = make(chan struct{}, h.maxConn)
	return nil
}

func (h *holder) readRules() error {
	rules, err := accessrules.Open(h.inv, h.dir, h.file)
	if err == nil {
		h.rules.Store(&rules)
	}
	return err
}

func (h *holder) warn(format string, args ...any) {
	if h.verbosity >= 1 {
		h.inv.Warn(format, args...)
	}
}

func (h *holder) serve(ready string) error {
	defer h.server.Close()
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGTERM, unix.SIGHUP)
	proc.OutliveReaders()
	if err := ucspi.Announce(h.inv, ready); err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- h.accept() }()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if next, ok := h.server.Expire(); ok {
			timer.Reset(next)
		}
		select {
		case <-timer.C:
		case <-h.stored:
		case err := <-failed:
			return applet.System(err, "accept")
		case sig := <-signals:
			if sig == unix.SIGTERM {
				close(h.closing)
				h.listener.Close()
				<-failed
				return h.leave()
			}
			if err := h.readRules(); err != nil {
				h.warn("unable to read %s again: %s", h.file, applet.Reason(err))
			}
		}
	}
}

// leave ends the service: clients may finish their requests.
func (h *holder) leave() error {
	h.server.Leave()
	var deadline <-chan time.Time
	if h.lameDuck > 0 {
		deadline = time.After(h.lameDuck)
	}
	gone := make(chan struct{})
	go func() {
		h.clients.Wait()
		close(gone)
	}()
	code := 0
	select {
	case <-gone:
	case <-deadline:
		code = 2
	}
	if h.server.Len() > 0 {
		code |= 1
	}
	return applet.Exit(code)
}

func (h *holder) accept() error {
	rc, err := h.listener.SyscallConn()
	if err != nil {
		return err
	}
	for {
		select {
		case h.places <- struct{}{}:
		case <-h.closing:
			return nil
		}
		fd, _, err := sys.Accept(rc, unix.SOCK_NONBLOCK)
		switch {
		case sys.Scarce(err):
			h.warn("unable to accept: %s", applet.Reason(err))
			<-h.places
			time.Sleep(time.Second)
		case err != nil:
			return err
		default:
			h.clients.Add(1)
			go h.client(fd)
		}
	}
}

func (h *holder) client(fd int) {
	defer h.clients.Done()
	defer func() { <-h.places }()
	file := os.NewFile(uintptr(fd), "client")
	defer file.Close()
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		h.warn("unable to look up the client's ids: %s", applet.Reason(err))
		return
	}
	rights, ok := h.rightsOf(cred)
	if !ok {
		return
	}
	conn, err := unixmessage.NewFile(file)
	if err == nil {
		err = h.server.Serve(conn, rights, h.timeout)
	}
	select {
	case h.stored <- struct{}{}:
	default:
	}
	if err != nil && h.verbosity >= 2 {
		h.inv.Warn("client of uid %d gid %d: %s", cred.Uid, cred.Gid, applet.Reason(err))
	}
}

// rightsOf asks the ruleset what a client may do.
func (h *holder) rightsOf(cred *unix.Ucred) (fdholder.Rights, bool) {
	result, err := accessrules.CheckIDs(*h.rules.Load(), cred.Uid, cred.Gid, unix.Geteuid(), unix.Getegid())
	if err != nil {
		h.warn("unable to check credentials against %s: %s", h.dir+h.file, applet.Reason(err))
		return fdholder.Rights{}, false
	}
	if result.Verdict != accessrules.Allow {
		if h.verbosity >= 2 {
			h.inv.Info("deny uid %d gid %d", cred.Uid, cred.Gid)
		}
		return fdholder.Rights{}, false
	}
	rights, err := rights(result.Env)
	if err != nil {
		h.warn("uid %d gid %d: %s", cred.Uid, cred.Gid, err)
		return fdholder.Rights{}, false
	}
	return rights, true
}

// rights reads what a client of an fd holder may do from the environment of the rule that let it in. See the
// page s6-fdholderd.
func rights(changes []string) (fdholder.Rights, error) {
	env := proc.Env{}.Merge(changes)
	has := func(name string) bool {
		_, ok := env.Get("S6_FDHOLDER_" + name)
		return ok
	}
	rights := fdholder.Rights{List: has("LIST"), GetDump: has("GETDUMP"), SetDump: has("SETDUMP")}
	var err error
	if rights.Store, err = matcher(env, "S6_FDHOLDER_STORE_REGEX"); err != nil {
		return fdholder.Rights{}, err
	}
	rights.Retrieve, err = matcher(env, "S6_FDHOLDER_RETRIEVE_REGEX")
	return rights, err
}

func matcher(env proc.Env, name string) (func(string) bool, error) {
	text, ok := env.Get(name)
	if !ok {
		return nil, nil
	}
	re, err := posixre.Compile(text, 0)
	if err != nil {
		return nil, applet.Fatal(applet.ExitUsage, "invalid %s: %s", name, err)
	}
	return re.Match, nil
}
