package overlay

import "testing"

func TestSearchPath(t *testing.T) {
	for path, want := range map[string]string{
		"":                        "/command:/usr/bin:/bin",
		"/bin":                    "/command:/usr/bin:/bin",
		"/usr/local/bin":          "/command:/usr/bin:/bin:/usr/local/bin",
		"/usr/bin:/bin:/usr/sbin": "/command:/usr/bin:/bin:/usr/sbin",
		"/opt/command:/bin":       "/command:/usr/bin:/opt/command:/bin",
		"/bin:/usr/bin:/command":  "/bin:/usr/bin:/command",
	} {
		if got := searchPath(path); got != want {
			t.Errorf("searchPath(%q) = %q, want %q", path, got, want)
		}
	}
}
