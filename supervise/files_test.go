package supervise

import (
	"encoding/hex"
	"errors"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

var (
	early = tai.Stamp{Sec: 0x400000006762b1c0, Nano: 1}
	late  = tai.Stamp{Sec: 0x400000006762b1c1, Nano: 999999999}
)

func TestStatus(t *testing.T) {
	const stamps = "400000006762b1c000000001" + "400000006762b1c13b9ac9ff"
	for _, c := range []struct {
		s             Status
		hex           string
		up, unstarted bool
	}{
		{Status{Stamp: early, ReadyStamp: late, Pid: 4242, WantUp: true, Ready: true}, stamps + "0000000000001092" + "0000" + "0c", true, false},
		{Status{Stamp: early, ReadyStamp: late, Pid: 77, Finishing: true, Exit: proc.Killed(unix.SIGTERM)}, stamps + "000000000000004d" + "000f" + "02", false, false},
		{Status{Stamp: early, ReadyStamp: late, Exit: proc.Exited(3), Ready: true}, stamps + "0000000000000000" + "0300" + "08", false, false},
		{Status{Stamp: early, ReadyStamp: late, Pid: 5, Paused: true}, stamps + "0000000000000005" + "0000" + "01", true, false},
		{Status{Stamp: early, ReadyStamp: late, Paused: true, Ready: true, WantUp: true}, stamps + "0000000000000000" + "0000" + "0d", false, true},
	} {
		got := c.s.Encode()
		if hex.EncodeToString(got[:]) != c.hex {
			t.Errorf("%+v:\ngot  %x\nwant %s", c.s, got, c.hex)
		}
		back, err := decodeStatus(append(got[:], "more"...))
		if err != nil || back != c.s {
			t.Errorf("%s: %+v, %v", c.hex, back, err)
		}
		if c.s.Up() != c.up || c.s.NeverStarted() != c.unstarted {
			t.Errorf("%s: up %v, never started %v", c.hex, c.s.Up(), c.s.NeverStarted())
		}
	}
	if _, err := decodeStatus(make([]byte, statusSize-1)); err != unix.EPIPE {
		t.Errorf("short status: %v", err)
	}
}

// notStarted is the status of a service that has not been started yet.
func notStarted(now tai.Stamp, wantUp bool) Status {
	return Status{Stamp: now, ReadyStamp: now, Paused: true, Ready: true, WantUp: wantUp}
}

func TestStatusFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := ReadStatus(sys.AT, "s"); err != unix.ENOENT {
		t.Errorf("none: %v", err)
	}
	os.MkdirAll("s/supervise", 0o700)
	want := notStarted(late, false)
	if err := writeStatus(sys.AT, "s", &want); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadStatus(sys.AT, "s"); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzDecodeStatus(f *testing.F) {
	f.Add(make([]byte, statusSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeStatus(b)
		if err != nil {
			return
		}
		encoded := s.Encode()
		again, err := decodeStatus(encoded[:])
		if err != nil || again != s {
			t.Errorf("%x: %+v, then %+v, %v", b, s, again, err)
		}
	})
}

func TestDeaths(t *testing.T) {
	deaths := []death{
		newDeath(early, proc.Exited(125)),
		newDeath(late, proc.Killed(unix.SIGKILL)),
	}
	const want = "400000006762b1c0000000017d00" + "400000006762b1c13b9ac9ff8909"
	b := encodeDeaths(deaths)
	if hex.EncodeToString(b) != want {
		t.Errorf("got %x, want %s", b, want)
	}
	if back, err := decodeDeaths(b); err != nil || len(back) != 2 || back[0] != deaths[0] || back[1] != deaths[1] {
		t.Errorf("%v, %v", back, err)
	}
	if _, err := decodeDeaths(b[1:]); err != unix.EINVAL {
		t.Errorf("torn record: %v", err)
	}

	t.Chdir(t.TempDir())
	if got, err := readDeaths(sys.AT, "s"); len(got) != 0 || err != nil {
		t.Errorf("none: %v, %v", got, err)
	}
	os.MkdirAll("s/supervise", 0o700)
	if err := writeDeaths(sys.AT, "s", deaths); err != nil {
		t.Fatal(err)
	}
	if got, err := readDeaths(sys.AT, "s"); err != nil || len(got) != 2 || got[1] != deaths[1] {
		t.Errorf("%v, %v", got, err)
	}
}

// Whatever the tally is like before, the last deaths are in it afterwards, and what is no tally is replaced.
func TestAddDeath(t *testing.T) {
	one, two, three := newDeath(early, proc.Exited(1)), newDeath(late, proc.Exited(2)), newDeath(late, proc.Killed(unix.SIGTERM))
	const file = "s/supervise/death_tally"
	for name, c := range map[string]struct {
		before func()
		most   int
		want   []death
	}{
		"no file":     {func() {}, 2, []death{three}},
		"empty":       {func() { writeDeaths(sys.AT, "s", nil) }, 2, []death{three}},
		"room":        {func() { writeDeaths(sys.AT, "s", []death{one, two}) }, 3, []death{one, two, three}},
		"full":        {func() { writeDeaths(sys.AT, "s", []death{one, two}) }, 2, []death{two, three}},
		"one is kept": {func() { writeDeaths(sys.AT, "s", []death{one, two}) }, 1, []death{three}},
		"torn":        {func() { os.WriteFile(file, encodeDeaths([]death{one})[1:], 0o644) }, 2, []death{three}},
		"link":        {func() { os.WriteFile("victim", nil, 0o644); os.Symlink("../../victim", file) }, 2, []death{three}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			os.MkdirAll("s/supervise", 0o700)
			c.before()
			if err := addDeath(sys.AT, "s", three, c.most); err != nil {
				t.Fatal(err)
			}
			if got, err := readDeaths(sys.AT, "s"); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v, %v, want %v", got, err, c.want)
			}
			if st, err := os.Stat("victim"); err == nil && st.Size() > 0 {
				t.Error("the link was followed")
			}
		})
	}
}

