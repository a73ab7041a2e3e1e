package utils

import (
	"strings"

	"s6box/internal/applet"
)

var cmdS6Basename = applet.Applet{
	Name:  "s6-basename",
	Usage: "[ -n ] file [ suffix ]",
	Help: `Prints what stands behind the last slash of a path, without the suffix.

  -n  no newline at the end

Exit codes: 111 stdout can't be written.

Example: s6-basename /etc/app.conf .conf
`,
	Run: runBasename,
}

func runBasename(inv *applet.Invocation) error {
	path, end, err := pathArgument(inv)
	if err != nil {
		return err
	}
	base := baseName(path)
	if len(inv.Args) > 1 && base != inv.Args[1] {
		base = strings.TrimSuffix(base, inv.Args[1])
	}
	return print(inv, base+end)
}

// baseName is what stands behind the last slash of a path, slashes at its end not counted.
func baseName(path string) string {
	trimmed := strings.TrimRight(path, "/")
	switch {
	case path == "":
		return "."
	case trimmed == "":
		return "/"
	}
	return trimmed[strings.LastIndexByte(trimmed, '/')+1:]
}

// pathArgument reads the options and the path of s6-basename and s6-dirname, and what ends their output.
func pathArgument(inv *applet.Invocation) (path, end string, err error) {
	end = "\n"
	err = inv.Getopt("n", func(byte, string) error {
		end = ""
		return nil
	})
	if err == nil && len(inv.Args) == 0 {
		err = inv.UsageError()
	}
	if err != nil {
		return "", "", err
	}
	return inv.Args[0], end, nil
}
