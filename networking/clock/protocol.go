package clock

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/inet"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

// Exchange is when a question was sent and its answer came, by the local clock, and when the server got the one and
// sent the other, by its own.
type Exchange struct{ Sent, Got, Answered, Back tai.Stamp }

// Offset is by how much the server's clock is ahead if both ways took the same time.
func (e Exchange) Offset() time.Duration {
	there, back := e.Got.Sub(e.Sent), e.Answered.Sub(e.Back)
	return there/2 + back/2 + (there%2+back%2)/2
}

// Trip is how long both ways took; the offset can be wrong by half of it.
func (e Exchange) Trip() time.Duration { return max(e.Back.Sub(e.Sent)-e.Answered.Sub(e.Got), 0) }

// Protocol is a way to ask a server.
type Protocol interface {
	// Question makes a packet to send at a time.
	Question(now tai.Stamp) []byte
	// Answer reads the times of the server off the answer to a question; ok is false if it is none.
	Answer(question, packet []byte, now tai.Stamp) (got, answered tai.Stamp, ok bool)
}

// Server is a time server.
type Server struct {
	fd       int
	protocol Protocol
}

// Dial makes ready to ask the server at an address.
func Dial(at inet.AddrPort, p Protocol) (*Server, error) {
	fd, err := inet.Dial(at, unix.SOCK_DGRAM, time.Time{})
	if err != nil {
		return nil, err
	}
	return &Server{fd, p}, nil
}

// Close ends the use of s.
func (s *Server) Close() { unix.Close(s.fd) }

// Ask asks once. A packet that is no answer is EPROTO.
func (s *Server) Ask(deadline time.Time) (e Exchange, err error) {
	e.Sent = tai.Now()
	question := s.protocol.Question(e.Sent)
	if _, err := unix.Write(s.fd, question); err != nil {
		return e, err
	}
	const longest = 512
	packet := make([]byte, longest)
	for {
		if err := sys.WaitFD(s.fd, unix.POLLIN, deadline); err != nil {
			return e, err
		}
		n, err := unix.Read(s.fd, packet)
		if err == unix.EAGAIN || err == unix.EINTR {
			continue
		}
		if err != nil {
			return e, err
		}
		e.Back = tai.Now()
		var ok bool
		if e.Got, e.Answered, ok = s.protocol.Answer(question, packet[:n], e.Sent); !ok {
			return e, unix.EPROTO
		}
		return e, nil
	}
}

// Taiclock is the protocol of https://cr.yp.to/proto/taiclock.txt: the server puts its time in place of the client's.
type Taiclock struct{}

// Parts of a packet: a word, the time, and what the server gives back as it is.
const (
	taiStart = 4
	taiEnd   = taiStart + tai.Size
	taiFixed = taiEnd + 4 // with attoseconds
	cookie   = 8
)

// Question implements Protocol.
func (Taiclock) Question(now tai.Stamp) []byte {
	packet := make([]byte, taiFixed+cookie)
	copy(packet, "ctai")
	stamp := now.Pack()
	copy(packet[taiStart:], stamp[:])
	sys.Random(packet[taiFixed:])
	return packet
}

// Answer implements Protocol.
func (Taiclock) Answer(question, packet []byte, _ tai.Stamp) (got, answered tai.Stamp, ok bool) {
	if len(packet) < len(question) || string(packet[:taiStart]) != "stai" ||
		string(packet[taiFixed:len(question)]) != string(question[taiFixed:]) {
		return got, answered, false
	}
	got = tai.Unpack([tai.Size]byte(packet[taiStart:]))
	return got, got, true
}

// Reply makes a packet from a client the answer to it; ok is false if it is no question.
func Reply(packet []byte, now tai.Stamp) (ok bool) {
	if len(packet) < taiFixed || string(packet[:taiStart]) != "ctai" {
		return false
	}
	stamp := now.Pack()
	packet[0] = 's'
	copy(packet[taiStart:], stamp[:])
	return true
}

// SNTP is version 4 of the simple network time protocol, RFC 4330.
type SNTP struct{}

// Places in a packet, and its first byte, which has the version and the mode.
const (
	sntpSize      = 48
	sntpOriginate = 24
	sntpReceive   = 32
	sntpTransmit  = 40
	sntpClient    = 4<<3 | 3
	modeMask      = 7
	modeServer    = 4
)

// Question implements Protocol.
func (SNTP) Question(now tai.Stamp) []byte {
	packet := make([]byte, sntpSize)
	packet[0] = sntpClient
	binary.BigEndian.PutUint64(packet[sntpOriginate:], ntpTime(now))
	binary.BigEndian.PutUint64(packet[sntpTransmit:], ntpTime(now))
	return packet
}

// Answer implements Protocol.
func (SNTP) Answer(question, packet []byte, now tai.Stamp) (got, answered tai.Stamp, ok bool) {
	if len(packet) < sntpSize || packet[0]&modeMask != modeServer ||
		string(packet[sntpOriginate:sntpReceive]) != string(question[sntpTransmit:sntpSize]) {
		return got, answered, false
	}
	transmit := binary.BigEndian.Uint64(packet[sntpTransmit:])
	got = fromNTP(binary.BigEndian.Uint64(packet[sntpReceive:]), now)
	return got, fromNTP(transmit, now), transmit != 0
}

// ntpEpoch is 1900 in Unix time.
const ntpEpoch = -2208988800

// ntpTime is a time in seconds since 1900, modulo 2³², and their 2⁻³² parts.
func ntpTime(s tai.Stamp) uint64 {
	sec, nano, _ := s.Unix()
	return uint64(uint32(sec-ntpEpoch))<<32 | uint64(nano)<<32/1e9
}

// fromNTP is the time nearest to now that is written so.
func fromNTP(t uint64, now tai.Stamp) tai.Stamp {
	sec, _, _ := now.Unix()
	ahead := int32(uint32(t>>32) - uint32(sec-ntpEpoch))
	nano := (t&(1<<32-1)*1e9 + 1<<31) >> 32
	sec += int64(ahead) + int64(nano/1e9)
	return tai.FromUnix(sec, uint32(nano%1e9))
}
