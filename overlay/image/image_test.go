package image

import (
	"strings"
	"testing"
)

func TestRoots(t *testing.T) {
	for services, want := range map[string]string{
		"/etc/s6-overlay/s6-rc.d":       "/",
		"etc/s6-overlay/s6-rc.d":        ".",
		"./root/etc/s6-overlay/s6-rc.d": "root",
		"/a//etc/s6-overlay/s6-rc.d/":   "/a",
		"s6-rc.d":                       "",
		"netc/s6-overlay/s6-rc.d":       "",
	} {
		if got := Of([]string{services}).Roots(); strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", services, got, want)
		}
	}
}
