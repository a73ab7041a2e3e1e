package networking

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/networking/proxyheader"
)

var cmdProxyServer = applet.Applet{
	Name:  "proxy-server",
	Usage: "[ -1|--only-v1 | -2|--only-v2 ] [ -t timeout ] [ -v verbosity ] prog...",
	Help: `Reads the header of the PROXY protocol, which a proxy writes in front of a client's connection, from stdin, and goes
on with prog. What the header tells of the client replaces the variables that the server in front of proxy-server set:
PROTO, TCPREMOTEIP, TCPREMOTEPORT, TCPLOCALIP, TCPLOCALPORT; IPCREMOTEPATH, IPCLOCALPATH; SSL_PROTOCOL, SSL_CIPHER,
SSL_PEER_CERT_CN and SSL_TLS_SNI_SERVERNAME.

  -1, --only-v1       only version 1, a line of text
  -2, --only-v2       only version 2, binary
  -t, --timeout=MS    give up after MS milliseconds
  -v, --verbosity=N   0 errors only, 1 warnings

Exit codes: 1 not the header of the protocol, 2 the client's protocol is not supported, 100 wrong usage, 111 a system
call failed or the time is over.

Example: s6-tcpserver 0.0.0.0 80 proxy-server httpd
`,
	Chain: runProxyServer,
	Waits: true,
}

// Exit codes of proxy-server.
const (
	exitSyntax      = 1
	exitUnsupported = 2
)

func runProxyServer(inv *applet.Invocation) ([]string, error) {
	v1, v2 := true, true
	var timeout, verbosity uint64 = 0, 1
	err := inv.Gol(
		applet.Option{Short: '1', Long: "only-v1", Set: func(string) error { v1, v2 = true, false; return nil }},
		applet.Option{Short: '2', Long: "only-v2", Set: func(string) error { v1, v2 = false, true; return nil }},
		applet.Option{Short: 't', Long: "timeout", Value: true, Set: applet.Number("timeout", &timeout)},
		applet.Option{Short: 'v', Long: "verbosity", Value: true, Set: applet.Number("verbosity", &verbosity)},
	)
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if err := inv.Proc.Own(); err != nil {
		return nil, err // messages tell the pid
	}
	inv.Prog = fmt.Sprintf("%s: pid %d", inv.Name, unix.Getpid())
	h, err := proxyheader.Read(patient{inv.Proc.Stdin(), sys.Deadline(timeout)}, v1, v2)
	if h.LocalFamily != 0 && verbosity >= 1 {
		inv.Warn("received LOCAL command with family set to %d", h.LocalFamily)
	}
	if err != nil {
		return nil, headerError(err)
	}
	inv.Proc.Env = tell(inv.Proc.Env, h)
	return inv.Args, nil
}

// patient reads from a descriptor until the deadline.
type patient struct {
	fd       proc.FD
	deadline time.Time
}

func (p patient) Read(buf []byte) (int, error) {
	if err := sys.WaitFD(int(p.fd), unix.POLLIN, p.deadline); err != nil {
		return 0, err
	}
	return p.fd.Read(buf)
}

func headerError(err error) error {
	var read *proxyheader.ReadError
	var datagram proxyheader.DatagramError
	switch {
	case errors.As(err, &read):
		reason := read.Err
		if reason == io.EOF || reason == io.ErrUnexpectedEOF {
			reason = unix.EPIPE
		}
		return applet.System(reason, "read %s", read.What)
	case errors.As(err, &datagram):
		return applet.Fatal(exitUnsupported, "%v", err)
	}
	return applet.Fatal(exitSyntax, "%v", err)
}

// tell puts what a header tells into the environment. What it does not tell stays as it is.
func tell(env proc.Env, h proxyheader.Header) proc.Env {
	switch h.Proto {
	case "TCP":
		env = env.Set("TCPREMOTEIP", h.Remote.Addr.String()).Set("TCPREMOTEPORT", strconv.Itoa(int(h.Remote.Port))).
			Set("TCPLOCALIP", h.Local.Addr.String()).Set("TCPLOCALPORT", strconv.Itoa(int(h.Local.Port)))
	case "IPC":
		env = env.Set("IPCREMOTEPATH", h.RemotePath).Set("IPCLOCALPATH", h.LocalPath)
	default:
		return env
	}
	env = env.Set("PROTO", h.Proto)
	for _, v := range [][2]string{
		{"SSL_PROTOCOL", h.TLSVersion}, {"SSL_CIPHER", h.Cipher},
		{"SSL_PEER_CERT_CN", h.CommonName}, {"SSL_TLS_SNI_SERVERNAME", h.ServerName},
	} {
		if v[1] != "" {
			env = env.Set(v[0], v[1])
		}
	}
	return env
}
