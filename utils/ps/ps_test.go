package ps

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	rest := " 1 10 10 34816 10 0 1 2 3 4 6100 0 0 0 19 5 3 0 20000 4096000 250 18446744073709551615" + strings.Repeat(" 0", 27)
	p, ok := parseStat("10 (a) b) S" + rest)
	if !ok || p.pid != 10 || p.comm != "a) b" || p.flags() != "Ssl+N" || p.num[fRSS] != 250 || p.rsslm != 1<<64-1 {
		t.Errorf("%+v %v", p, ok)
	}
	for _, text := range []string{"", "10 a S 1", "10 (a) S 1 2", "0 (a) S" + rest, "10 (a) S x" + rest} {
		if _, ok := parseStat(text); ok {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestDuration(t *testing.T) {
	for ticks, want := range map[uint64]string{0: "00.00s", 5999: "59.99s", 6000: "01m00s", 360100: "01h00m01s", 9504020: "1d02h24m00s"} {
		if got := duration(ticks); got != want {
			t.Errorf("%d: %s, want %s", ticks, got, want)
		}
	}
}

func TestParseFields(t *testing.T) {
	for list, want := range map[string]string{
		"pid,args": "", "": "invalid (empty)", "pid,": "invalid (empty)", "pid,pid": "duplicate field for -o option: pid", "x": "invalid field for -o option: x",
	} {
		if _, err := parseFields(list); (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", list, err)
		}
	}
}

func TestTree(t *testing.T) {
	var all []process
	for _, pair := range [][2]int{{1, 0}, {2, 0}, {3, 2}, {10, 1}, {11, 10}, {12, 11}, {14, 999}} {
		p := process{pid: pair[0]}
		p.num[fPpid] = int64(pair[1])
		all = append(all, p)
	}
	got := ""
	for _, p := range tree(all) {
		got += fmt.Sprintf("%s%d\n", branch(p.depth), p.pid)
	}
	if want := "2\n \\_ 3\n14\n1\n10\n \\_ 11\n     \\_ 12\n"; got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestSymbols(t *testing.T) {
	s := parseSymbols("20 T second [m]\nbad\n10 t first\n30 T last\n0 A zero\n")
	for address, want := range map[uint64]string{0: "-", 1: "?", 0x10: "first", 0x1f: "first", 0x21: "second", 0x30: "?"} {
		if got := s.name(address); got != want {
			t.Errorf("%x: %s, want %s", address, got, want)
		}
	}
	if got := symbols(nil).name(1); got != "(0x1)" {
		t.Error(got)
	}
}

func TestStartTime(t *testing.T) {
	now := time.Date(2026, 11, 27, 16, 55, 40, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		0: "16:55:40", 16 * time.Hour: "00:55:40", 17 * time.Hour: "Nov26 23:55", 30000000 * time.Second: "2025-12-15",
	} {
		if got := startTime(now.Add(-ago), now); got != want {
			t.Errorf("%v: %s, want %s", ago, got, want)
		}
	}
}
