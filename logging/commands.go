package logging

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdS6Log,
	&cmdS6Logwatch,
	&cmdS6Socklog,
	&cmdS6Tai64n,
	&cmdS6Tai64nlocal,
	&cmdUcspilogd,
}
