package overlay

import (
	"testing"
	"time"
)

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

func TestAnyAllowed(t *testing.T) {
	list := "# those who may\nroot\n  operator \n#al\n"
	for _, c := range []struct {
		user string
		want bool
	}{{"root", true}, {"operator", true}, {"al", false}, {"#al", false}, {"", false}, {"who", false}} {
		if got := anyAllowed(list, []string{"nobody", c.user}); got != c.want {
			t.Errorf("%s: %v", c.user, got)
		}
	}
	if anyAllowed(list, nil) {
		t.Error("nobody is logged in")
	}
}
