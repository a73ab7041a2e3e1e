package withcontenv

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdLogutilService,
	&cmdPrintcontenv,
	&cmdWithContenv,
}
