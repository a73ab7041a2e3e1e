package logging

import (
	"fmt"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"127.0.0.1", "127.0.0.1_514"},
		{"127.0.0.1:5514", "127.0.0.1_5514"},
		{"127.0.0.1_5514", "127.0.0.1_5514"},
		{"::1", "::1_514"},
		{"::1_99", "::1_99"},
		{"::", "::_514"},
		{"2001:db8:0:0:1:0:0:1_1", "2001:db8::1:0:0:1_1"},
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1_514"},
		{"fe80::_0", "fe80::_0"},
		{"::ffff:1.2.3.4", "::ffff:102:304_514"},
		{"1::", "1::_514"},
		{"1.2.3.04", "1.2.3.4_514"},
		{"::1%lo_5", "::1_5"},
	} {
		if got, ok := parseAddress(tt.text); !ok || fmt.Sprintf("%s_%d", got.Addr, got.Port) != tt.want {
			t.Errorf("parseAddress(%q) = %v, %v", tt.text, got, ok)
		}
	}
	for _, text := range []string{
		"", "bad", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4:x", "1.2.3.4_70000", "1.2.3.4_", "1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9", "1::2::3", "::12345", "1:2:3:4:5:6:7::8", ":1", "1.2.3.4::",
	} {
		if got, ok := parseAddress(text); ok {
			t.Errorf("parseAddress(%q) = %v", text, got)
		}
	}
}
