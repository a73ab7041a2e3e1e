package networking

import (
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/inet"
	"s6box/internal/proc"
	"s6box/ipc/ucspi"
)

// peer is the client of a TCP connection.
type peer struct{ inet.AddrPort }

func identify(_ int, from unix.Sockaddr) (ucspi.Peer, error) {
	a, ok := inet.AddressOf(from)
	if !ok {
		return nil, unix.EAFNOSUPPORT
	}
	return peer{a}, nil
}

func (p peer) Key() string { return p.Addr.String() }

func (p peer) Env(env proc.Env, already int) proc.Env {
	return env.Set("TCPREMOTEIP", p.Addr.String()).
		Set("TCPREMOTEPORT", strconv.Itoa(int(p.Port))).
		Set("TCPCONNNUM", strconv.Itoa(already))
}

func (p peer) Accepted(pid, count, most int) string {
	return fmt.Sprintf("accept %s_%d pid %d count %d/%d", p.Addr, p.Port, pid, count, most)
}

func (p peer) Refused(count, most int) string {
	return fmt.Sprintf("reject %s_%d count %d/%d", p.Addr, p.Port, count, most)
}

func (p peer) Ended(pid int, how string, count, most int) string {
	return fmt.Sprintf("end pid %d %s count %d/%d", pid, how, count, most)
}
