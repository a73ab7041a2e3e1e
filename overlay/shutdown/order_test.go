package shutdown

import (
	"bytes"
	"testing"
	"time"
)

func TestOrders(t *testing.T) {
	orders := []Order{
		{Action: 'h'}, {Action: 'c'}, {Action: 'p', Delay: 90 * time.Second, Grace: 10 * time.Millisecond},
		{Action: 'r', Delay: 1500 * time.Millisecond, Grace: LongestGrace}, {Action: 'S'},
	}
	var stream []byte
	for _, o := range orders {
		stream = append(stream, o.Encode()...)
	}
	rest := stream
	for _, want := range orders {
		var got Order
		var ok bool
		if got, rest, ok = take(rest); !ok || got != want {
			t.Errorf("got %+v %v, want %+v", got, ok, want)
		}
	}
	if len(rest) > 0 {
		t.Errorf("%d bytes left", len(rest))
	}
}

func TestOrdersInPieces(t *testing.T) {
	whole := Order{Action: 'h', Delay: time.Second}.Encode()
	for n := range whole {
		if _, rest, ok := take(whole[:n]); ok || !bytes.Equal(rest, whole[:n]) {
			t.Errorf("%d bytes: taken %v, rest %q", n, ok, rest)
		}
	}
}

func FuzzTakeOrder(f *testing.F) {
	f.Add([]byte("h"))
	f.Add(Order{Action: 'p', Delay: time.Hour}.Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		for {
			o, rest, ok := take(data)
			if !ok {
				return
			}
			if len(rest) >= len(data) || o.Delay < 0 || o.Grace < 0 || o.Grace > LongestGrace {
				t.Fatalf("%q: %+v, rest %q", data, o, rest)
			}
			data = rest
		}
	})
}
