package dnsclient

import (
	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/internal/sys"
)

var cmdS6Randomip = applet.Applet{
	Name:  "s6-randomip",
	Usage: "[ -4 ] [ -6 ] [ -n number ]",
	Help: `Prints random IP addresses, one per line, until it is killed.

  -4    IPv4 addresses (default)
  -6    IPv6 addresses; with -4, both
  -n N  no more than N

Exit codes: 100 wrong usage, 111 stdout can't be written.

Example: s6-randomip -n 100 | s6-dnsname-filter
`,
	Run: runRandomip,
}

func runRandomip(inv *applet.Invocation) error {
	var v4, v6 bool
	limited, left := false, uint64(0)
	err := inv.Getopt("46n:", func(opt byte, value string) error {
		switch opt {
		case '4':
			v4 = true
		case '6':
			v6 = true
		case 'n':
			limited = true
			return inv.Uint(&left)(value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for !limited || left > 0 {
		const most = 1024 // addresses in a write
		n := uint64(most)
		if limited {
			n = min(n, left)
			left -= n
		}
		if err := output(inv, randomIPs(int(n), v4 || !v6, v6)); err != nil {
			return err
		}
	}
	return nil
}

// randomIPs are n lines.
func randomIPs(n int, v4, v6 bool) string {
	var out []byte
	random := make([]byte, 17*n)
	sys.Random(random)
	for b := range n {
		raw := random[17*b : 17*b+17]
		size := 4
		if v6 && (!v4 || raw[16]&1 != 0) {
			size = 16
		}
		ip, _ := inet.AddrOf(raw[:size])
		out = append(append(out, ip.String()...), '\n')
	}
	return string(out)
}
