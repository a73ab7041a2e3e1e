// Package dnstest is a name server for tests. It answers by UDP and TCP what a text says, and misbehaves where that says
// so.
package dnstest

import (
	"encoding/binary"
	"net"
	"strings"
	"sync"
)

// Server answers at some addresses. It has a code of its own for the format of messages, so that mistakes in that
// of the programs show.
type Server struct {
	zone   *Zone
	mu     sync.Mutex
	asked  map[string]int // how often a name was asked for
	closed []func() error
}

// Serve answers at an address, IP and port; port 0 is a free one. The address is that which it has got.
func (s *Server) Serve(address string) (string, error) {
	udp, err := net.ListenPacket("udp", address)
	if err != nil {
		return "", err
	}
	address = udp.LocalAddr().String()
	tcp, err := net.Listen("tcp", address)
	if err != nil {
		udp.Close()
		return "", err
	}
	s.closed = append(s.closed, udp.Close, tcp.Close)
	ip, _, _ := net.SplitHostPort(address)
	go s.packets(udp, ip)
	go s.connections(tcp, ip)
	return address, nil
}

// New makes a server of a zone, which serves nowhere yet.
func New(z *Zone) *Server { return &Server{zone: z, asked: map[string]int{}} }

// Close ends the server.
func (s *Server) Close() {
	for _, f := range s.closed {
		f()
	}
}

func (s *Server) packets(conn net.PacketConn, ip string) {
	buf := make([]byte, 65535)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		q := append([]byte(nil), buf[:n]...)
		name, reply := s.answer(q, ip, true)
		if _, ok := s.zone.behaves(name, ip, "!forge"); ok && reply != nil {
			forge(conn, from, ip, reply)
		}
		if reply != nil {
			conn.WriteTo(reply, from)
		}
	}
}

// forge sends answers that must not be taken for the answer.
func forge(conn net.PacketConn, to net.Addr, ip string, reply []byte) {
	bad := func(change func(msg []byte)) []byte {
		msg := append([]byte(nil), reply...)
		msg[3] |= 3 // no domain: it shows if this one is believed
		change(msg)
		return msg
	}
	conn.WriteTo(bad(func(msg []byte) { msg[0] ^= 0xff }), to)                        // another id
	conn.WriteTo(bad(func(msg []byte) { msg[2] &^= 0x80 }), to)                       // no answer
	conn.WriteTo(bad(func(msg []byte) { msg[headerSize+1] = 'z' }), to)               // another question
	conn.WriteTo(bad(func(msg []byte) { msg[5] = 0 }), to)                            // no question
	conn.WriteTo(reply[:headerSize-1], to)                                            // no header
	if other, err := net.ListenPacket("udp", net.JoinHostPort(ip, "0")); err == nil { // somebody else
		other.WriteTo(bad(func([]byte) {}), to)
		other.Close()
	}
}

func (s *Server) connections(l net.Listener, ip string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go s.connection(conn, ip)
	}
}

func (s *Server) connection(conn net.Conn, ip string) {
	defer conn.Close()
	var q []byte
	buf := make([]byte, 65535)
	for len(q) < 2 || len(q)-2 < int(binary.BigEndian.Uint16(q)) {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		q = append(q, buf[:n]...)
	}
	name, reply := s.answer(q[2:], ip, false)
	if _, ok := s.zone.behaves(name, ip, "!stall"); ok || reply == nil {
		conn.Read(buf) // until the other end gives up
		return
	}
	if _, ok := s.zone.behaves(name, ip, "!close"); ok {
		return
	}
	msg := append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)
	if _, ok := s.zone.behaves(name, ip, "!noend"); ok {
		msg = msg[:len(msg)/2]
	}
	for _, part := range [][]byte{msg[:1], msg[1 : len(msg)/2], msg[len(msg)/2:]} { // in pieces
		conn.Write(part)
	}
}

