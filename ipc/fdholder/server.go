package fdholder

import (
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
const maxRequest = 1 + unixmessage.MaxFDs*(tai.Size+maxID+2)

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

func (s *Server) drop(i int) {
	unix.Close(s.held[i].FD)
	s.held = slices.Delete(s.held, i, i+1)
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
