package privilege

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdS6Applyuidgid,
	&cmdS6Chroot,
	&cmdS6Envuidgid,
	&cmdS6Nice,
	&cmdS6Setsid,
	&cmdS6Setuidgid,
	&cmdS6Softlimit,
}
