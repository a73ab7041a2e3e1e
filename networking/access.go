package networking

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/internal/sys"
	"s6box/ipc/accessrules"
)

// Exit codes of a refusal.
const (
	exitRefused = 1
	exitNoUser  = 2
)

func (a *access) run() (rest []string, err error) {
	var ok bool
	if a.proto, ok = a.Proc.Env.Get("PROTO"); !ok {
		return nil, applet.Fatal(applet.ExitUsage, "PROTO not set")
	}
	if a.here, err = a.end("LOCAL"); err != nil {
		return nil, err
	}
	if a.remote, err = a.end("REMOTE"); err != nil {
		return nil, err
	}
	a.Prog = fmt.Sprintf("%s: pid %d", a.Name, unix.Getpid())
	a.deadline = sys.Deadline(a.timeout)
	if _, err := a.Proc.Stdout().Write([]byte(a.banner)); err != nil {
		return nil, applet.System(err, "write the banner")
	}
	if a.noDelay {
		a.setNoDelay()
	}
	result, err := a.admit()
	if err != nil {
		return nil, err
	}
	if a.verbosity >= 1 {
		a.Info("allow pid %d ip %s", unix.Getpid(), a.remote.Addr)
	}
	if result.Exec != "" {
		return []string{"execlineb", "-c", result.Exec}, nil
	}
	return a.Args, nil
}

// end is the address of one end of the connection, as the server tells it.
func (a *access) end(which string) (end inet.AddrPort, err error) {
	texts := [2]string{}
	for i, part := range []string{"IP", "PORT"} {
		var ok bool
		if texts[i], ok = a.Proc.Env.Get(a.proto + which + part); !ok {
			return end, applet.Fatal(applet.ExitUsage, "%s%s%s not set", a.proto, which, part)
		}
	}
	ip, ok := inet.ParseAddr(texts[0])
	if !ok {
		return end, applet.Fatal(applet.ExitUsage, "invalid $%s%sIP", a.proto, which)
	}
	port, ok := inet.ParsePort(texts[1])
	if !ok {
		return end, applet.Fatal(applet.ExitUsage, "invalid $%s%sPORT", a.proto, which)
	}
	return inet.AddrPort{Addr: ip, Port: port}, nil
}

func (a *access) setNoDelay() {
	fd, err := a.Proc.FD(1)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	if err != nil && a.verbosity >= 1 {
		a.Warn("unable to set TCP_NODELAY: %s", applet.Reason(err))
	}
}

// admit checks the client by its address and, where that has no rule, by its name; what it learns of the two ends on
// the way goes into the environment, behind what the rule says.
func (a *access) admit() (accessrules.Result, error) {
	rules, err := accessrules.Open(a.Invocation, a.dir, a.file)
	if err != nil {
		return accessrules.Result{}, err
	}
	result := accessrules.Result{Verdict: accessrules.Allow}
	if rules != nil {
		if result, err = accessrules.CheckIP(rules, a.remote.Addr); err != nil {
			return result, applet.System(err, "check the address against %s", a.dir+a.file)
		}
	}
	lookUp := !a.noDNS || a.paranoid
	if result.Verdict == accessrules.Deny || result.Verdict == accessrules.NotFound && !lookUp {
		return result, a.refuse(exitRefused)
	}
	var remote, here string
	if lookUp {
		if remote, here, err = a.names(); err != nil {
			return result, err
		}
	}
	if result.Verdict == accessrules.NotFound {
		if remote == "" {
			return result, a.refuse(exitRefused)
		}
		if result, err = accessrules.CheckName(rules, remote); err != nil {
			return result, applet.System(err, "check the name against %s", a.dir+a.file)
		}
		if result.Verdict != accessrules.Allow {
			return result, a.refuse(exitRefused)
		}
	}
	user, err := a.user()
	if err != nil {
		return result, err
	}
	a.Proc.Env = a.Proc.Env.Merge(result.Env)
	a.set("REMOTEHOST", remote)
	a.set("LOCALHOST", here)
	a.set("REMOTEINFO", user)
	if a.localSet {
		a.Proc.Env = a.Proc.Env.Set(a.proto+"LOCALHOST", a.local)
	}
	return result, nil
}

// set sets a variable to what is known, or unsets it.
func (a *access) set(name, value string) {
	if value == "" {
		a.Proc.Env = a.Proc.Env.Unset(a.proto + name)
	} else {
		a.Proc.Env = a.Proc.Env.Set(a.proto+name, value)
	}
}

func (a *access) refuse(code int) error {
	if a.verbosity >= 2 {
		a.Info("deny pid %d ip %s", unix.Getpid(), a.remote.Addr)
	}
	return applet.Exit(code)
}

// user is who the client's IDENT server says has the connection; "" if it need not say.
func (a *access) user() (string, error) {
	if !a.ident {
		return "", nil
	}
	user, err := ident(a.remote, a.here, a.deadline)
	if err == nil {
		return user, nil
	}
	var no *errIdent
	if errors.As(err, &no) {
		return "", a.failed(exitNoUser, identWarning(err))
	}
	if err == unix.ETIMEDOUT && !a.deadline.IsZero() {
		return "", a.timedOut()
	}
	return "", a.failed(applet.ExitSystem, identWarning(err))
}

// failed tells of a look-up that failed, and refuses the client with code if that is fatal.
func (a *access) failed(code int, why string) error {
	if a.verbosity >= 3 {
		a.Warn("%s", why)
	}
	if a.fatal {
		return a.refuse(code)
	}
	return nil
}

func (a *access) timedOut() error {
	return applet.Fatal(applet.ExitDone, "timed out")
}
