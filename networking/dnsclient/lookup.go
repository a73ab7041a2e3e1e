package dnsclient

import (
	"math/rand/v2"
	"strings"
	"time"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/networking/dns"
)

const exitFailed = 2 // the DNS has answered, but not what was asked for

const (
	qualifyOption = "  -q     qualify the name by the rules of /etc/resolv.conf or $DNSQUALIFY\n"
	hostsOptions  = "  -h, -H /etc/hosts or the newer /etc/hosts.cdb comes before the DNS; it doesn't (default)\n"
	commonOptions = "  -r     in random order, not in that of the answer\n" +
		"  -t MS  give up after MS milliseconds\n"
	caches    = "\nThe caches asked are those of $DNSCACHEIP, a list of addresses, or else of /etc/resolv.conf.\n"
	exitCodes = "\nExit codes: 1 the name exists without such records, 2 the answer is an error (no such domain), 99 timed out,\n" +
		"100 wrong usage, 111 no server answers or a system call failed.\n"
)

// lookup is the task of the commands that look something up and print it.
type lookup struct {
	*applet.Invocation
	qualify, hosts, random bool
	v4, v6                 bool
	deadline               time.Time
	resolver               *dns.Resolver
}

// newLookup reads the options of a command, which takes so many words, and makes its resolver.
func newLookup(inv *applet.Invocation, spec string, words int) (*lookup, error) {
	l := &lookup{Invocation: inv}
	var timeout uint64
	err := inv.Getopt(spec, func(opt byte, value string) error {
		switch opt {
		case 'q':
			l.qualify = true
		case 'h', 'H':
			l.hosts = opt == 'h'
		case 'r':
			l.random = true
		case '4':
			l.v4 = true
		case '6':
			l.v6 = true
		case 't':
			return inv.Uint(&timeout)(value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) < words {
		return nil, inv.UsageError()
	}
	l.deadline = sys.Deadline(timeout)
	l.resolver, err = dns.Open(inv, l.hosts)
	return l, err
}

// records prints the records of a type that a name has.
func (l *lookup) records(name string, t dns.Type) error {
	var lines []string
	err := l.resolver.Find(name, l.qualify, func(name string) error {
		records, err := l.resolver.Records(name, t, l.deadline)
		if err == nil {
			lines, err = dns.Texts(records)
		}
		return err
	})
	return l.finish(name, lines, err)
}

// finish prints what was found of a name, or fails with why it was not.
func (l *lookup) finish(name string, lines []string, err error) error {
	switch {
	case err != nil:
		return failed(err, "resolve "+name)
	case len(lines) == 0:
		return applet.Exit(1)
	case l.random:
		rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	}
	return output(l.Invocation, strings.Join(lines, "\n")+"\n")
}

// failed is the error of a look-up: "unable to WHAT: reason".
func failed(err error, what string) error {
	code := applet.ExitSystem
	switch err {
	case dns.ErrNoDomain, dns.ErrFormat:
		code = exitFailed
	case dns.ErrTimeout:
		code = applet.ExitDone
	}
	return applet.SystemCode(code, err, "%s", what)
}

func output(inv *applet.Invocation, text string) error {
	if _, err := inv.Proc.Stdout().Write([]byte(text)); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}
