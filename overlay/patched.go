package overlay

import (
	"math"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/overlay/layout"
)

// skel is where the scripts of the stages are, scripts where those of the overlay's own services are.
const (
	skel    = layout.Package + "/etc/s6-linux-init/skel"
	scripts = layout.Package + "/etc/s6-rc/scripts"
)

// changed tells whether an image has replaced or edited a file of the overlay's package, so that it has to
// be run in place of what this program would do by itself. Another verbosity is no such change.
func changed(name string) bool {
	shipped, ok := layout.Shipped(name)
	data, err := sys.ReadFile(sys.AT, layout.Package+"/"+name, math.MaxInt)
	if !ok || err != nil || string(data) == shipped {
		return false
	}
	before, _, after := cutVerbosity(string(data))
	shippedBefore, _, shippedAfter := cutVerbosity(shipped)
	return before != shippedBefore || after != shippedAfter
}

// cutVerbosity cuts the text of a script around the number that stands for S6_VERBOSITY where that is not set.
// Images edit it (sed s/v=2/v=1/).
func cutVerbosity(script string) (before, number, after string) {
	before, after, found := strings.Cut(script, "\nv=")
	number, after, _ = strings.Cut(after, "\n")
	if _, ok := applet.ParseUint(number); !found || !ok {
		return script, "", ""
	}
	return before, number, after
}

// in is the settings as they are for what a script of the stages does.
func (s Settings) in(stage string) Settings {
	if s.VerbosityGiven {
		return s
	}
	if data, err := sys.ReadFile(sys.AT, skel+"/"+stage, math.MaxInt); err == nil {
		_, number, _ := cutVerbosity(string(data))
		if v, ok := applet.ParseUint(number); ok {
			s.Verbosity = int(v)
		}
	}
	return s
}

// inPackage is a path below the overlay's package as changed wants it.
func inPackage(path string) string { return strings.TrimPrefix(path, layout.Package+"/") }
