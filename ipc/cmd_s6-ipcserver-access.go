package ipc

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/ipc/accessrules"
	"s6box/ipc/unixsocket"
)

var cmdS6IpcserverAccess = applet.Applet{
	Name:  "s6-ipcserver-access",
	Usage: "[ -v verbosity ] [ -e | -E ] [ -l localname ] [ -i rulesdir | -x rulesfile ] prog...",
	Help: `Goes on with prog if the rules let the client in, whose ids s6-ipcserverd has put into IPCREMOTEEUID and
IPCREMOTEEGID. It sets IPCLOCALPATH to the path of the socket.

  -v N        0 quiet, 1 log clients let in (default), 2 log those refused as well
  -i DIR      rules in a directory: see s6-accessrules-cdb-from-fs
  -x FILE     the same, compiled
  -e          set variables (default)
  -E          unset the variables that this program and s6-ipcserverd set
  -l NAME     NAME for IPCLOCALPATH

Exit codes: 1 the client is refused, 100 usage or not run by a server, 111 a system call failed.

Example: s6-ipcserver /run/s.sock s6-ipcserver-access -l0 -i /etc/rules server
`,
	Chain: runAccess,
}

// access is the task of s6-ipcserver-access.
type access struct {
	*applet.Invocation
	proto     string
	verbosity uint64
	noEnv     bool
	local     string
	localSet  bool
	dir, file string
}

func runAccess(inv *applet.Invocation) ([]string, error) {
	a := access{Invocation: inv, verbosity: 1}
	err := inv.Getopt("v:eEl:i:x:", func(opt byte, value string) error {
		switch opt {
		case 'v':
			return inv.Uint(&a.verbosity)(value)
		case 'e', 'E':
			a.noEnv = opt == 'E'
		case 'l':
			a.local, a.localSet = value, true
		case 'i':
			a.dir, a.file = value, ""
		case 'x':
			a.dir, a.file = "", value
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if a.verbosity >= 1 && inv.Proc.Virtual() {
		return nil, inv.Proc.Own() // messages tell the pid
	}
	return a.run()
}

func (a *access) run() ([]string, error) {
	var ok bool
	if a.proto, ok = a.Proc.Env.Get("PROTO"); !ok {
		return nil, applet.Fatal(applet.ExitUsage, "PROTO not set")
	}
	uid, err := a.id("REMOTEEUID")
	if err != nil {
		return nil, err
	}
	gid, err := a.id("REMOTEEGID")
	if err != nil {
		return nil, err
	}
	result, err := a.check(uid, gid)
	if err != nil {
		return nil, err
	}
	if result.Verdict != accessrules.Allow {
		if a.verbosity >= 2 {
			a.Info("deny pid %d uid %d gid %d: %s", unix.Getpid(), uid, gid, refusal(result))
		}
		return nil, applet.Exit(1)
	}
	if a.verbosity >= 1 {
		a.Info("allow pid %d uid %d gid %d", unix.Getpid(), uid, gid)
	}
	if err := a.environment(result); err != nil {
		return nil, err
	}
	if result.Exec != "" {
		return []string{"execlineb", "-Pc", result.Exec}, nil
	}
	return a.Args, nil
}

func refusal(r accessrules.Result) string {
	if r.Verdict == accessrules.Deny {
		return applet.Reason(unix.EACCES)
	}
	return "no matching rule"
}

func (a *access) id(name string) (uint32, error) {
	value, ok := a.Proc.Env.Get(a.proto + name)
	if !ok {
		return 0, applet.Fatal(applet.ExitUsage, "%s%s not set", a.proto, name)
	}
	n, err := strconv.ParseUint(value, 10, 32)
	if err != nil {
		return 0, applet.Fatal(applet.ExitUsage, "invalid $%s%s: %s", a.proto, name, value)
	}
	return uint32(n), nil
}

func (a *access) check(uid, gid uint32) (accessrules.Result, error) {
	rules, err := accessrules.Open(a.Invocation, a.dir, a.file)
	if err != nil {
		return accessrules.Result{}, err
	}
	if rules == nil {
		if a.verbosity >= 2 {
			a.Warn("invoked without a ruleset!")
		}
		return accessrules.Result{Verdict: accessrules.Allow}, nil
	}
	result, err := accessrules.CheckIDs(rules, uid, gid, unix.Geteuid(), unix.Getegid())
	if err != nil {
		return result, applet.System(err, "check credentials against %s", a.dir+a.file)
	}
	return result, nil
}

func (a *access) environment(result accessrules.Result) error {
	env := a.Proc.Env.Merge(result.Env)
	if a.noEnv {
		for _, name := range []string{"REMOTEEUID", "REMOTEEGID", "REMOTEPATH", "CONNNUM", "LOCALPATH"} {
			env = env.Unset(a.proto + name)
		}
		a.Proc.Env = env.Unset("PROTO")
		return nil
	}
	if !a.localSet {
		var err error
		if a.local, err = a.localPath(); err != nil {
			return err
		}
	}
	a.Proc.Env = env.Set(a.proto+"LOCALPATH", a.local)
	return nil
}

// localPath is the path of the socket on stdin.
func (a *access) localPath() (string, error) {
	stdin, err := a.Proc.FD(0)
	if err != nil {
		return "", applet.System(err, "use stdin")
	}
	addr, err := unix.Getsockname(stdin)
	if err != nil {
		return "", applet.System(err, "get the local address of stdin")
	}
	return unixsocket.Name(addr), nil
}
