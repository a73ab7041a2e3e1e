package fdholder

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/tai"
	"s6box/ipc/unixmessage"
)

// client is a connection being served.
type client struct {
	*Server
	conn    *unixmessage.Conn
	rights  Rights
	timeout time.Duration
}

func (c *client) request(m unixmessage.Message) error {
	if len(m.Data) == 0 {
		m.CloseFDs()
		return errMalformed
	}
	op, body := m.Data[0], m.Data[1:]
	if op == opStore {
		return c.store(body, m)
	}
	if len(m.FDs) > 0 {
		m.CloseFDs()
		return errMalformed
	}
	switch op {
	case opDelete:
		return c.delete(body)
	case opRetrieve:
		return c.retrieve(body)
	case opList:
		return c.list(body)
	case opGetDump:
		return c.getDump(body)
	case opSetDump:
		return c.setDump(body)
	}
	return errMalformed
}

// answer sends the one byte that says how it went.
func (c *client) answer(err error) error {
	code := byte(0)
	if err != nil {
		errno := unix.EIO
		errors.As(err, &errno)
		code = byte(errno)
	}
	return c.conn.Send(unixmessage.Message{Data: []byte{code}})
}

func (c *client) store(body []byte, m unixmessage.Message) error {
	entries, ok := takeEntries(body, m.FDs)
	if !ok || len(entries) != 1 {
		m.CloseFDs()
		return errMalformed
	}
	err := error(unix.EPERM)
	if allowed(c.rights.Store, entries[0].ID) {
		err = c.Hold(entries[0])
	}
	if err != nil {
		m.CloseFDs()
	}
	return c.answer(err)
}

func (c *client) delete(body []byte) error {
	id, rest, ok := takeID(body)
	if !ok || len(rest) > 0 {
		return errMalformed
	}
	if !allowed(c.rights.Store, id) {
		return c.answer(unix.EPERM)
	}
	c.mu.Lock()
	c.expire(tai.Now())
	i := c.find(id)
	if i >= 0 {
		c.drop(i)
	}
	c.mu.Unlock()
	if i < 0 {
		return c.answer(unix.ENOENT)
	}
	return c.answer(nil)
}

func (c *client) retrieve(body []byte) error {
	if len(body) == 0 || body[0] > 1 {
		return errMalformed
	}
	del := body[0] == 1
	id, rest, ok := takeID(body[1:])
	if !ok || len(rest) > 0 {
		return errMalformed
	}
	if !allowed(c.rights.Retrieve, id) || del && !allowed(c.rights.Store, id) {
		return c.answer(unix.EPERM)
	}
	e, err := c.take(id, del)
	if err != nil {
		return c.answer(err)
	}
	err = c.conn.Send(unixmessage.Message{Data: []byte{0}, FDs: []int{e.FD}})
	if err == nil || !del || c.Hold(e) != nil {
		unix.Close(e.FD)
	}
	return err
}

func (c *client) list(body []byte) error {
	if len(body) > 0 {
		return errMalformed
	}
	if !c.rights.List {
		return c.answer(unix.EPERM)
	}
	c.mu.Lock()
	c.expire(tai.Now())
	reply := appendUint32([]byte{0}, len(c.held))
	for _, e := range c.held {
		reply = append(append(reply, e.ID...), 0)
	}
	c.mu.Unlock()
	return c.conn.Send(unixmessage.Message{Data: reply})
}

func allowed(right func(string) bool, id string) bool { return right != nil && right(id) }
