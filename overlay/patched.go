package overlay

import (
	"math"
	"strings"

	"s6box/internal/sys"
	"s6box/overlay/layout"
)

// skel is where the scripts of the stages are, scripts where those of the overlay's own services are.
const (
	skel    = layout.Package + "/etc/s6-linux-init/skel"
	scripts = layout.Package + "/etc/s6-rc/scripts"
)

// changed tells whether an image has replaced or edited a file of the overlay's package, so that it has to
// be run in place of what this program would do by itself.
func changed(name string) bool {
	shipped, ok := layout.Shipped(name)
	data, err := sys.ReadFile(sys.AT, layout.Package+"/"+name, math.MaxInt)
	return ok && err == nil && string(data) != shipped
}

// inPackage is a path below the overlay's package as changed wants it.
func inPackage(path string) string { return strings.TrimPrefix(path, layout.Package+"/") }
