package utils

import (
	"strings"

	"s6box/internal/applet"
)

var cmdS6Dirname = applet.Applet{
	Name:  "s6-dirname",
	Usage: "[ -n ] file",
	Help: `Prints what stands before the last slash of a path: the directory it is in.

  -n  no newline at the end

Exit codes: 111 stdout can't be written.

Example: s6-dirname /etc/app.conf
`,
	Run: runDirname,
}

func runDirname(inv *applet.Invocation) error {
	path, end, err := pathArgument(inv)
	if err != nil {
		return err
	}
	dir := strings.TrimRight(path, "/")
	at := strings.LastIndexByte(dir, '/')
	switch {
	case dir == "" && path != "":
		dir = "/"
	case at < 0:
		dir = "."
	case at == 0:
		dir = "/"
	default:
		dir = dir[:at]
	}
	return print(inv, dir+end)
}
