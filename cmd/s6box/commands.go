package main

import (
	"s6box/execline"
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/ipc"
	"s6box/logging"
	"s6box/networking"
	"s6box/networking/dnsclient"
	"s6box/overlay"
	"s6box/overlay/linuxinit"
	"s6box/rc"
	"s6box/shell"
	"s6box/supervise"
	"s6box/utils"
	"s6box/utils/mount"
	"s6box/utils/privilege"
	"s6box/utils/ps"
	"s6box/withcontenv"
)

// commands are what is in the binary: the lists of its packages, those first that scripts call most.
var commands = [...]*[]*applet.Applet{
	&execline.Commands,
	&utils.Commands,
	&privilege.Commands,
	&withcontenv.Commands,
	&supervise.Commands,
	&logging.Commands,
	&rc.Commands,
	&ipc.Commands,
	&shell.Commands,
	&chain.Commands,
	&overlay.Commands,
	&linuxinit.Commands,
	&mount.Commands,
	&ps.Commands,
	&networking.Commands,
	&dnsclient.Commands,
}
