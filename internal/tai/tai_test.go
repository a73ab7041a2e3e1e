package tai

import (
	"math"
	"testing"
	"time"
)

func TestUnix(t *testing.T) {
	for _, c := range []struct {
		unix  int64
		label uint64
	}{
		{0, 1<<62 + 10},
		{-1, 1<<62 + 9},
		{78796799, 1<<62 + 10 + 78796799},
		{78796800, 1<<62 + 11 + 78796800},
		{1483228799, 1<<62 + 36 + 1483228799},
		{1483228800, 1<<62 + 37 + 1483228800},
		{4000000000, 1<<62 + 37 + 4000000000},
	} {
		s := FromUnix(c.unix, 5)
		if s.Sec != c.label || s.Nano != 5 {
			t.Errorf("FromUnix(%d) = %d, want %d", c.unix, s.Sec, c.label)
		}
		if sec, nano, leap := s.Unix(); sec != c.unix || nano != 5 || leap {
			t.Errorf("%v.Unix() = %d, %d, %v, want %d", s, sec, nano, leap, c.unix)
		}
	}
	inserted := Stamp{FromUnix(1483228800, 0).Sec - 1, 0}
	if sec, _, leap := inserted.Unix(); sec != 1483228800 || !leap {
		t.Errorf("the leap second of 2016: got %d, %v", sec, leap)
	}
}

func TestLeapsStartAtMidnight(t *testing.T) {
	for _, at := range leaps {
		when := time.Unix(at, 0).UTC()
		if when.Hour()+when.Minute()+when.Second() != 0 || when.Day() != 1 || when.Month()%6 != 1 {
			t.Errorf("%d is %v", at, when)
		}
	}
}

func TestText(t *testing.T) {
	s := Stamp{0x4000000037c219bf, 0x2ef02e94}
	const text = "@4000000037c219bf2ef02e94"
	if s.String() != text {
		t.Errorf("got %s, want %s", s, text)
	}
	if Unpack(s.Pack()) != s {
		t.Errorf("%v does not survive Pack", s)
	}
	for _, c := range []struct {
		in string
		ok bool
	}{
		{text, true}, {text + " rest", true}, {"@4000000037C219BF2EF02E94", true},
		{"", false}, {text[:24], false}, {"4" + text[1:], false}, {"@4000000037c219bf2ef02e9g", false},
	} {
		got, ok := Parse(c.in)
		if ok != c.ok || ok && got != s {
			t.Errorf("Parse(%q) = %v, %v", c.in, got, ok)
		}
	}
}

func TestArithmetic(t *testing.T) {
	s := Stamp{1000, 500000000}
	for _, c := range []struct {
		d    time.Duration
		want Stamp
	}{
		{0, s},
		{time.Second, Stamp{1001, 500000000}},
		{600 * time.Millisecond, Stamp{1001, 100000000}},
		{-600 * time.Millisecond, Stamp{999, 900000000}},
		{-1500 * time.Millisecond, Stamp{999, 0}},
	} {
		got := s.Add(c.d)
		if got != c.want {
			t.Errorf("Add(%v) = %v, want %v", c.d, got, c.want)
		}
		if back := got.Sub(s); back != c.d {
			t.Errorf("%v.Sub(%v) = %v, want %v", got, s, back, c.d)
		}
	}
	if got := s.Add(-2000 * time.Second); got != (Stamp{}) {
		t.Errorf("below zero: %v", got)
	}
	if got := (Stamp{math.MaxUint64, 0}).Add(time.Hour); got.Sec != math.MaxUint64 {
		t.Errorf("above the last label: %v", got)
	}
	far := Stamp{1 << 63, 0}
	if far.Sub(s) != math.MaxInt64 || s.Sub(far) != math.MinInt64 {
		t.Errorf("Sub over centuries: %v, %v", far.Sub(s), s.Sub(far))
	}
	if !s.Before(far) || far.Before(s) || s.Before(s) {
		t.Error("Before is not an order")
	}
}

func TestNowIsLater(t *testing.T) {
	a := Now()
	if b := Now(); b.Before(a) || b.Sub(a) > time.Hour {
		t.Errorf("%v then %v", a, b)
	}
	if got := FromTime(a.Time()); got != a {
		t.Errorf("%v became %v", a, got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("@4000000037c219bf2ef02e94")
	f.Fuzz(func(t *testing.T, text string) {
		if s, ok := Parse(text); ok {
			if again, ok := Parse(s.String()); !ok || again != s {
				t.Errorf("%q: %v, then %v", text, s, again)
			}
			s.Unix()
		}
	})
}
