package ipc

import (
	"s6box/internal/applet"
	"s6box/ipc/ucspi"
)

var cmdS6Fdholderd = applet.Applet{
	Name:  "s6-fdholderd",
	Usage: "[ -v verbosity ] [ -1 ] [ -c maxconn ] [ -n maxfds ] [ -t timeout ] [ -T lameducktimeout ] [ -i rulesdir | -x rulesfile ]",
	Help: `Holds file descriptors for the clients that connect to the Unix socket that is its stdin.

  -1           write a newline to stdout when ready
  -v N         0 quiet, 1 normal, 2 verbose
  -c N         at most N clients at a time (16, up to 256)
  -n N         at most N descriptors (1000)
  -t MS        drop a client that stops for MS milliseconds in the middle of a request (0: never)
  -T MS        after TERM, give clients MS milliseconds to end their requests (0: all the time they want)
  -i DIR       who may do what: rules in a directory, see s6-accessrules-cdb-from-fs
  -x FILE      the same, compiled

The environment of the rule that lets a client in says what it may do: S6_FDHOLDER_LIST, S6_FDHOLDER_GETDUMP,
S6_FDHOLDER_SETDUMP if they are set; S6_FDHOLDER_STORE_REGEX (storing and deleting) and
S6_FDHOLDER_RETRIEVE_REGEX for identifiers that match.

Signals: TERM ends it once no request is pending; HUP reads the file of -x again.

Exit codes: bit 0 descriptors were still held, bit 1 clients were still there; 100 usage, 111 a system call failed.

Example: s6-ipcserver-socketbinder /run/fdholder/s s6-fdholderd -1 -i rules
`,
	Run: runFdholderd,
}

func runFdholderd(inv *applet.Invocation) error {
	h := newHolder(inv)
	ready := ""
	var maxconn, maxfds uint64 = 16, 1000
	var timeout, lameduck uint64
	err := inv.Getopt("v:1c:n:t:T:i:x:", func(opt byte, value string) error {
		switch opt {
		case 'v':
			return inv.Uint(&h.verbosity)(value)
		case '1':
			ready = "\n"
		case 'c':
			return inv.Uint(&maxconn)(value)
		case 'n':
			return inv.Uint(&maxfds)(value)
		case 't':
			return inv.Uint(&timeout)(value)
		case 'T':
			return inv.Uint(&lameduck)(value)
		case 'i':
			h.dir, h.file = value, ""
		case 'x':
			h.dir, h.file = "", value
		}
		return nil
	})
	if err != nil {
		return err
	}
	if h.dir == "" && h.file == "" {
		return applet.Fatal(applet.ExitUsage, "no access rights specified! (option -i or -x)")
	}
	if ready != "" {
		if err := ucspi.CanAnnounce(inv); err != nil {
			return err
		}
	}
	h.maxConn = int(min(max(maxconn, 1), 256))
	h.timeout, h.lameDuck = milliseconds(timeout), milliseconds(lameduck)
	if err := h.prepare(int(min(maxfds, 1<<30))); err != nil {
		return err
	}
	return h.serve(ready)
}
