package networking

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/internal/sys"
)

var cmdS6Getservbyname = applet.Applet{
	Name:  "s6-getservbyname",
	Usage: "service proto",
	Help: `Prints the port number of a service, as /etc/services has it for the protocol. The number itself is a name of its
service, too.

Exit codes: 1 no such service, 100 wrong usage, 111 stdout can't be written.

Example: s6-getservbyname smtp tcp
`,
	Run:    runGetservbyname,
	Inline: true,
}

func runGetservbyname(inv *applet.Invocation) error {
	if len(inv.Args) < 2 {
		return inv.UsageError()
	}
	port, err := servicePort(inv.Args[0], inv.Args[1])
	if err != nil {
		return applet.System(err, "read %s", servicesFile)
	}
	if port == "" {
		return applet.Exit(1)
	}
	if _, err := inv.Proc.Stdout().Write([]byte(port + "\n")); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

const servicesFile = "/etc/services"

// servicePort returns the port of a service; "" if it has none.
func servicePort(name, proto string) (string, error) {
	if port, ok := inet.ParsePort(name); ok {
		return strconv.Itoa(int(port)), nil
	}
	const largest = 1 << 24
	text, err := sys.ReadFile(sys.AT, servicesFile, largest)
	if err != nil && err != unix.ENOENT {
		return "", err
	}
	return lookupService(string(text), name, proto), nil
}

// lookupService looks a service up in the text of a services(5) file.
func lookupService(text, name, proto string) string {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		port, ofProto, _ := strings.Cut(words[1], "/")
		if _, ok := inet.ParsePort(port); !ok || ofProto != proto {
			continue
		}
		if words[0] == name || slices.Contains(words[2:], name) {
			return port
		}
	}
	return ""
}
