package supervise

import "s6box/internal/applet"

var cmdS6Ftrigrd = applet.Applet{
	Name: "s6-ftrigrd",
	Help: `The helper process of the C library libs6, which speaks a protocol of its own with it. Nothing here needs the
helper: s6-svwait, s6-ftrig-listen and the others listen themselves. Started by a program of that library, it
says so and fails; such a program needs the s6-ftrigrd of its own installation.

Exit codes: 100.

Example: s6-ftrig-wait /run/service/web/event U
`,
	Run: func(*applet.Invocation) error {
		return applet.Fatal(applet.ExitUsage, "unable to serve libs6: its protocol is private to it")
	},
}
