package execline

import (
	"errors"

	"s6box/internal/applet"
	"s6box/internal/users"
)

var cmdHomeof = applet.Applet{
	Name:  "homeof",
	Usage: "user",
	Help: `Prints the home directory of user.

Exit codes: 100 wrong usage, 111 no such user.

Example: backtick -E HOME { homeof www } cd ${HOME} server
`,
	Run:    runHomeof,
	Inline: true,
}

func runHomeof(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return inv.UsageError()
	}
	user, err := users.ByName(inv.Args[0])
	if errors.Is(err, users.ErrUnknown) {
		return applet.Fatal(applet.ExitSystem, "unable to get passwd entry for %s: no such user", inv.Args[0])
	}
	if err != nil {
		return applet.System(err, "get passwd entry for %s", inv.Args[0])
	}
	if _, err := inv.Proc.Stdout().Write([]byte(user.Home + "\n")); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}
