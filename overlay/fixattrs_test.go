package overlay

import "testing"

// TestFixAccount goes through the examples of the README, on accounts that every system has.
func TestFixAccount(t *testing.T) {
	for _, c := range []struct {
		text     string
		uid, gid int
		ok       bool
	}{
		{"root", 0, 0, true}, {"root,3:4", 0, 0, true}, {"2:2,3:4", 2, 2, true}, {"root:11111,3:4", 0, 11111, true},
		{"11111:root,3:4", 11111, 0, true}, {"root:root,3:4", 0, 0, true}, {"root:no-such,3:4", 0, 4, true},
		{"no-such:root,3:4", 3, 0, true}, {"11111:11111,3:4", 11111, 11111, true}, {"no-such,32768:32768", 32768, 32768, true},
		{"no-such", 0, 0, false}, {"no-such:root", 0, 0, false}, {"root:no-such", 0, 0, false}, {"no-such,x:y", 0, 0, false},
	} {
		uid, gid, err := fixAccount(c.text)
		if (err == nil) != c.ok || c.ok && (uid != c.uid || gid != c.gid) {
			t.Errorf("%q: %d:%d, %v", c.text, uid, gid, err)
		}
	}
}

func TestParseFixRule(t *testing.T) {
	for line, want := range map[string]bool{
		"/data true root 0644 0755": true, "  /data\tfalse\t0:0 600 700  ": true,
		"": false, "# comment": false, "#": false,
	} {
		if _, ok, err := parseFixRule(line, false); ok != want || err != nil {
			t.Errorf("%q: %v %v", line, ok, err)
		}
	}
	for _, line := range []string{"/data", "/data maybe root 644 755", "/data true root 9 755", "/data true root 0644 77777", "/d true no-such 644 755"} {
		if _, _, err := parseFixRule(line, false); err == nil {
			t.Errorf("%q is taken", line)
		}
	}
}
