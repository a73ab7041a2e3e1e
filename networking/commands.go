package networking

import "s6box/internal/applet"

// Commands are those of this package.
var Commands = []*applet.Applet{
	&cmdProxyServer,
	&cmdS6Clockadd,
	&cmdS6Clockview,
	&cmdS6Getservbyname,
	&cmdS6IdentClient,
	&cmdS6Sntpclock,
	&cmdS6Taiclock,
	&cmdS6Taiclockd,
	&cmdS6Tcpclient,
	&cmdS6Tcpserver,
	&cmdS6TcpserverAccess,
	&cmdS6TcpserverSocketbinder,
	&cmdS6Tcpserverd,
}
