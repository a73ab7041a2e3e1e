package ps

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdS6Ps,
}
