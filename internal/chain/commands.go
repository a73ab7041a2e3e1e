package chain

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdCommit,
}
