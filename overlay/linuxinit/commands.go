package linuxinit

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdAwait,
	&cmdS6LinuxInit,
	&cmdS6LinuxInitLogouthookd,
	&cmdS6LinuxInitMaker,
	&cmdS6LinuxInitNuke,
	&cmdS6LinuxInitShutdownd,
	&cmdS6LinuxInitTelinit,
	&cmdS6LinuxInitUmountall,
	&cmdTelinit,
}
