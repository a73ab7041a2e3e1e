// Package unixmessage carries messages with file descriptors over a Unix stream socket, in the framing of
// skalibs: 4 bytes payload length, 2 bytes number of descriptors (both big-endian), the payload; the
// descriptors travel with the first byte of the header.
package unixmessage

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	maxData = 1 << 28 // bytes of payload that a message may have
	MaxFDs  = 253     // descriptors that a message may have

	headerSize = 6
	chunk      = 4096
)

// ErrProtocol says that the peer sent something that is no message.
var ErrProtocol = errors.New("protocol error")

// Message is a payload and the descriptors that go with it.
type Message struct {
	Data []byte
	FDs  []int
}

// CloseFDs closes the descriptors of a received message.
func (m *Message) CloseFDs() {
	for _, fd := range m.FDs {
		unix.Close(fd)
	}
	m.FDs = nil
}

// Conn sends and receives messages. It does not own its socket.
type Conn struct {
	sock socket
	in   []byte // received and not yet taken
	fds  []int  // the same; one read may bring descriptors of several messages
	owed []byte // to go out first
	max  int    // longest payload accepted
}

// New makes a Conn of raw descriptors, which may be the same: it waits in ppoll, and never makes the Go
// runtime open descriptors of its own.
func New(in, out int) *Conn { return &Conn{sock: &rawSocket{in: in, out: out}, max: maxData} }

// NewFile makes a Conn of a non-blocking socket that waits in the Go runtime's poller.
func NewFile(f *os.File) (*Conn, error) {
	rc, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	return &Conn{sock: &pollerSocket{f, rc}, max: maxData}, nil
}

// Limit makes payloads of more than max bytes a protocol error.
func (c *Conn) Limit(max int) { c.max = min(max, maxData) }

// SetDeadline makes operations fail with ETIMEDOUT after t; the zero time is never.
func (c *Conn) SetDeadline(t time.Time) { c.sock.setDeadline(t) }

// SetTimeout is SetDeadline after d from now; zero is never.
func (c *Conn) SetTimeout(d time.Duration) {
	var t time.Time
	if d > 0 {
		t = time.Now().Add(d)
	}
	c.SetDeadline(t)
}

// Release closes the descriptors that were received and not taken.
func (c *Conn) Release() {
	m := Message{FDs: c.fds}
	m.CloseFDs()
	c.fds = nil
}

// Send sends a message. Its descriptors stay the caller's.
func (c *Conn) Send(m Message) error {
	if len(m.Data) > maxData || len(m.FDs) > MaxFDs {
		return unix.EMSGSIZE
	}
	if err := c.Settle(); err != nil {
		return err
	}
	data := make([]byte, headerSize, headerSize+len(m.Data))
	binary.BigEndian.PutUint32(data, uint32(len(m.Data)))
	binary.BigEndian.PutUint16(data[4:], uint16(len(m.FDs)))
	data = append(data, m.Data...)
	var rights []byte
	if len(m.FDs) > 0 {
		rights = unix.UnixRights(m.FDs...)
	}
	for len(data) > 0 {
		err := c.sock.write(func(fd int) error {
			n, err := unix.SendmsgN(fd, data, rights, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
			if err != nil {
				return err
			}
			data, rights = data[n:], nil
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Owe is Write, but p may go out later: together with what is written next, or when this side has to wait for the
// peer.
func (c *Conn) Owe(p []byte) { c.owed = append(c.owed, p...) }

// Settle sends what is owed.
func (c *Conn) Settle() error {
	if len(c.owed) == 0 {
		return nil
	}
	_, err := c.Write(nil)
	return err
}

// Write sends bytes outside of any message.
func (c *Conn) Write(p []byte) (int, error) {
	if owed := len(c.owed); owed > 0 {
		whole := append(c.owed, p...)
		c.owed = nil
		n, err := c.Write(whole)
		return max(n-owed, 0), err
	}
	done := 0
	for done < len(p) {
		err := c.sock.write(func(fd int) error {
			n, err := unix.SendmsgN(fd, p[done:], nil, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
			done += max(n, 0)
			return err
		})
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// Receive receives a message, whose descriptors are close-on-exec and the caller's. The error is io.EOF
// where the peer has closed between messages, EPIPE in the middle of one.
func (c *Conn) Receive() (Message, error) {
	if err := c.fill(headerSize); err != nil {
		return Message{}, err
	}
	size := int64(binary.BigEndian.Uint32(c.in))
	n := int(binary.BigEndian.Uint16(c.in[4:]))
	if size > int64(c.max) || n > MaxFDs || n > len(c.fds) {
		return Message{}, ErrProtocol
	}
	if err := c.fill(headerSize + int(size)); err != nil {
		if err == io.EOF {
			err = unix.EPIPE
		}
		return Message{}, err
	}
	m := Message{Data: c.take(headerSize + int(size))[headerSize:]}
	if n > 0 {
		m.FDs = append(m.FDs, c.fds[:n]...)
		c.fds = c.fds[n:]
	}
	return m, nil
}

// ReadFull receives len(p) bytes that are not part of a message.
func (c *Conn) ReadFull(p []byte) error {
	if err := c.fill(len(p)); err != nil {
		return err
	}
	copy(p, c.take(len(p)))
	return nil
}

// fill receives until there are n bytes. The error at the end of the stream is io.EOF if there are none,
// else EPIPE.
func (c *Conn) fill(n int) error {
	for len(c.in) < n {
		if cap(c.in)-len(c.in) < chunk {
			grown := make([]byte, len(c.in), 2*len(c.in)+chunk)
			copy(grown, c.in)
			c.in = grown
		}
		got, err := c.receive(c.in[len(c.in):cap(c.in)])
		if err != nil {
			return err
		}
		if got == 0 && len(c.in) == 0 {
			return io.EOF
		}
		if got == 0 {
			return unix.EPIPE
		}
		c.in = c.in[:len(c.in)+got]
	}
	return nil
}

func (c *Conn) take(n int) []byte {
	p := c.in[:n:n]
	c.in = c.in[n:]
	return p
}

func (c *Conn) receive(p []byte) (n int, err error) {
	oob := make([]byte, unix.CmsgSpace(4*MaxFDs))
	err = c.sock.read(func(fd int) error {
		got, oobn, flags, _, err := unix.Recvmsg(fd, p, oob, unix.MSG_CMSG_CLOEXEC|unix.MSG_DONTWAIT)
		if err == unix.EAGAIN {
			if err := c.Settle(); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		n = got
		if err := c.queue(oob[:oobn]); err != nil {
			return err
		}
		if flags&unix.MSG_CTRUNC != 0 {
			return unix.EMFILE // the kernel dropped descriptors that this process has no room for
		}
		return nil
	})
	return n, err
}

func (c *Conn) queue(oob []byte) error {
	if len(oob) == 0 {
		return nil
	}
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return err
	}
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			continue // another kind of control message
		}
		c.fds = append(c.fds, fds...)
	}
	if len(c.fds) > 4*MaxFDs {
		return ErrProtocol
	}
	return nil
}

// Wait waits until something can be received: data, or the end.
func (c *Conn) Wait() error {
	if len(c.in) > 0 {
		return nil
	}
	var peek [1]byte
	return c.sock.read(func(fd int) error {
		_, _, err := unix.Recvfrom(fd, peek[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		return err
	})
}

// StopReceiving makes the receiving side see the end of the stream, behind what has arrived already. Another
// goroutine may be receiving.
func (c *Conn) StopReceiving() { c.sock.shutdown() }
