package logging

import (
	"encoding/binary"
	"testing"

	"golang.org/x/sys/unix"
)

func TestNewCurrents(t *testing.T) {
	event := func(mask uint32, name string) []byte {
		padded := make([]byte, (len(name)+16)/16*16)
		copy(padded, name)
		b := make([]byte, unix.SizeofInotifyEvent)
		binary.NativeEndian.PutUint32(b[4:], mask)
		binary.NativeEndian.PutUint32(b[12:], uint32(len(padded)))
		return append(b, padded...)
	}
	for name, c := range map[string]struct {
		events   [][]byte
		created  int
		overflow bool
	}{
		"none":     {},
		"modified": {events: [][]byte{event(unix.IN_MODIFY, "current")}},
		"created":  {events: [][]byte{event(unix.IN_CREATE, "current"), event(unix.IN_MODIFY, "current")}, created: 1},
		"other":    {events: [][]byte{event(unix.IN_MOVED_TO, "previous"), event(unix.IN_CREATE, "currents")}},
		"twice":    {events: [][]byte{event(unix.IN_CREATE, "current"), event(unix.IN_MOVED_TO, "previous"), event(unix.IN_MOVED_TO, "current")}, created: 2},
		"overflow": {events: [][]byte{event(unix.IN_Q_OVERFLOW, ""), event(unix.IN_CREATE, "current")}, created: 1, overflow: true},
	} {
		t.Run(name, func(t *testing.T) {
			var all []byte
			for _, e := range c.events {
				all = append(all, e...)
			}
			if created, overflow := newCurrents(all); created != c.created || overflow != c.overflow {
				t.Errorf("%d %v, want %d %v", created, overflow, c.created, c.overflow)
			}
		})
	}
}