// Answer is the answer to a message by UDP.
func (s *Server) Answer(q []byte) []byte {
	_, reply := s.answer(q, "", true)
	return reply
}

// answer is the answer to a message; none if it is to be dropped.
func (s *Server) answer(q []byte, ip string, udp bool) (name string, reply []byte) {
	name, end := question(q)
	if end == 0 {
		return "", nil
	}
	key := strings.ToLower(name)
	s.mu.Lock()
	s.asked[key]++
	first := s.asked[key] == 1
	s.mu.Unlock()
	if _, ok := s.zone.behaves(key, ip, "!drop"); ok {
		return key, nil
	}
	if _, ok := s.zone.behaves(key, ip, "!drop1"); ok && first {
		return key, nil
	}
	if raw, ok := s.zone.behaves(key, ip, "!raw"); ok {
		return key, append(append([]byte(nil), q[:2]...), unhex(raw)...)
	}
	// An answer that is authoritative, with recursion desired as asked and available.
	reply = append([]byte{q[0], q[1], 0x84 | q[2]&1, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, q[headerSize:end]...)
	if flags, ok := s.zone.behaves(key, ip, "!flags"); ok {
		copy(reply[2:], unhex(flags))
	}
	if code, ok := s.zone.behaves(key, ip, "!rcode"); ok {
		reply[3] |= code[0] - '0'
		return key, reply
	}
	if _, ok := s.zone.behaves(key, ip, "!truncate"); ok && udp {
		reply[2] |= 2
		return key, reply
	}
	reply = s.fill(reply, key, binary.BigEndian.Uint16(q[end-4:]))
	const most = 512
	if udp && len(reply) > most {
		reply = append(reply[:headerSize:headerSize], q[headerSize:end]...)
		reply[2] |= 2
		copy(reply[6:headerSize], make([]byte, 6))
	}
	return key, reply
}

// fill adds the records of a name. A CNAME is followed.
func (s *Server) fill(reply []byte, name string, kind uint16) []byte {
	if _, known := s.zone.records[name]; !known {
		reply[3] |= 3
		return reply
	}
	counts := [3]uint16{}
	for section := range counts {
		for at, hops := name, 0; hops < 8; hops++ {
			next := ""
			for _, r := range s.zone.records[at] {
				alias := r.kind == types["CNAME"]
				if r.section != section || section == 0 && r.kind != kind && kind != types["ANY"] && !alias {
					continue
				}
				if alias && kind != r.kind {
					next, _ = question(append(append(make([]byte, headerSize), r.data...), 0, 0, 0, 0))
				}
				reply = r.append(reply)
				counts[section]++
			}
			if next == "" || section != 0 {
				break
			}
			at = strings.ToLower(next)
		}
	}
	for i, n := range counts {
		binary.BigEndian.PutUint16(reply[6+2*i:], n)
	}
	return reply
}

const ttl = 60

func (r record) append(reply []byte) []byte {
	reply = appendName(reply, r.name)
	reply = binary.BigEndian.AppendUint16(reply, r.kind)
	reply = binary.BigEndian.AppendUint16(reply, classIN)
	reply = binary.BigEndian.AppendUint32(reply, ttl)
	reply = binary.BigEndian.AppendUint16(reply, uint16(len(r.data)))
	return append(reply, r.data...)
}

// question is the name that a message asks for, and where its question ends; 0 if it asks for nothing.
func question(q []byte) (name string, end int) {
	var out strings.Builder
	for at := headerSize; at < len(q); {
		n := int(q[at])
		if n == 0 {
			if at+5 > len(q) {
				return "", 0
			}
			if out.Len() == 0 {
				return ".", at + 5
			}
			return out.String(), at + 5
		}
		if at+1+n > len(q) {
			return "", 0
		}
		for _, c := range q[at+1 : at+1+n] {
			if c == '.' || c == '\\' {
				out.WriteByte('\\')
			}
			out.WriteByte(c)
		}
		out.WriteByte('.')
		at += 1 + n
	}
	return "", 0
}
