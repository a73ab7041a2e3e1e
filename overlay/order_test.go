package overlay

import (
	"bytes"
	"testing"
	"time"
)

func TestOrders(t *testing.T) {
	orders := []order{
		{action: 'h'}, {action: 'c'}, {action: 'p', delay: 90 * time.Second, grace: 10 * time.Millisecond},
		{action: 'r', delay: 1500 * time.Millisecond, grace: longestGrace}, {action: 'S'},
	}
	var stream []byte
	for _, o := range orders {
		stream = append(stream, o.encode()...)
	}
	rest := stream
	for _, want := range orders {
		var got order
		var ok bool
		if got, rest, ok = takeOrder(rest); !ok || got != want {
			t.Errorf("got %+v %v, want %+v", got, ok, want)
		}
	}
	if len(rest) > 0 {
		t.Errorf("%d bytes left", len(rest))
	}
}

func TestOrdersInPieces(t *testing.T) {
	whole := order{action: 'h', delay: time.Second}.encode()
	for n := range whole {
		if _, rest, ok := takeOrder(whole[:n]); ok || !bytes.Equal(rest, whole[:n]) {
			t.Errorf("%d bytes: taken %v, rest %q", n, ok, rest)
		}
	}
}

func FuzzTakeOrder(f *testing.F) {
	f.Add([]byte("h"))
	f.Add(order{action: 'p', delay: time.Hour}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		for {
			o, rest, ok := takeOrder(data)
			if !ok {
				return
			}
			if len(rest) >= len(data) || o.delay < 0 || o.grace < 0 || o.grace > longestGrace {
				t.Fatalf("%q: %+v, rest %q", data, o, rest)
			}
			data = rest
		}
	})
}

func TestDelay(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 30, 15, 0, time.UTC)
	for _, c := range []struct {
		word string
		want time.Duration
		ok   bool
	}{
		{"now", 0, true}, {"+5", 5 * time.Minute, true}, {"0", 0, true}, {"12:31", 45 * time.Second, true},
		{"9:00", 20*time.Hour + 29*time.Minute + 45*time.Second, true},
		{"", 0, false}, {"24:00", 0, false}, {"12:60", 0, false}, {"12:5", 0, false}, {"soon", 0, false}, {"+", 0, false}, {"-5", 0, false},
	} {
		got, err := delay(c.word, now)
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("%q: %v, %v", c.word, got, err)
		}
	}
}
