package networking

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/inet"
	"s6box/internal/sys"
)

// errIdent is a negative answer of an ident server.
type errIdent struct{ text string }

func (e *errIdent) Error() string { return e.text }

var errNoReply = &errIdent{"unknown error"}

// ident asks the server of remote who has the connection between remote and local; see RFC 1413.
func ident(remote, local inet.AddrPort, deadline time.Time) (user string, err error) {
	const port = 113
	fd, err := inet.Socket(remote.Addr, unix.SOCK_STREAM)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	from, err := inet.Sockaddr(inet.AddrPort{Addr: local.Addr})
	if err == nil {
		err = unix.Bind(fd, from)
	}
	if err == nil {
		err = inet.Connect(fd, inet.AddrPort{Addr: remote.Addr, Port: port}, deadline)
	}
	if err == nil {
		_, err = unix.Write(fd, fmt.Appendf(nil, "%d , %d\r\n", remote.Port, local.Port))
	}
	if err != nil {
		return "", err
	}
	line, err := readLine(fd, deadline)
	if err != nil {
		return "", err
	}
	return parseIdent(line, remote.Port, local.Port)
}

// readLine reads a line of a reply, which has 512 characters at most, without its end.
func readLine(fd int, deadline time.Time) (string, error) {
	const longest = 512
	line := make([]byte, 0, longest)
	for len(line) < longest {
		if err := sys.WaitFD(fd, unix.POLLIN, deadline); err != nil {
			return "", err
		}
		var c [1]byte
		switch n, err := unix.Read(fd, c[:]); {
		case err == unix.EINTR || err == unix.EAGAIN:
		case err != nil:
			return "", err
		case n == 0:
			return "", errNoReply
		case c[0] == '\n':
			return strings.TrimSuffix(string(line), "\r"), nil
		default:
			line = append(line, c[0])
		}
	}
	return "", unix.ENAMETOOLONG
}

// parseIdent reads the line of a reply about a pair of ports: "6193, 23 : USERID : UNIX : joe" or "6193, 23 : ERROR
// : NO-USER". What no reply to the question looks like is EPROTO.
func parseIdent(line string, remote, local uint16) (user string, err error) {
	fields := strings.SplitN(line, ":", 4)
	if len(fields) < 3 || !samePorts(fields[0], remote, local) {
		return "", unix.EPROTO
	}
	switch strings.TrimSpace(fields[1]) {
	case "USERID":
		if len(fields) < 4 {
			return "", unix.EPROTO
		}
		return strings.TrimPrefix(fields[3], " "), nil
	case "ERROR":
		return "", identError(strings.TrimSpace(fields[2]))
	}
	return "", unix.EPROTO
}

func samePorts(text string, remote, local uint16) bool {
	first, second, _ := strings.Cut(text, ",")
	r, ok := inet.ParsePort(strings.TrimSpace(first))
	l, ok2 := inet.ParsePort(strings.TrimSpace(second))
	return ok && ok2 && r == remote && l == local
}

func identError(token string) error {
	switch {
	case token == "INVALID-PORT":
		return &errIdent{"invalid port"}
	case token == "NO-USER":
		return &errIdent{"no such user"}
	case token == "HIDDEN-USER":
		return &errIdent{"identification denied"}
	case token == "UNKNOWN-ERROR":
		return errNoReply
	case strings.HasPrefix(token, "X"):
		return &errIdent{"X-error-token"}
	}
	return unix.EPROTO
}

// identWarning words why ident has no answer.
func identWarning(err error) string {
	var no *errIdent
	if errors.As(err, &no) {
		return "ident server replied: " + no.text
	}
	return "unable to get an answer from the ident server: " + applet.Reason(err)
}
