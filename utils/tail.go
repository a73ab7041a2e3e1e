package utils

import "bytes"

// tail finds the end of a text that it gets in pieces: what follows the first count lines or bytes, or the
// last count of them. Of a text it has to keep it keeps no more than it needs.
type tail struct {
	count     uint64
	fromStart bool
	lines     bool

	kept     []byte
	newlines uint64 // in kept
}

// feed takes the next piece and returns what can be printed already.
func (t *tail) feed(piece []byte) []byte {
	if t.fromStart {
		return t.skip(piece)
	}
	t.kept = append(t.kept, piece...)
	if !t.lines {
		if extra := uint64(len(t.kept)); extra > t.count {
			t.kept = t.kept[extra-t.count:]
		}
		return nil
	}
	for t.newlines += uint64(bytes.Count(piece, []byte{'\n'})); t.newlines > t.count; t.newlines-- {
		t.kept = t.kept[bytes.IndexByte(t.kept, '\n')+1:]
	}
	return nil
}

// skip drops from the start of a piece what is still to be dropped.
func (t *tail) skip(piece []byte) []byte {
	if !t.lines {
		n := min(t.count, uint64(len(piece)))
		t.count -= n
		return piece[n:]
	}
	for ; t.count > 0; t.count-- {
		end := bytes.IndexByte(piece, '\n')
		if end < 0 {
			return nil
		}
		piece = piece[end+1:]
	}
	return piece
}

// end returns what is to be printed when the text has ended. An unfinished line is not one of the last lines.
func (t *tail) end() []byte {
	if t.lines {
		return t.kept[:bytes.LastIndexByte(t.kept, '\n')+1]
	}
	return t.kept
}
