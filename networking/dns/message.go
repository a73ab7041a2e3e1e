// Package dns asks name servers, and reads what they answer. It follows RFC 1035; which servers it asks, and how names
// are qualified, is on the page libs6dns/s6dns-rci.
package dns

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Type is the type of a resource record.
type Type uint16

const (
	A     Type = 1
	NS    Type = 2
	CNAME Type = 5
	SOA   Type = 6
	PTR   Type = 12
	HINFO Type = 13
	MX    Type = 15
	TXT   Type = 16
	AAAA  Type = 28
	SRV   Type = 33
	CAA   Type = 257
)

const (
	classIN    = 1
	headerSize = 12
)

// ErrFormat is a message that breaks the rules.
var ErrFormat = errors.New("malformed packet")

// Codes of answers.
const (
	codeOK       = 0
	codeNoDomain = 3
)

// Message is a query or an answer with a whole header.
type Message []byte

// ID is the number by which an answer belongs to its query.
func (m Message) ID() uint16 { return binary.BigEndian.Uint16(m) }

func (m Message) count(section Section) int { return int(binary.BigEndian.Uint16(m[4+2*section:])) }
func (m Message) code() int                 { return int(m[3] & 15) }
func (m Message) isAnswer() bool            { return m[2]&0x80 != 0 }
func (m Message) opcode() int               { return int(m[2] >> 3 & 15) }
func (m Message) authoritative() bool       { return m[2]&4 != 0 }
func (m Message) truncated() bool           { return m[2]&2 != 0 }
func (m Message) desired() bool             { return m[2]&1 != 0 }    // recursion
func (m Message) available() bool           { return m[3]&0x80 != 0 } // likewise
func (m Message) reserved() int             { return int(m[3] >> 4 & 7) }

// Section is a part of a message.
type Section int

const (
	Question Section = iota
	Answer
	Authority
	Additional
)

// Record is a resource record, or a question, which has no TTL and no data.
type Record struct {
	Section Section
	Name    string
	Type    Type
	Class   uint16
	TTL     uint32
	msg     Message
	at, end int // of its data in msg
}

// newQuery makes the message that asks for the records of a name, which is as messages have it.
func newQuery(id uint16, name []byte, t Type, recursive bool) Message {
	msg := binary.BigEndian.AppendUint16(nil, id)
	msg = append(msg, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) // one question
	if recursive {
		msg[2] |= 1
	}
	msg = append(msg, name...)
	msg = binary.BigEndian.AppendUint16(msg, uint16(t))
	return binary.BigEndian.AppendUint16(msg, classIN)
}

// answers tells whether m is an answer to the query, and not something that somebody else may have made up.
func (m Message) answers(query Message) bool {
	return len(m) >= len(query) && m.ID() == query.ID() && m.isAnswer() && m.opcode() == 0 && m.count(Question) == 1 &&
		bytes.Equal(lower(bytes.Clone(m[headerSize:len(query)])), query[headerSize:])
}

// Each yields the questions and the records of the message in their order, until yield returns an error. The error is
// that, or ErrFormat where the message makes no sense.
func (m Message) Each(yield func(Record) error) error {
	if len(m) < headerSize {
		return ErrFormat
	}
	at := headerSize
	for section := Question; section <= Additional; section++ {
		for range m.count(section) {
			r, next, err := m.record(section, at)
			if err == nil {
				err = yield(r)
			}
			if err != nil {
				return err
			}
			at = next
		}
	}
	return nil
}

// record reads the question or the record at a place, and returns where it ends.
func (m Message) record(section Section, at int) (r Record, end int, err error) {
	fixed := 10
	if section == Question {
		fixed = 4
	}
	name, at, err := readName(m, at)
	if err != nil || len(m) < at+fixed {
		return r, 0, ErrFormat
	}
	r = Record{Section: section, Name: name, Type: Type(binary.BigEndian.Uint16(m[at:])), Class: binary.BigEndian.Uint16(m[at+2:]), msg: m}
	end = at + fixed
	if section != Question {
		r.TTL = binary.BigEndian.Uint32(m[at+4:])
		r.at, end = end, end+int(binary.BigEndian.Uint16(m[at+8:]))
	}
	r.end = end
	if len(m) < end {
		return r, 0, ErrFormat
	}
	return r, end, nil
}

// Answers are the records of a type that the message has for an answer: of names that the one asked for is an alias
// of as well. The error is ErrFormat.
func (m Message) Answers(t Type) (records []Record, err error) {
	err = m.Each(func(r Record) error {
		if r.Section == Answer && r.Type == t && r.Class == classIN {
			records = append(records, r)
		}
		return nil
	})
	return records, err
}
