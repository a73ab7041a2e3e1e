package ipc

import (
	"strings"
	"time"

	"s6box/internal/applet"
	"s6box/ipc/fdholder"
)

// fdholderCodes ends the help text of the clients.
const fdholderCodes = `
Exit codes: 1 the server refused, 100 usage, 111 no server is there.

`

var cmdS6FdholderList = applet.Applet{
	Name:  "s6-fdholder-list",
	Usage: "[ -t timeout ] socket",
	Help: `Prints the identifiers of the descriptors that a daemon holds, one a line, special characters quoted.

  -t MS  give up after MS milliseconds
` + fdholderCodes + "Example: s6-fdholder-list /run/fdholder/s\n",
	Run:    runFdholderList,
	Inline: true,
}

func runFdholderList(inv *applet.Invocation) error {
	c, _, err := dialHolder(inv, "", 1, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	ids, err := c.List()
	if err != nil {
		return applet.SystemCode(1, err, "get fd list")
	}
	var out strings.Builder
	for _, id := range ids {
		out.WriteString(quote(id) + "\n")
	}
	if _, err := inv.Proc.Stdout().Write([]byte(out.String())); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// dialHolder parses the command line of a client and connects. It returns the arguments behind the socket.
func dialHolder(inv *applet.Invocation, spec string, n int, set func(opt byte, value string) error) (*fdholder.Client, []string, error) {
	timeout, err := holderOptions(inv, spec, n, set)
	if err != nil {
		return nil, nil, err
	}
	c, err := connectHolder(inv, timeout)
	return c, inv.Args[1:], err
}

// holderOptions parses the command line of a client, which has the option -t and those of spec, at least n
// arguments, and the socket first of them. timeout is the value of -t.
func holderOptions(inv *applet.Invocation, spec string, n int, set func(opt byte, value string) error) (timeout time.Duration, err error) {
	var ms uint64
	err = inv.Getopt("t:"+spec, func(opt byte, value string) error {
		if opt == 't' {
			return inv.Uint(&ms)(value)
		}
		return set(opt, value)
	})
	if err == nil && len(inv.Args) < n {
		err = inv.UsageError()
	}
	return milliseconds(ms), err
}

// connectHolder connects to the daemon whose socket is the first argument.
func connectHolder(inv *applet.Invocation, timeout time.Duration) (*fdholder.Client, error) {
	path, err := inv.Proc.Path(inv.Args[0])
	if err != nil {
		return nil, err
	}
	c, err := fdholder.Dial(path, timeout)
	if err != nil {
		return nil, applet.System(err, "connect to a fd-holder daemon at %s", inv.Args[0])
	}
	return c, nil
}

// quote shows an identifier on one line, in the escapes of execline.
func quote(s string) string {
	const hex = "0123456789abcdef"
	var out strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\\':
			out.WriteString("\\\\")
		case c >= 7 && c <= 13:
			out.WriteString("\\" + string("abtnvfr"[c-7]))
		case c < 32 || c > 126:
			out.WriteString("\\0x" + string(hex[c>>4]) + string(hex[c&15]))
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}
