package networking

import "testing"

func TestLookupService(t *testing.T) {
	const text = `# services
smtp		25/tcp		mail	# simple
domain  53/tcp
domain  53/udp
bad     x/tcp
short
#http 80/tcp
http 80/tcp www www-http
`
	for _, c := range []struct{ name, proto, port string }{
		{"smtp", "tcp", "25"}, {"mail", "tcp", "25"}, {"simple", "tcp", ""}, {"smtp", "udp", ""}, {"domain", "udp", "53"},
		{"www-http", "tcp", "80"}, {"HTTP", "tcp", ""}, {"#http", "tcp", ""}, {"bad", "tcp", ""}, {"short", "", ""},
	} {
		if got := lookupService(text, c.name, c.proto); got != c.port {
			t.Errorf("%s/%s: port %q, want %q", c.name, c.proto, got, c.port)
		}
	}
}
