package ipc

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdS6AccessrulesCdbFromFs,
	&cmdS6AccessrulesFsFromCdb,
	&cmdS6Connlimit,
	&cmdS6FdholderDaemon,
	&cmdS6FdholderDelete,
	&cmdS6FdholderGetdump,
	&cmdS6FdholderList,
	&cmdS6FdholderRetrieve,
	&cmdS6FdholderSetdump,
	&cmdS6FdholderStore,
	&cmdS6FdholderTransferdump,
	&cmdS6Fdholderd,
	&cmdS6Ioconnect,
	&cmdS6Ipcclient,
	&cmdS6Ipcserver,
	&cmdS6IpcserverAccess,
	&cmdS6IpcserverSocketbinder,
	&cmdS6Ipcserverd,
	&cmdS6Sudo,
	&cmdS6Sudoc,
	&cmdS6Sudod,
}
