package fdholder

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/tai"
	"s6box/ipc/unixmessage"
)

// Rights are what a client may do. Store covers storing and deleting.
type Rights struct {
	List, GetDump, SetDump bool
	Store, Retrieve        func(id string) bool // nil: nothing
}

// Server is a set of held descriptors. It may serve several clients at the same time.
type Server struct {
	max     int
	mu      sync.Mutex
	held    []Entry                    // in the order they were stored
	idle    map[*unixmessage.Conn]bool // clients between two requests
	leaving bool
}

// maxRequest is more than the longest request: a part of a dump.
const maxRequest = 1 + unixmessage.MaxFDs*(tai.Size+MaxID+2)

// NewServer returns a server that holds up to max descriptors.
func NewServer(max int) *Server {
	return &Server{max: max, idle: make(map[*unixmessage.Conn]bool)}
}

// Leave makes Serve return as soon as its client is not in the middle of a request, for all clients.
func (s *Server) Leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leaving = true
	for conn := range s.idle {
		conn.StopReceiving()
	}
}

// pause waits for the next request of a client; false says that the server is leaving.
func (s *Server) pause(c *unixmessage.Conn) (bool, error) {
	s.mu.Lock()
	leaving := s.leaving
	s.idle[c] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.idle, c)
		s.mu.Unlock()
	}()
	if leaving {
		return false, nil
	}
	c.SetTimeout(0)
	return true, c.Wait()
}

// Len returns how many descriptors are held.
func (s *Server) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.held)
}

// Hold stores a descriptor, which becomes the server's. The error is EBUSY for an identifier in use, ENFILE
// when there is no room, and the descriptor is then still the caller's.
func (s *Server) Hold(e Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(tai.Now())
	if s.find(e.ID) >= 0 {
		return unix.EBUSY
	}
	if len(s.held) >= s.max {
		return unix.ENFILE
	}
	s.held = append(s.held, e)
	return nil
}

// Expire drops the descriptors whose limit has passed. It returns how long the next one has; ok is false if
// none has a limit.
func (s *Server) Expire() (next time.Duration, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := tai.Now()
	s.expire(now)
	for _, e := range s.held {
		if left := e.Limit.Sub(now); !IsNever(e.Limit) && (!ok || left < next) {
			next, ok = left, true
		}
	}
	return next, ok
}

// Close drops all descriptors.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.held {
		unix.Close(e.FD)
	}
	s.held = nil
}

func (s *Server) expire(now tai.Stamp) {
	s.held = slices.DeleteFunc(s.held, func(e Entry) bool {
		if now.Before(e.Limit) {
			return false
		}
		unix.Close(e.FD)
		return true
	})
}

func (s *Server) find(id string) int {
	return slices.IndexFunc(s.held, func(e Entry) bool { return e.ID == id })
}

// Serve answers the requests of one client until it goes: then the error is nil. A client that speaks
// something else, or does not go on for timeout in the middle of a request (0: no limit), ends with an error.
func (s *Server) Serve(c *unixmessage.Conn, rights Rights, timeout time.Duration) error {
	defer c.Release()
	c.Limit(maxRequest)
	for {
		if more, err := s.pause(c); err != nil || !more {
			return err
		}
		c.SetTimeout(timeout)
		m, err := c.Receive()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		cl := client{s, c, rights, timeout}
		if err := cl.request(m); err != nil {
			return err
		}
	}
}

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

func (s *Server) drop(i int) {
	unix.Close(s.held[i].FD)
	s.held = slices.Delete(s.held, i, i+1)
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

// take returns a held descriptor, taken out of the set, or a duplicate of it: sending it to a slow client
// must not hold up the others.
func (s *Server) take(id string, out bool) (Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(tai.Now())
	i := s.find(id)
	if i < 0 {
		return Entry{}, unix.ENOENT
	}
	e := s.held[i]
	if out {
		s.held = slices.Delete(s.held, i, i+1)
		return e, nil
	}
	var err error
	e.FD, err = unix.FcntlInt(uintptr(e.FD), unix.F_DUPFD_CLOEXEC, 0)
	return e, err
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

func allowed(right func(string) bool, id string) bool { return right != nil && right(id) }

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
