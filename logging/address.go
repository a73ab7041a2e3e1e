package logging

import (
	"strings"

	"s6box/internal/inet"
)

// parseAddress reads ip or ip_port, or ip:port for IPv4. Without a port it is that of syslog.
func parseAddress(text string) (inet.AddrPort, bool) {
	if ip, port, found := strings.Cut(text, "_"); found {
		return inet.ParseAddress(ip, port)
	}
	if ip, ok := inet.ParseAddr(text); ok {
		return inet.AddrPort{Addr: ip, Port: 514}, true
	}
	ip, port, _ := strings.Cut(text, ":")
	return inet.ParseAddress(ip, port)
}
