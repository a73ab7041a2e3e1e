package networking

import (
	"s6box/internal/applet"
	"s6box/networking/clock"
)

var cmdS6Sntpclock = applet.Applet{
	Name:  "s6-sntpclock",
	Usage: timeClientUsage,
	Help: `Asks an NTP server by how much the local clock is wrong. Its port is 123 by default. A clock that is wrong by 68
years or more can't be corrected.
` + timeClientHelp + `Example: s6-sntpclock 192.0.2.1 | s6-clockadd
`,
	Run: func(inv *applet.Invocation) error {
		return runTimeClient(timeClient{Invocation: inv, protocol: clock.SNTP{}, label: "NTP", kind: "NTP", port: ntpPort})
	},
}

const ntpPort = 123
