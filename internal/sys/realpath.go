package sys

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// RealPath is the absolute path, without any links, of what name leads to, as realpath(3) has it. It does not believe
// $PWD, which may be a path with links: .. would lead elsewhere.
func RealPath(name string) (string, error) {
	if name == "" {
		return "", unix.ENOENT
	}
	if !filepath.IsAbs(name) {
		dir, err := unix.Getwd()
		if err != nil {
			return "", err
		}
		name = dir + "/" + name
	}
	name, err := filepath.EvalSymlinks(name)
	if err != nil && err.Error() == "EvalSymlinks: too many links" {
		err = unix.ELOOP
	}
	return name, err
}
