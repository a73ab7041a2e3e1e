package dns

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/inet"
	"s6box/internal/sys"
)

// Why there is no answer, apart from ErrName, ErrFormat and errors of the system.
var (
	ErrNoDomain = errors.New("no such domain")
	ErrNoServer = errors.New("no available DNS server")
	ErrTimeout  = errors.New("query timed out")
)

// errPending is what Step returns until there is an answer.
var errPending = errors.New("query pending")

// patience is for how long a server is waited for, in the rounds in which all are asked. One that asks others first,
// as it does for recursive queries, is not asked in the first round.
var patience = [...]time.Duration{time.Second, 3 * time.Second, 11 * time.Second, 45 * time.Second}

// tcpPatience is that for a connection.
const tcpPatience = 10 * time.Second

// Event is a step of a query that someone may want to watch.
type Event struct {
	What    What
	Server  inet.Addr
	TCP     bool
	Until   time.Time // zero: for ever
	Message Message
}

// What is the kind of an event.
type What int

const (
	Sending What = iota
	Sent
	Received
)

// Query is a question on its way from server to server. None of its methods waits: poll PollFd until the time Until,
// then Step. Its end, or Close, closes its socket.
type Query struct {
	Trace func(Event) // may be nil

	name      []byte
	kind      Type
	recursive bool
	deadline  time.Time // of all; zero: none
	servers   []inet.AddrPort
	round, at int // the server asked is servers[at]
	fd        int // -1: none
	tcp       bool
	until     time.Time // of this server
	query     Message
	out, in   []byte // what is left to be sent, and what has come by TCP
}

// Start begins to ask the servers for the records of a name. A recursive query is for caches, another for servers that
// know by themselves. A zero deadline is none. The error is ErrName.
func Start(servers []inet.AddrPort, name string, t Type, recursive bool, deadline time.Time) (*Query, error) {
	encoded, err := Encode(name)
	if err != nil {
		return nil, err
	}
	return StartEncoded(servers, encoded, t, recursive, deadline), nil
}

// StartEncoded is Start with an encoded name.
func StartEncoded(servers []inet.AddrPort, name []byte, t Type, recursive bool, deadline time.Time) *Query {
	q := &Query{name: lower(slices.Clone(name)), kind: t, recursive: recursive, deadline: deadline, servers: slices.Clone(servers), fd: -1}
	if recursive {
		q.round = 1
	}
	return q
}

// PollFd is what the query waits for; before the first Step, nothing.
func (q *Query) PollFd() unix.PollFd {
	events := int16(unix.POLLIN)
	if len(q.out) > 0 {
		events = unix.POLLOUT
	}
	return unix.PollFd{Fd: int32(q.fd), Events: events}
}

// Until is when the query wants its next Step at the latest.
func (q *Query) Until() time.Time { return sys.Sooner(q.until, q.deadline) }

// Close gives the query up.
func (q *Query) Close() {
	if q.fd >= 0 {
		unix.Close(q.fd)
	}
	q.fd, q.out, q.in = -1, nil, nil
}

// Step goes on as far as that is possible without waiting. The answer has records, or tells that there is no such
// domain. The error is errPending, ErrNoServer, ErrTimeout or that of the system.
func (q *Query) Step() (Message, error) {
	for {
		err := q.begin()
		if err != nil {
			q.Close()
			return nil, err
		}
		answer, err := q.advance()
		switch {
		case err == unix.EAGAIN && sys.Past(q.deadline):
			q.Close()
			return nil, ErrTimeout
		case err == unix.EAGAIN && !sys.Past(q.until):
			return nil, errPending
		case err == unix.EAGAIN:
			q.next()
		case err == nil && answer.truncated() && !q.tcp:
			q.Close()
			q.tcp = true
		case err == nil && (answer.code() == codeOK || answer.code() == codeNoDomain) && !answer.truncated():
			q.Close()
			return answer, nil
		default: // that one can't or won't
			q.drop()
		}
	}
}

