package image

import "testing"

func TestRoot(t *testing.T) {
	for services, want := range map[string]string{
		"/etc/s6-overlay/s6-rc.d":       "/",
		"etc/s6-overlay/s6-rc.d":        ".",
		"./root/etc/s6-overlay/s6-rc.d": "root",
		"/a//etc/s6-overlay/s6-rc.d/":   "/a",
		"s6-rc.d":                       "",
		"netc/s6-overlay/s6-rc.d":       "",
	} {
		if got := Of([]string{services}).Root(); got != want {
			t.Errorf("%s: %q, want %q", services, got, want)
		}
	}
}
