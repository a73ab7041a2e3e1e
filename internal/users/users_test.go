package users

import (
	"slices"
	"testing"
)

func TestParseAccount(t *testing.T) {
	tests := []struct {
		line string
		want Account
		ok   bool
	}{
		{"u:x:7:8:gecos:/home/u:/bin/sh", Account{"u", 7, 8, "/home/u", "/bin/sh"}, true},
		{"nopw::13:13:::", Account{"nopw", 13, 13, "", ""}, true},
		{"more:x:15:15:::sh:extra", Account{"more", 15, 15, "", "sh:extra"}, true},
		{"short:x:9:9", Account{}, false},
		{"six:x:10:10::/", Account{}, false},
		{":x:11:11::/:", Account{}, false},
		{"bad:x:9x:9::/:", Account{}, false},
		{"neg:x:-1:12::/:", Account{}, false},
		{"none:x:4294967295:12::/:", Account{}, false},
		{"plus:x:+1:12::/:", Account{}, false},
		{"", Account{}, false},
	}
	for _, tt := range tests {
		got, ok := parseAccount(tt.line)
		if ok != tt.ok || (ok && got != tt.want) {
			t.Errorf("parseAccount(%q) = %+v, %v", tt.line, got, ok)
		}
	}
}

func TestParseGroup(t *testing.T) {
	tests := []struct {
		line    string
		gid     int
		members []string
		ok      bool
	}{
		{"g:x:8:u", 8, []string{"u"}, true},
		{"g:x:8:u,w,", 8, []string{"u", "w"}, true},
		{"g:x:8:,u", 8, []string{"u"}, true},
		{"g:x:8:", 8, nil, true},
		{"g:x:8", 0, nil, false},
		{"g:x:8x:u", 0, nil, false},
		{":x:8:u", 0, nil, false},
	}
	for _, tt := range tests {
		got, ok := parseGroup(tt.line)
		if ok != tt.ok || (ok && (got.Gid != tt.gid || !slices.Equal(got.Members, tt.members))) {
			t.Errorf("parseGroup(%q) = %+v, %v", tt.line, got, ok)
		}
	}
}

func TestRootIsKnown(t *testing.T) {
	a, err := ByUid(0)
	if err != nil || a.Uid != 0 {
		t.Fatalf("ByUid(0) = %+v, %v", a, err)
	}
	if _, err := ByName("no such:user"); err != ErrUnknown {
		t.Errorf("ByName of nobody: %v", err)
	}
	if _, err := GroupsOf("no such:user"); err != nil {
		t.Errorf("GroupsOf nobody: %v", err)
	}
}
