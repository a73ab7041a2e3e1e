package dnsclient

import (
	"fmt"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/networking/dns"
)

const analysisOptions = `
  -D N   tell what happens on the way: 1 what comes, 2 what is sent, 3 both
  -1     on stdout
  -2     on stderr (default)
  -t MS  give up after MS milliseconds

The type is a name, such as txt, or a number. TXT records are quoted as s6-quote does it; what is in records of an unknown
type is hexadecimal.
`

const analysisCodes = "\nExit codes: 2 no server has answered, 99 timed out, 100 wrong usage, 111 the answer can't be read or a system call failed.\n"

var cmdS6Dnsq = applet.Applet{
	Name:  "s6-dnsq",
	Usage: "[ -1 | -2 ] [ -t timeout ] [ -D debuglevel ] qtype query serverip...",
	Help: `Asks servers, in their order, for the records of a name, for what they know themselves, and prints the answer. A word may
have several addresses.
` + analysisOptions + analysisCodes + `
Example: s6-dnsq ns skarnet.org 192.5.6.30
`,
	Run: func(inv *applet.Invocation) error { return runAnalysis(inv, false) },
}

var cmdS6Dnsqr = applet.Applet{
	Name:  "s6-dnsqr",
	Usage: "[ -1 | -2 ] [ -t timeout ] [ -D debuglevel ] qtype query",
	Help:  "Asks caches for the records of a name and prints the answer.\n" + analysisOptions + caches + analysisCodes + "\nExample: s6-dnsqr any skarnet.org\n",
	Run:   func(inv *applet.Invocation) error { return runAnalysis(inv, true) },
}

// analysis is the task of s6-dnsq and s6-dnsqr.
type analysis struct {
	*applet.Invocation
	recursive bool
	debug     proc.FD
	level     uint64
	timeout   uint64
}

func runAnalysis(inv *applet.Invocation, recursive bool) error {
	a := analysis{Invocation: inv, recursive: recursive, debug: inv.Proc.Stderr()}
	if err := inv.Getopt("12t:D:", a.option); err != nil {
		return err
	}
	words := 3
	if recursive {
		words = 2
	}
	if len(inv.Args) < words {
		return inv.UsageError()
	}
	kind, ok := dns.ParseType(inv.Args[0])
	if !ok {
		return inv.UsageError()
	}
	servers, err := a.servers()
	if err != nil {
		return err
	}
	return a.run(servers, inv.Args[1], kind)
}

func (a *analysis) option(opt byte, value string) error {
	switch opt {
	case '1':
		a.debug = a.Proc.Stdout()
	case '2':
		a.debug = a.Proc.Stderr()
	case 't':
		return a.Uint(&a.timeout)(value)
	case 'D':
		return a.Uint(&a.level)(value)
	}
	return nil
}

func (a *analysis) servers() (servers []inet.AddrPort, err error) {
	if a.recursive {
		resolver, err := dns.Open(a.Invocation, false)
		if err != nil {
			return nil, err
		}
		return resolver.Servers, nil
	}
	for _, word := range a.Args[2:] {
		some, bad := dns.ParseServers(word)
		if len(bad) > 0 {
			return nil, applet.Fatal(applet.ExitUsage, "unable to make an IP address list out of %s: %s is no IP address", word, bad[0])
		}
		servers = append(servers, some...)
	}
	if len(servers) == 0 {
		return nil, applet.Fatal(applet.ExitSystem, "unable to initialize query: no address of a server given")
	}
	return servers, nil
}

func (a *analysis) run(servers []inet.AddrPort, name string, kind dns.Type) error {
	q, err := dns.Start(servers, name, kind, a.recursive, sys.Deadline(a.timeout))
	if err != nil {
		return applet.SystemCode(applet.ExitUsage, err, "encode %s", name)
	}
	q.Trace = a.trace
	answer, err := q.Wait()
	switch err {
	case nil:
	case dns.ErrTimeout:
		return applet.SystemCode(applet.ExitDone, err, "resolve query %s of qtype %d", name, kind)
	case dns.ErrNoServer:
		return applet.SystemCode(exitFailed, err, "resolve query %s of qtype %d", name, kind)
	default:
		return applet.System(err, "resolve query %s of qtype %d", name, kind)
	}
	out, showErr := answer.Show(nil, a.recursive)
	if err := output(a.Invocation, string(out)); err != nil {
		return err
	}
	if showErr != nil {
		return applet.System(showErr, "analyze response")
	}
	return nil
}

// trace tells an event, if the debug level has it.
func (a *analysis) trace(e dns.Event) {
	const received, sent = 1, 2
	var out []byte
	protocol, peer, until := "UDP", "server", `"infinite"`
	if !e.Until.IsZero() {
		until = e.Until.UTC().Format("2006-01-02 15:04:05.000000000")
	}
	if e.TCP {
		protocol = "TCP"
	}
	if a.recursive {
		peer = "cache"
	}
	switch {
	case e.What == dns.Received && a.level&received != 0:
		out = append(out, "Received a packet:\n"...)
	case e.What == dns.Sending && a.level&sent != 0:
		out = fmt.Appendf(out, "Preparing to send via %s to %s %s with deadline %s, query id %d:\n",
			protocol, peer, e.Server.String(), until, e.Message.ID())
	case e.What == dns.Sent && a.level&sent != 0:
		out = fmt.Appendf(out, "Sent query %d - next recv deadline is %s\n\n", e.Message.ID(), until)
	default:
		return
	}
	if e.What != dns.Sent {
		out, _ = e.Message.Show(out, true)
		out = append(out, '\n')
	}
	a.debug.Write(out)
}
