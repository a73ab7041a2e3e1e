package supervise

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// ErrNotListening says that no supervisor reads the control fifo of a directory.
var ErrNotListening = errors.New("supervisor not listening")

// Control writes letters to the supervisor of the service directory dir, in one write. None at all only
// tells whether it listens.
func Control(dirfd int, dir, letters string) error {
	return control(dirfd, dir, "supervise", letters)
}

// ControlScandir is Control for the s6-svscan of the scan directory dir.
func ControlScandir(dirfd int, dir, letters string) error {
	return control(dirfd, dir, ".s6-svscan", letters)
}

func control(dirfd int, dir, sub, letters string) error {
	name := dir + "/" + sub + "/control"
	err := sys.WriteFifo(dirfd, name, []byte(letters))
	switch err {
	case unix.ENXIO, unix.EPIPE:
		return ErrNotListening
	case sys.ErrNotFifo:
		return fmt.Errorf("%s is %w", name, err)
	case unix.ENOENT:
		if exists, _ := sys.Exists(dirfd, dir); exists {
			return ErrNotListening
		}
	}
	return err
}
