package mount

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdFstab2s6rc,
	&cmdS6Mount,
	&cmdS6Pivotchroot,
	&cmdS6Swapoff,
	&cmdS6Swapon,
	&cmdS6Umount,
}
