package networking

import "testing"

func TestParseIdent(t *testing.T) {
	for _, c := range []struct{ line, user, err string }{
		{"1 , 2 : USERID : UNIX : bob", "bob", ""},
		{"1,2:USERID:UNIX,US-ASCII:  bob x ", " bob x ", ""},
		{"1,2:USERID:OTHER:a:b", "a:b", ""},
		{"1,2:USERID:UNIX:", "", ""},
		{"1,2 : ERROR : NO-USER", "", "no such user"},
		{"1,2:ERROR:HIDDEN-USER", "", "identification denied"},
		{"1,2:ERROR:INVALID-PORT", "", "invalid port"},
		{"1,2:ERROR:UNKNOWN-ERROR", "", "unknown error"},
		{"1,2:ERROR:X-SORRY", "", "X-error-token"},
		{"1,2:ERROR:SORRY", "", "protocol error"},
		{"1,3:USERID:UNIX:bob", "", "protocol error"},
		{"1,2:userid:UNIX:bob", "", "protocol error"},
		{"1,2:USERID:bob", "", "protocol error"},
		{"", "", "protocol error"},
	} {
		user, err := parseIdent(c.line, 1, 2)
		if user != c.user || err == nil && c.err != "" || err != nil && err.Error() != c.err {
			t.Errorf("%q: %q, error %v, want %q, %s", c.line, user, err, c.user, c.err)
		}
	}
}
