package ipc

import (
	"s6box/internal/applet"
	"s6box/ipc/ucspi"
)

var cmdS6Sudo = applet.Applet{
	Name:  "s6-sudo",
	Usage: "[ -q | -Q | -v ] [ -p bindpath ] [ -l localname ] [ -e ] [ -t timeout ] [ -T timeoutrun ] path [ args... ]",
	Help: `Has a program run by the s6-sudod that serves the Unix socket at path, with this one's stdin, stdout,
stderr, environment and the arguments args. It is short for s6-ipcclient and s6-sudoc, which have the options.

  -q, -Q, -v     quiet, normal, verbose
  -p BINDPATH    bind the client's end to BINDPATH
  -l LOCALNAME   value of IPCLOCALPATH
  -e             send no environment
  -t MS, -T MS   longest time for the program to start, to end

Exit codes: as s6-sudoc.

Example: s6-sudo /run/backup.sock /srv/data
`,
	Chain: runSudo,
}

func runSudo(inv *applet.Invocation) ([]string, error) {
	client, caller := []string{"s6-ipcclient"}, []string{"s6-sudoc"}
	err := inv.Getopt("qQvp:l:et:T:", func(opt byte, value string) error {
		switch opt {
		case 'p', 'l':
			client = append(client, "-"+string(opt), value)
		case 'e':
			caller = append(caller, "-e")
		case 't', 'T':
			return ucspi.NumberFor(inv, &caller, opt, value)
		default:
			client = append(client, "-"+string(opt))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	line := append(append(client, "--", inv.Args[0]), caller...)
	return append(append(line, "--"), inv.Args[1:]...), nil
}
