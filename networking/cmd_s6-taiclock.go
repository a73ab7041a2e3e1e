package networking

import (
	"s6box/internal/applet"
	"s6box/networking/clock"
)

var cmdS6Taiclock = applet.Applet{
	Name:  "s6-taiclock",
	Usage: timeClientUsage,
	Help: `Asks a TAICLOCK server by how much the local clock is wrong. Its port is 4014 by default.
` + timeClientHelp + `Example: s6-taiclock 192.0.2.1 | s6-clockview
`,
	Run: func(inv *applet.Invocation) error {
		return runTimeClient(timeClient{Invocation: inv, protocol: clock.Taiclock{}, label: "TAIA", kind: "taiclock", port: taiclockPort})
	},
}

const taiclockPort = 4014
