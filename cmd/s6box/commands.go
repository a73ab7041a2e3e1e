package main

// The packages whose commands are in the binary.
import (
	_ "s6box/execline"
	_ "s6box/ipc"
	_ "s6box/logging"
	_ "s6box/networking"
	_ "s6box/overlay"
	_ "s6box/overlay/linuxinit"
	_ "s6box/rc"
	_ "s6box/shell"
	_ "s6box/supervise"
	_ "s6box/utils"
	_ "s6box/utils/mount"
	_ "s6box/utils/privilege"
	_ "s6box/utils/ps"
	_ "s6box/withcontenv"
)
