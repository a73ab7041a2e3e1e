package dns

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/inet"
	"s6box/internal/sys"
)

// patience is for how long the servers are waited for, in the rounds in which they are asked.
var patience = [...]time.Duration{time.Second, 3 * time.Second, 11 * time.Second, 45 * time.Second}

// Codes of answers.
const (
	codeOK       = 0
	codeNoDomain = 3
)

// ask asks the servers for records of a name until one answers. msg is its message.
func (r *Resolver) ask(name string, t Type, deadline time.Time) (msg []byte, answer response, err error) {
	var id [2]byte
	sys.Random(id[:])
	q, err := query(binary.BigEndian.Uint16(id[:]), name, t)
	if err != nil {
		return nil, answer, err
	}
	servers := slices.Clone(r.Servers)
	for _, wait := range patience {
		for i := 0; i < len(servers); {
			until := time.Now().Add(wait)
			if !deadline.IsZero() && deadline.Before(until) {
				until = deadline
			}
			msg, answer, err = exchange(servers[i], q, until)
			switch {
			case err == nil && answer.code == codeOK:
				return msg, answer, nil
			case err == nil && answer.code == codeNoDomain:
				return nil, answer, ErrNoDomain
			case !deadline.IsZero() && !time.Now().Before(deadline):
				return nil, answer, ErrTimeout
			case err == unix.ETIMEDOUT:
				i++
			default: // that one can't or won't
				servers = slices.Delete(servers, i, i+1)
			}
		}
		if len(servers) == 0 {
			return nil, answer, ErrNoServer
		}
	}
	return nil, answer, ErrTimeout
}

// exchange gets the answer of one server, by TCP if it is too long for UDP.
func exchange(server netip.AddrPort, q []byte, until time.Time) ([]byte, response, error) {
	msg, answer, err := byUDP(server, q, until)
	if err == nil && answer.truncated {
		return byTCP(server, q, until)
	}
	return msg, answer, err
}

func byUDP(server netip.AddrPort, q []byte, until time.Time) ([]byte, response, error) {
	fd, err := inet.Dial(server, unix.SOCK_DGRAM, until)
	if err != nil {
		return nil, response{}, err
	}
	defer unix.Close(fd)
	if _, err := unix.Write(fd, q); err != nil {
		return nil, response{}, err
	}
	buf := make([]byte, 65535)
	for {
		n, err := readSome(fd, buf, until)
		if err != nil {
			return nil, response{}, err
		}
		if answer, ok, err := parse(buf[:n], q); ok {
			return buf[:n], answer, err
		}
	}
}

func byTCP(server netip.AddrPort, q []byte, until time.Time) ([]byte, response, error) {
	fd, err := inet.Dial(server, unix.SOCK_STREAM, until)
	if err != nil {
		return nil, response{}, err
	}
	defer unix.Close(fd)
	// A connection that has just been made has room for so little.
	if _, err := unix.Write(fd, append(binary.BigEndian.AppendUint16(nil, uint16(len(q))), q...)); err != nil {
		return nil, response{}, err
	}
	var size [2]byte
	if err := readFull(fd, size[:], until); err != nil {
		return nil, response{}, err
	}
	msg := make([]byte, binary.BigEndian.Uint16(size[:]))
	if err := readFull(fd, msg, until); err != nil {
		return nil, response{}, err
	}
	answer, ok, err := parse(msg, q)
	if !ok {
		return nil, answer, unix.EPROTO
	}
	return msg, answer, err
}

func readFull(fd int, buf []byte, until time.Time) error {
	for len(buf) > 0 {
		n, err := readSome(fd, buf, until)
		if err != nil {
			return err
		}
		if n == 0 {
			return unix.EPIPE
		}
		buf = buf[n:]
	}
	return nil
}

// readSome reads from a non-blocking descriptor when there is something to read; ETIMEDOUT if there isn't in time.
func readSome(fd int, buf []byte, until time.Time) (int, error) {
	for {
		if err := sys.WaitFD(fd, unix.POLLIN, until); err != nil {
			return 0, err
		}
		n, err := unix.Read(fd, buf)
		if err != unix.EAGAIN && err != unix.EINTR {
			return n, err
		}
	}
}
