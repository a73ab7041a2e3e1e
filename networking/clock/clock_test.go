package clock

import (
	"encoding/binary"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/inet"
	"s6box/internal/tai"
)

func TestDelta(t *testing.T) {
	for _, d := range []time.Duration{0, 1, time.Second - 1, time.Second, -1, -time.Second, -1500 * time.Millisecond} {
		delta := DeltaOf(d)
		if got := time.Duration(delta.Sec)*time.Second + time.Duration(delta.Nano); got != d || delta.Nano >= 1e9 {
			t.Errorf("%v: %+v", d, delta)
		}
		if Unpack(delta.Pack()) != delta {
			t.Errorf("%+v packed is %x", delta, delta.Pack())
		}
		now := tai.Now()
		after, ok := delta.After(now)
		if !ok || after.Sub(now) != d {
			t.Errorf("%v after %v is %v", d, now, after)
		}
	}
	if _, ok := (Delta{Sec: 1 << 62}).After(tai.Now()); ok {
		t.Error("there is a time after the last one")
	}
}

func TestBeyond(t *testing.T) {
	for _, c := range []struct {
		delta Delta
		ms    uint64
		want  bool
	}{
		{Delta{2, 0}, 2000, false}, {Delta{2, 1}, 2000, true}, {Delta{-2, 0}, 2000, false}, {Delta{-3, 999999999}, 2000, true},
		{Delta{-2, 1}, 2000, false}, {Delta{0, 0}, 0, false}, {Delta{0, 1}, 0, true}, {Delta{-1 << 63, 0}, 1 << 63, true},
		{Delta{1<<63 - 1, 0}, 1<<64 - 1, true},
	} {
		if got := c.delta.Beyond(c.ms); got != c.want {
			t.Errorf("%+v beyond %d ms: %v", c.delta, c.ms, got)
		}
	}
}

func TestOffset(t *testing.T) {
	at := func(ms int) tai.Stamp { return tai.FromUnix(1e9, 0).Add(time.Duration(ms) * time.Millisecond) }
	e := Exchange{Sent: at(0), Got: at(5010), Answered: at(5110), Back: at(120)}
	if e.Offset() != 5*time.Second || e.Trip() != 20*time.Millisecond {
		t.Errorf("offset %v, trip %v", e.Offset(), e.Trip())
	}
}

// Times of NTP have no era: they are those next to the local clock.
func TestNTPTime(t *testing.T) {
	for _, sec := range []int64{0, 1e9, 2085978495, 2085978496, 1 << 32} {
		s := tai.FromUnix(sec, 999999999)
		for _, wrong := range []time.Duration{0, 60 * 365 * 24 * time.Hour, -60 * 365 * 24 * time.Hour} {
			if got := fromNTP(ntpTime(s), s.Add(wrong)); got.Sub(s).Abs() > time.Nanosecond {
				t.Errorf("%v comes back as %v where the clock is wrong by %v", s, got, wrong)
			}
		}
	}
}

// serve answers packets on a port of its own by what answer makes of them.
func serve(t *testing.T, answer func(packet []byte) []byte) inet.AddrPort {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply := answer(buf[:n]); reply != nil {
				conn.WriteTo(reply, from)
			}
		}
	}()
	a, ok := inet.ParseAddrPort(conn.LocalAddr().String())
	if !ok {
		t.Fatal(conn.LocalAddr())
	}
	return a
}

const ahead = 1000 * time.Second

func taiclock(packet []byte) []byte {
	if !Reply(packet, tai.Now().Add(ahead)) {
		return nil
	}
	return packet
}

func sntp(packet []byte) []byte {
	now := ntpTime(tai.Now().Add(ahead))
	packet[0] = packet[0]&^modeMask | modeServer
	copy(packet[sntpOriginate:], packet[sntpTransmit:])
	binary.BigEndian.PutUint64(packet[sntpReceive:], now)
	binary.BigEndian.PutUint64(packet[sntpTransmit:], now)
	return packet
}

func TestAsk(t *testing.T) {
	spoil := func(answer func([]byte) []byte, how func([]byte) []byte) func([]byte) []byte {
		return func(packet []byte) []byte { return how(answer(packet)) }
	}
	flip := func(at int) func([]byte) []byte {
		return func(packet []byte) []byte { packet[at] ^= 1; return packet }
	}
	short := func(packet []byte) []byte { return packet[:len(packet)-1] }
	for _, c := range []struct {
		name     string
		protocol Protocol
		answer   func([]byte) []byte
		err      error
	}{
		{"taiclock", Taiclock{}, taiclock, nil},
		{"another word", Taiclock{}, spoil(taiclock, flip(1)), unix.EPROTO},
		{"another question's answer", Taiclock{}, spoil(taiclock, flip(20)), unix.EPROTO},
		{"short answer", Taiclock{}, spoil(taiclock, short), unix.EPROTO},
		{"sntp", SNTP{}, sntp, nil},
		{"another mode", SNTP{}, spoil(sntp, flip(0)), unix.EPROTO},
		{"another question's packet", SNTP{}, spoil(sntp, flip(sntpOriginate)), unix.EPROTO},
		{"short packet", SNTP{}, spoil(sntp, short), unix.EPROTO},
	} {
		s, err := Dial(serve(t, c.answer), c.protocol)
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Ask(time.Time{})
		s.Close()
		if err != c.err {
			t.Errorf("%s: error %v, want %v", c.name, err, c.err)
		}
		if err == nil && (e.Offset()-ahead).Abs() > e.Trip()/2+time.Microsecond {
			t.Errorf("%s: offset %v, which can be wrong by %v", c.name, e.Offset(), e.Trip()/2)
		}
	}
	s, err := Dial(serve(t, func([]byte) []byte { return nil }), SNTP{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Ask(time.Now().Add(10 * time.Millisecond)); err != unix.ETIMEDOUT {
		t.Errorf("no answer: error %v", err)
	}
}

func TestReplyToWhatIsNoQuestion(t *testing.T) {
	for _, packet := range []string{"", "ctai", "stai0123456789abcdef", "ctai0123456789abcde"} {
		if Reply([]byte(packet), tai.Now()) {
			t.Errorf("%q has a reply", packet)
		}
	}
}