// Wait sees the query to its end.
func (q *Query) Wait() (answer Message, err error) {
	var pool Pool
	pool.Add(q, func(m Message, fail error) { answer, err = m, fail })
	for pool.Len() > 0 {
		if err := pool.Wait(nil); err != nil {
			return nil, err
		}
	}
	return answer, err
}

// next goes on to the next server; this one has another chance in the next round.
func (q *Query) next() {
	q.Close()
	q.tcp = false
	q.at++
}

// drop goes on to the next server and never comes back to this one.
func (q *Query) drop() {
	q.next()
	q.at--
	q.servers = slices.Delete(q.servers, q.at, q.at+1)
}

// begin has a socket for the server asked.
func (q *Query) begin() error {
	for q.fd < 0 {
		if q.at >= len(q.servers) {
			q.round, q.at = q.round+1, 0
		}
		if len(q.servers) == 0 || q.round >= len(patience) {
			return ErrNoServer
		}
		if sys.Past(q.deadline) {
			return ErrTimeout
		}
		kind := unix.SOCK_DGRAM
		if q.tcp {
			kind = unix.SOCK_STREAM
		}
		fd, err := inet.Socket(q.servers[q.at].Addr, kind)
		if err == unix.EAFNOSUPPORT {
			q.drop()
			continue
		}
		if err != nil {
			return err
		}
		q.fd = fd
		if err := q.connect(); err != nil {
			q.drop()
		}
	}
	return nil
}

// connect connects the socket and has the message, with a number that nobody knows, ready to be sent.
func (q *Query) connect() error {
	var id [2]byte
	sys.Random(id[:])
	q.query = newQuery(binary.BigEndian.Uint16(id[:]), q.name, q.kind, q.recursive)
	wait := patience[q.round]
	q.out = q.query
	if q.tcp {
		wait = tcpPatience
		q.out = append(binary.BigEndian.AppendUint16(nil, uint16(len(q.query))), q.query...)
	}
	q.until = time.Now().Add(wait)
	q.tell(Sending, q.query)
	sa, err := inet.Sockaddr(q.servers[q.at])
	if err != nil {
		return err
	}
	if err := unix.Connect(q.fd, sa); err != nil && err != unix.EINPROGRESS && err != unix.EINTR {
		return err
	}
	return nil
}

func (q *Query) tell(what What, msg Message) {
	if q.Trace != nil {
		until := q.Until()
		if what == Sending && !q.tcp {
			until = time.Time{} // a datagram is sent at once
		}
		q.Trace(Event{what, q.servers[q.at].Addr, q.tcp, until, msg})
	}
}

// advance sends what is left and reads what there is. EAGAIN is that it has to wait.
func (q *Query) advance() (Message, error) {
	for len(q.out) > 0 {
		n, err := unix.SendmsgN(q.fd, q.out, nil, nil, unix.MSG_NOSIGNAL)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if q.out = q.out[n:]; len(q.out) == 0 {
			q.tell(Sent, q.query)
		}
	}
	if q.tcp {
		return q.stream()
	}
	return q.datagram()
}

// datagram reads what has come by UDP. Of what is no answer to the query, it reads no more than so much at a time.
func (q *Query) datagram() (Message, error) {
	const most = 64
	var buf [4096]byte // eight times what a server may send
	for range most {
		n, err := unix.Read(q.fd, buf[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if answer := Message(buf[:n]); answer.answers(q.query) {
			q.tell(Received, answer)
			return slices.Clone(answer), nil
		}
	}
	return nil, unix.EAGAIN
}

// stream reads what has come by TCP: a message with its length before it.
func (q *Query) stream() (Message, error) {
	const sizeLen = 2
	buf := make([]byte, 4096)
	for {
		n, err := unix.Read(q.fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, unix.EPIPE
		}
		q.in = append(q.in, buf[:n]...)
		if len(q.in) < sizeLen || len(q.in) < sizeLen+int(binary.BigEndian.Uint16(q.in)) {
			continue
		}
		answer := Message(q.in[sizeLen : sizeLen+int(binary.BigEndian.Uint16(q.in))])
		if !answer.answers(q.query) {
			return nil, unix.EPROTO
		}
		q.tell(Received, answer)
		return answer, nil
	}
}
