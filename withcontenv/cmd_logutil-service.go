package withcontenv

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

// defaultLogging is how logs are kept when S6_LOGGING_SCRIPT does not say.
const defaultLogging = "n20 s1000000 T"

var cmdLogutilService = applet.Applet{
	Name:  "logutil-service",
	Usage: "[ -f fifo ] dir",
	Help: `Logs its standard input into dir for ever, with rotation: goes on with s6-log, as the user nobody (uid and
gid 65534 if there is none) if it may change that, and without any environment. S6_LOGGING_SCRIPT of the
container environment is what s6-log is told: n20 s1000000 T if it is not set.

  -f FIFO   read the fifo instead of standard input

Exit codes: 100 wrong usage, 111 a system call failed; else those of s6-log.

Example: exec logutil-service /var/log/myapp
`,
	Chain: runLogutilService,
}

func runLogutilService(inv *applet.Invocation) ([]string, error) {
	fifo := ""
	err := inv.Getopt("f:", func(_ byte, value string) error { fifo = value; return nil })
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	script, err := loggingScript(inv)
	if err != nil {
		return nil, err
	}
	var words []string
	if fifo != "" {
		words = append(words, "redirfd", "-r", "-n", "-b", "0", fifo)
	}
	if unix.Geteuid() == 0 {
		words = append(words, "s6-envuidgid", "-D", "65534:65534", "nobody", "s6-applyuidgid", "-U")
	}
	words = append(words, "exec", "-c", "s6-log", "-b", "--")
	words = append(words, strings.FieldsFunc(script, func(r rune) bool { return r == ' ' || r == '\t' })...)
	return append(words, inv.Args[0]), nil
}

func loggingScript(inv *applet.Invocation) (string, error) {
	const name = "S6_LOGGING_SCRIPT"
	if keepsEnv(inv.Proc.Env) {
		if value, ok := inv.Proc.Env.Get(name); ok {
			return value, nil
		}
		return defaultLogging, nil
	}
	value, err := Lookup(Dir(inv.Proc.Env), name)
	if err == unix.ENOENT {
		return defaultLogging, nil
	}
	if err != nil {
		return "", applet.System(err, "read %s/%s", Dir(inv.Proc.Env), name)
	}
	return value, nil
}
