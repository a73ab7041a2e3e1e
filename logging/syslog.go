package logging

import (
	"bytes"

	"s6box/internal/applet"
)

// maxCode is how long a priority in angle brackets can be.
const maxCode = 20

// syslogName returns the name of the priority, such as "user.notice: ", that a syslog message starts with, and
// the rest of the message. Without a priority the name is empty.
func syslogName(message []byte) (name string, rest []byte) {
	if len(message) == 0 || message[0] != '<' {
		return "", message
	}
	end := bytes.IndexByte(message[:min(len(message), maxCode)], '>')
	if end < 2 {
		return "", message
	}
	n, ok := applet.ParseUint(string(message[1:end]))
	if !ok || n >= 1<<32 {
		return "", message
	}
	return facility(n>>3) + "." + level(n&7) + ": ", message[end+1:]
}

func facility(n uint64) string {
	names := [...]string{
		"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
		"unknown", "unknown", "unknown", "unknown",
		"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7", "mark",
	}
	if n >= uint64(len(names)) {
		return "unknown"
	}
	return names[n]
}

func level(n uint64) string {
	return [...]string{"emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"}[n]
}

// syslogLine makes a log line of a datagram: newlines and NULs at its end go, others become tildes. cut says
// that there was more. raw keeps the priority as it is.
func syslogLine(dst, message []byte, cut, raw bool) []byte {
	if !cut {
		message = bytes.TrimRight(message, "\n\x00")
	}
	if !raw {
		var name string
		name, message = syslogName(message)
		dst = append(dst, name...)
	}
	start := len(dst)
	dst = append(dst, message...)
	for i, c := range dst[start:] {
		if c == '\n' || c == 0 {
			dst[start+i] = '~'
		}
	}
	if cut {
		dst = append(dst, "..."...)
	}
	return append(dst, '\n')
}