func TestControl(t *testing.T) {
	t.Chdir(t.TempDir())
	want := func(target error) {
		t.Helper()
		if err := Control(sys.AT, "s", "u"); !errors.Is(err, target) {
			t.Errorf("got %v, want %v", err, target)
		}
	}
	want(unix.ENOENT)
	os.Mkdir("s", 0o700)
	want(ErrNotListening)
	os.Mkdir("s/supervise", 0o700)
	want(ErrNotListening)
	os.WriteFile("s/supervise/control", nil, 0o600)
	want(sys.ErrNotFifo)
	os.Remove("s/supervise/control")
	if err := sys.Mkfifo(sys.AT, "s/supervise/control", 0o600); err != nil {
		t.Fatal(err)
	}
	want(ErrNotListening)
	r, err := sys.Open(sys.AT, "s/supervise/control", unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, letters := range []string{"", "ud"} {
		if err := Control(sys.AT, "s", letters); err != nil {
			t.Fatal(err)
		}
	}
	buf := make([]byte, 9)
	if n, _ := unix.Read(r, buf); string(buf[:n]) != "ud" {
		t.Errorf("the supervisor got %q", buf[:n])
	}
}

func TestRunning(t *testing.T) {
	t.Chdir(t.TempDir())
	want := func(running bool) {
		t.Helper()
		if got, err := Running(sys.AT, "s"); err != nil || got != running {
			t.Errorf("Running = %v, %v, want %v", got, err, running)
		}
	}
	want(false)
	os.MkdirAll("s/supervise", 0o700)
	lock, err := sys.Open(sys.AT, "s/supervise/lock", unix.O_WRONLY|unix.O_CREAT, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	want(false)
	if err := sys.Lock(lock); err != nil {
		t.Fatal(err)
	}
	want(true)
	unix.Close(lock)
	want(false)
}
