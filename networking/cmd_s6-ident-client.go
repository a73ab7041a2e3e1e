package networking

import (
	"errors"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/internal/sys"
)

var cmdS6IdentClient = applet.Applet{
	Name:  "s6-ident-client",
	Usage: "[ -t timeout ] ra rp la lp",
	Help: `Asks the IDENT server (RFC 1413) at address ra who has the connection from ra, port rp, to la, port lp, and prints the
answer. It is no proof of anything.

  -t MS  give up after MS milliseconds

Exit codes: 1 a negative answer, 99 none in time, 100 wrong usage, 111 no answer.

Example: s6-ident-client -t 3000 192.0.2.1 6191 192.0.2.2 23
`,
	Run: runIdentClient,
}

func runIdentClient(inv *applet.Invocation) error {
	var timeout uint64
	err := inv.Getopt("t:", func(_ byte, value string) error { return inv.Uint(&timeout)(value) })
	if err != nil {
		return err
	}
	if len(inv.Args) < 4 {
		return inv.UsageError()
	}
	remote, err := end(inv.Args[0], inv.Args[1])
	if err != nil {
		return err
	}
	local, err := end(inv.Args[2], inv.Args[3])
	if err != nil {
		return err
	}
	if remote.Addr.Is4() != local.Addr.Is4() {
		return applet.Fatal(applet.ExitUsage, "address family mismatch")
	}
	user, err := ident(remote, local, sys.Deadline(timeout))
	var no *errIdent
	switch {
	case errors.As(err, &no):
		inv.Warn("%s", identWarning(err))
		return applet.Exit(1)
	case err == unix.ETIMEDOUT && timeout > 0:
		return applet.SystemCode(applet.ExitDone, err, "get an answer from %s", remote.Addr)
	case err != nil:
		return applet.System(err, "get an answer from %s", remote.Addr)
	}
	if _, err := inv.Proc.Stdout().Write([]byte(user + "\n")); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// end reads one end of a connection.
func end(ip, port string) (inet.AddrPort, error) {
	addr, ok := inet.ParseAddr(ip)
	if !ok {
		return inet.AddrPort{}, applet.Fatal(applet.ExitUsage, "invalid IP address: %s", ip)
	}
	n, ok := inet.ParsePort(port)
	if !ok {
		return inet.AddrPort{}, applet.Fatal(applet.ExitUsage, "invalid port number: %s", port)
	}
	return inet.AddrPort{Addr: addr, Port: n}, nil
}
