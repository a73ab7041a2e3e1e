package overlay

import "strings"

// searchPath is the PATH of everything in the container: that of the image, with the directories that must
// be in it in front.
func searchPath(path string) string {
	if path == "" {
		path = "/bin"
	}
	for _, dir := range [...]string{"/bin", "/usr/bin", "/command"} {
		if !strings.Contains(":"+path+":", ":"+dir+":") {
			path = dir + ":" + path
		}
	}
	return path
}
