package fdholder

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/tai"
	"s6box/ipc/unixmessage"
	"s6box/ipc/unixsocket"
)

// Client is a connection to a server. A refusal is the errno that the server gave: see the page
// s6-fdholder-errorcodes.
type Client struct {
	conn *unixmessage.Conn
	fd   int // -1: not ours to close
}

// NewClient makes a client of a connected socket, which stays the caller's.
func NewClient(conn *unixmessage.Conn) *Client { return &Client{conn, -1} }

// Dial connects to the server at path. timeout, if not 0, covers the connection and everything done with it.
func Dial(path string, timeout time.Duration) (*Client, error) {
	fd, err := unixsocket.Dial(path, "", timeout)
	if err != nil {
		return nil, err
	}
	conn := unixmessage.New(fd, fd)
	conn.SetTimeout(timeout)
	return &Client{conn, fd}, nil
}

// Close ends the connection.
func (c *Client) Close() {
	c.conn.Release()
	if c.fd >= 0 {
		unix.Close(c.fd)
	}
}

// Store gives the server a copy of fd.
func (c *Client) Store(fd int, id string, limit tai.Stamp) error {
	if err := CheckID(id); err != nil {
		return err
	}
	request := appendEntry([]byte{opStore}, Entry{ID: id, Limit: limit})
	return c.simple(unixmessage.Message{Data: request, FDs: []int{fd}})
}

// Delete makes the server drop a descriptor.
func (c *Client) Delete(id string) error {
	if err := CheckID(id); err != nil {
		return err
	}
	return c.simple(unixmessage.Message{Data: appendID([]byte{opDelete}, id)})
}

// Retrieve returns a copy, close-on-exec, of the descriptor called id; del makes the server drop its own.
func (c *Client) Retrieve(id string, del bool) (fd int, err error) {
	if err := CheckID(id); err != nil {
		return -1, err
	}
	request := []byte{opRetrieve, 0}
	if del {
		request[1] = 1
	}
	m, err := c.call(unixmessage.Message{Data: appendID(request, id)})
	if err != nil {
		return -1, err
	}
	if len(m.Data) != 1 || len(m.FDs) != 1 {
		m.CloseFDs()
		return -1, unix.EPROTO
	}
	return m.FDs[0], nil
}

// List returns the identifiers the server holds.
func (c *Client) List() ([]string, error) {
	m, err := c.call(unixmessage.Message{Data: []byte{opList}})
	if err != nil {
		return nil, err
	}
	if len(m.Data) < 5 || len(m.FDs) > 0 {
		m.CloseFDs()
		return nil, unix.EPROTO
	}
	n := binary.BigEndian.Uint32(m.Data[1:])
	ids := strings.Split(string(m.Data[5:]), "\x00")
	if last := len(ids) - 1; ids[last] != "" || uint32(last) != n {
		return nil, unix.EPROTO
	}
	return ids[:n], nil
}

// GetDump returns copies, close-on-exec, of all descriptors.
func (c *Client) GetDump() ([]Entry, error) {
	m, err := c.call(unixmessage.Message{Data: []byte{opGetDump}})
	if err != nil {
		return nil, err
	}
	if len(m.Data) != 9 || len(m.FDs) > 0 {
		m.CloseFDs()
		return nil, unix.EPROTO
	}
	parts, total := binary.BigEndian.Uint32(m.Data[1:]), binary.BigEndian.Uint32(m.Data[5:])
	var all []Entry
	for range parts {
		m, err := c.receive()
		if err == nil {
			entries, ok := takeEntries(m.Data, m.FDs)
			if !ok {
				m.CloseFDs()
				err = unix.EPROTO
			}
			all = append(all, entries...)
		}
		if err != nil {
			closeEntries(all)
			return nil, err
		}
	}
	if uint32(len(all)) != total {
		closeEntries(all)
		return nil, unix.EPROTO
	}
	return all, nil
}

// SetDump gives the server copies of all those descriptors; what it holds under the same identifiers is
// dropped.
func (c *Client) SetDump(entries []Entry) error {
	for _, e := range entries {
		if err := CheckID(e.ID); err != nil {
			return err
		}
	}
	m, err := c.call(unixmessage.Message{Data: appendUint32([]byte{opSetDump}, len(entries))})
	if err != nil {
		return err
	}
	parts := (len(entries) + unixmessage.MaxFDs - 1) / unixmessage.MaxFDs
	if len(m.Data) != 5 || len(m.FDs) > 0 || binary.BigEndian.Uint32(m.Data[1:]) != uint32(parts) {
		m.CloseFDs()
		return unix.EPROTO
	}
	return sendEntries(c.conn, []byte{opDumpPart}, entries, func() error {
		parts--
		m, err := c.receive()
		if err != nil {
			return err
		}
		m.CloseFDs()
		if len(m.Data) != 1 {
			return unix.EPROTO
		}
		if code := unix.Errno(m.Data[0]); code != 0 && (code != unix.EAGAIN || parts == 0) {
			return code
		}
		return nil
	})
}

// simple makes a request that is answered by one byte.
func (c *Client) simple(request unixmessage.Message) error {
	m, err := c.call(request)
	if err != nil {
		return err
	}
	m.CloseFDs()
	if len(m.Data) != 1 {
		return unix.EPROTO
	}
	return nil
}

// call makes a request and returns its answer, whose first byte is 0.
func (c *Client) call(request unixmessage.Message) (unixmessage.Message, error) {
	if err := c.conn.Send(request); err != nil {
		return unixmessage.Message{}, err
	}
	m, err := c.receive()
	if err == nil && len(m.Data) == 0 {
		err = unix.EPROTO
	} else if err == nil && m.Data[0] != 0 {
		err = unix.Errno(m.Data[0])
	}
	if err != nil {
		m.CloseFDs()
	}
	return m, err
}

// receive words the errors that are not the system's as upstream does.
func (c *Client) receive() (unixmessage.Message, error) {
	m, err := c.conn.Receive()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, unix.ECONNRESET):
		err = unix.EPIPE
	case errors.Is(err, unixmessage.ErrProtocol):
		err = unix.EPROTO
	}
	return m, err
}
