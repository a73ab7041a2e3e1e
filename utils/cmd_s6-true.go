package utils

import "s6box/internal/applet"

var cmdS6True = applet.Applet{
	Name: "s6-true",
	Help: `Exits 0 and ignores its arguments.

Example: if { s6-true } s6-echo always
`,
	Run:     func(*applet.Invocation) error { return nil },
	Inline:  true,
	Instant: true,
}

var cmdS6False = applet.Applet{
	Name: "s6-false",
	Help: `Exits 1 and ignores its arguments.

Example: if -n { s6-false } s6-echo always
`,
	Run:     func(*applet.Invocation) error { return applet.Exit(1) },
	Inline:  true,
	Instant: true,
}
