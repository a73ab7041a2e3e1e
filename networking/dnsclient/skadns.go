package dnsclient

import (
	"encoding/binary"
	"errors"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/tai"
	"s6box/networking/dns"
)

// resolverSession is the talk of skadnsd with one program. Messages have their length before them, 4 bytes. A question is a number of
// two bytes, Q, the type, until when the answer is wanted (tai.Size bytes) and the encoded name; the same number and q call
// it off. The reply to either is a byte: 0 or the number of an error. An answer is the number, a byte like that, and the
// packet if that is 0.
type resolverSession struct {
	in       proc.FD
	input    []byte
	resolver *dns.Resolver
	pool     dns.Pool
	queries  map[uint16]*dns.Query
	replies  outlet
	answers  outlet
}

const (
	numberSize    = 2
	questionSize  = numberSize + 1 + 2 + tai.Size
	mostQuestions = 1000    // at a time: what the library has at most
	mostPending   = 1 << 20 // bytes that the program leaves unread before it is not listened to
	longest       = 4096    // message
)

var errRequest = errors.New("invalid client request")

// run serves the program until it closes its end.
func (s *resolverSession) run() error {
	for {
		if err := s.serve(); err != nil {
			return applet.Fatal(applet.ExitUsage, "%v", err)
		}
		for _, o := range []*outlet{&s.replies, &s.answers} {
			if err := o.flush(); err != nil {
				return applet.System(err, "write to client")
			}
		}
		fds := s.waitFor()
		if err := s.pool.Wait(fds); err != nil {
			return applet.System(err, "poll")
		}
		if fds[2].Revents&(unix.POLLERR|unix.POLLHUP) != 0 {
			return nil // nobody wants the answers
		}
		if fds[0].Revents == 0 {
			continue
		}
		if err := s.read(); err == io.EOF {
			return nil
		} else if err != nil {
			return applet.System(err, "read from client")
		}
	}
}

// waitFor are stdin, unless the program leaves too much unread, and what it is to read.
func (s *resolverSession) waitFor() []unix.PollFd {
	fds := []unix.PollFd{{Fd: int32(s.in), Events: unix.POLLIN}, {Fd: int32(s.replies.fd)}, {Fd: int32(s.answers.fd)}}
	for i, o := range []*outlet{&s.replies, &s.answers} {
		if len(o.pending) > 0 {
			fds[1+i].Events = unix.POLLOUT
		}
		if len(o.pending) > mostPending {
			fds[0].Fd = -1
		}
	}
	return fds
}

// read reads what there is.
func (s *resolverSession) read() error {
	buf := make([]byte, longest)
	n, err := s.in.Read(buf)
	s.input = append(s.input, buf[:n]...)
	return err
}

// message takes a message from what was read, if it is whole.
func (s *resolverSession) message() (msg []byte, whole bool, err error) {
	const sizeLen = 4
	if len(s.input) < sizeLen {
		return nil, false, nil
	}
	size := binary.BigEndian.Uint32(s.input)
	if size > longest {
		return nil, false, errRequest
	}
	end := sizeLen + int(size)
	if len(s.input) < end {
		return nil, false, nil
	}
	msg, s.input = s.input[sizeLen:end], s.input[end:]
	return msg, true, nil
}

// serve does what the messages that were read say.
func (s *resolverSession) serve() error {
	for {
		msg, whole, err := s.message()
		if err != nil || !whole {
			return err
		}
		if len(msg) <= numberSize {
			return errRequest
		}
		number := binary.BigEndian.Uint16(msg)
		switch msg[numberSize] {
		case 'Q':
			if len(msg) < questionSize || !dns.Encoded(msg[questionSize:]) || s.queries[number] != nil {
				return errRequest
			}
			s.reply(s.ask(number, msg))
		case 'q':
			s.reply(s.cancel(number))
		default:
			return errRequest
		}
	}
}

func (s *resolverSession) reply(err unix.Errno) { s.replies.add([]byte{byte(err)}) }

func (s *resolverSession) ask(number uint16, msg []byte) unix.Errno {
	if len(s.queries) >= mostQuestions {
		return unix.ENFILE
	}
	kind := dns.Type(binary.BigEndian.Uint16(msg[numberSize+1:]))
	limit := tai.Unpack([tai.Size]byte(msg[questionSize-tai.Size:]))
	q := dns.StartEncoded(s.resolver.Servers, msg[questionSize:], kind, true, moment(limit))
	s.queries[number] = q
	s.pool.Add(q, func(answer dns.Message, err error) {
		delete(s.queries, number)
		out := binary.BigEndian.AppendUint16(nil, number)
		s.answers.add(append(append(out, byte(numberOf(err))), answer...))
	})
	return 0
}

func (s *resolverSession) cancel(number uint16) unix.Errno {
	q := s.queries[number]
	if q == nil {
		return unix.ENOENT
	}
	s.pool.Remove(q)
	delete(s.queries, number)
	return 0
}

// moment is a time for Start. One that is centuries away is never.
func moment(limit tai.Stamp) time.Time {
	const never = 1 << 36 // seconds after 1970
	sec, nano, _ := limit.Unix()
	if sec > never {
		return time.Time{}
	}
	return time.Unix(max(sec, 0), int64(nano))
}

// numberOf is the number by which the library knows an error.
func numberOf(err error) unix.Errno {
	var number unix.Errno
	switch {
	case err == nil:
		return 0
	case err == dns.ErrTimeout:
		return unix.ETIMEDOUT
	case err == dns.ErrNoServer:
		return unix.ENETUNREACH
	case errors.As(err, &number):
		return number
	}
	return unix.EPROTO
}
