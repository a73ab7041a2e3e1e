package ipc

import (
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/ipc/ucspi"
	"s6box/ipc/unixsocket"
)

// peer is the client of a Unix socket.
type peer struct {
	unix.Ucred
	path string // its end's
}

func identify(fd int, from unix.Sockaddr) (ucspi.Peer, error) {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return nil, err
	}
	return peer{*cred, unixsocket.Name(from)}, nil
}

func (p peer) Key() string { return strconv.FormatUint(uint64(p.Uid), 10) }

func (p peer) Env(env proc.Env, already int) proc.Env {
	return env.Set("IPCREMOTEPATH", p.path).
		Set("IPCREMOTEEUID", strconv.FormatUint(uint64(p.Uid), 10)).
		Set("IPCREMOTEEGID", strconv.FormatUint(uint64(p.Gid), 10)).
		Set("IPCCONNNUM", strconv.Itoa(already))
}

func (p peer) Accepted(pid, count, most int) string {
	return fmt.Sprintf("allow %d:%d pid %d count %d/%d", p.Uid, p.Gid, pid, count, most)
}

func (p peer) Refused(count, most int) string {
	return fmt.Sprintf("deny %d:%d count %d/%d", p.Uid, p.Gid, count, most)
}

func (p peer) Ended(pid int, how string, _, _ int) string {
	return fmt.Sprintf("end pid %d uid %d %s", pid, p.Uid, how)
}

// anonymous is a client whose ids are not looked up: all are the same. path is that of its end.
type anonymous struct{ path string }

func identifyNobody(_ int, from unix.Sockaddr) (ucspi.Peer, error) {
	return anonymous{unixsocket.Name(from)}, nil
}

func (anonymous) Key() string { return "" }

func (p anonymous) Env(env proc.Env, _ int) proc.Env {
	return env.Set("IPCREMOTEPATH", p.path).Unset("IPCREMOTEEUID").Unset("IPCREMOTEEGID").Set("IPCCONNNUM", "")
}

func (anonymous) Accepted(pid, _, most int) string {
	return fmt.Sprintf("allow ?:? pid %d count ?/%d", pid, most)
}

func (anonymous) Refused(_, most int) string { return fmt.Sprintf("deny ?:? count ?/%d", most) }

func (anonymous) Ended(pid int, how string, _, _ int) string {
	return fmt.Sprintf("end pid %d uid ? %s", pid, how)
}
