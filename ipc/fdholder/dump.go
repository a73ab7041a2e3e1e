package fdholder

import (
	"encoding/binary"
	"slices"

	"golang.org/x/sys/unix"

	"s6box/internal/tai"
	"s6box/ipc/unixmessage"
)

func (c *client) getDump(body []byte) error {
	if len(body) > 0 {
		return errMalformed
	}
	if !c.rights.GetDump {
		return c.answer(unix.EPERM)
	}
	entries, err := c.copyAll()
	if err != nil {
		return c.answer(err)
	}
	defer closeEntries(entries)
	parts := (len(entries) + unixmessage.MaxFDs - 1) / unixmessage.MaxFDs
	head := appendUint32(appendUint32([]byte{0}, parts), len(entries))
	if err := c.conn.Send(unixmessage.Message{Data: head}); err != nil {
		return err
	}
	return sendEntries(c.conn, nil, entries, func() error { return nil })
}

func (s *Server) copyAll() ([]Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(tai.Now())
	entries := make([]Entry, 0, len(s.held))
	for _, e := range s.held {
		fd, err := unix.FcntlInt(uintptr(e.FD), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			closeEntries(entries)
			return nil, err
		}
		e.FD = fd
		entries = append(entries, e)
	}
	return entries, nil
}

func (c *client) setDump(body []byte) error {
	if len(body) != 4 {
		return errMalformed
	}
	total := binary.BigEndian.Uint32(body)
	if !c.rights.SetDump {
		return c.answer(unix.EPERM)
	}
	if int64(total) > int64(c.max) {
		return c.answer(unix.ENFILE)
	}
	parts := (int(total) + unixmessage.MaxFDs - 1) / unixmessage.MaxFDs
	if err := c.conn.Send(unixmessage.Message{Data: appendUint32([]byte{0}, parts)}); err != nil {
		return err
	}
	var entries []Entry
	for i := range parts {
		part, err := c.receivePart()
		entries = append(entries, part...)
		if err == nil && (len(entries) > int(total) || i == parts-1 && len(entries) < int(total)) {
			err = errMalformed
		}
		if err != nil {
			closeEntries(entries)
			return err
		}
		reply := error(unix.EAGAIN)
		if i == parts-1 {
			if reply = c.holdAll(entries); reply != nil {
				closeEntries(entries)
			}
		}
		if err := c.answer(reply); err != nil {
			if i < parts-1 {
				closeEntries(entries)
			}
			return err
		}
	}
	return nil
}

func (c *client) receivePart() ([]Entry, error) {
	c.conn.SetTimeout(c.timeout)
	m, err := c.conn.Receive()
	if err != nil {
		return nil, err
	}
	if len(m.Data) == 0 || m.Data[0] != opDumpPart {
		m.CloseFDs()
		return nil, errMalformed
	}
	entries, ok := takeEntries(m.Data[1:], m.FDs)
	if !ok {
		m.CloseFDs()
		return nil, errMalformed
	}
	return entries, nil
}

// holdAll stores the entries in place of those with the same identifiers: all of them, or none with ENFILE.
func (s *Server) holdAll(entries []Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(tai.Now())
	fresh := make(map[string]bool)
	for _, e := range entries {
		if s.find(e.ID) < 0 {
			fresh[e.ID] = true
		}
	}
	if len(s.held)+len(fresh) > s.max {
		return unix.ENFILE
	}
	for _, e := range entries {
		if i := s.find(e.ID); i >= 0 {
			s.drop(i)
		}
		s.held = append(s.held, e)
	}
	return nil
}

func closeEntries(entries []Entry) {
	for _, e := range entries {
		unix.Close(e.FD)
	}
}

// sendEntries sends entries in as many messages as it takes, each with prefix in front; after is called
// behind each.
func sendEntries(c *unixmessage.Conn, prefix []byte, entries []Entry, after func() error) error {
	for part := range slices.Chunk(entries, unixmessage.MaxFDs) {
		m := unixmessage.Message{Data: slices.Clone(prefix)}
		for _, e := range part {
			m.Data = appendEntry(m.Data, e)
			m.FDs = append(m.FDs, e.FD)
		}
		if err := c.Send(m); err != nil {
			return err
		}
		if err := after(); err != nil {
			return err
		}
	}
	return nil
}
