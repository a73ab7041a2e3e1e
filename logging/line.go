package logging

import (
	"time"

	"s6box/internal/tai"
)

// splitter cuts a stream into lines: at newlines, at NULs, and where a line has limit bytes (0: never).
type splitter struct {
	limit   int
	partial []byte
}

// feed adds bytes of the stream and calls line with each line that is complete, without its end. The line
// is valid during the call.
func (s *splitter) feed(data []byte, line func([]byte)) {
	for len(data) > 0 {
		end := 0
		for end < len(data) && data[end] != '\n' && data[end] != 0 {
			end++
		}
		if s.limit > 0 && len(s.partial)+end > s.limit {
			take := s.limit - len(s.partial)
			s.emit(data[:take], line)
			data = data[take:]
			continue
		}
		if end == len(data) {
			s.partial = append(s.partial, data...)
			return
		}
		s.emit(data[:end], line)
		data = data[end+1:]
	}
}

func (s *splitter) emit(rest []byte, line func([]byte)) {
	if len(s.partial) == 0 {
		line(rest)
		return
	}
	line(append(s.partial, rest...))
	s.partial = s.partial[:0]
}

// finish calls line with what has no end yet, if there is any.
func (s *splitter) finish(line func([]byte)) {
	if len(s.partial) > 0 {
		s.emit(nil, line)
	}
}

// decorate appends the line as an action writes it: stamps, prefix, text. T is in the zone of now.
func (s *settings) decorate(dst []byte, now time.Time, text []byte) []byte {
	if s.tai {
		dst = append(tai.FromTime(now).Append(dst), ' ')
	}
	if s.iso {
		dst = now.AppendFormat(dst, "2006-01-02 15:04:05.000000000  ")
	}
	if s.prefix != "" {
		dst = append(append(dst, s.prefix...), ' ')
	}
	return append(dst, text...)
}
