package overlay

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdFixAttrs,
	&cmdHalt,
	&cmdInit,
	&cmdLogutilNewfifo,
	&cmdPoweroff,
	&cmdReboot,
	&cmdS6LinuxInitHpr,
	&cmdS6LinuxInitShutdown,
	&cmdS6OverlayPreinit,
	&cmdS6OverlayStat,
	&cmdS6OverlaySuexec,
	&cmdS6boxCheck,
	&cmdS6boxGraph,
	&cmdS6boxInstall,
	&cmdShutdown,
	&cmdWithRetries,
}
