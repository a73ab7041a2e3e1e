package mount

import (
	"strings"

	"golang.org/x/sys/unix"
)

// flag is what a mount option does to the flags of mount(2).
type flag struct{ set, clear uintptr }

// flags are the options that the kernel takes as flags.
func flags(option string) (flag, bool) {
	switch option {
	case "defaults":
		return flag{}, true
	case "ro":
		return flag{set: unix.MS_RDONLY}, true
	case "rw":
		return flag{clear: unix.MS_RDONLY}, true
	case "remount":
		return flag{set: unix.MS_REMOUNT}, true
	case "sync":
		return flag{set: unix.MS_SYNCHRONOUS}, true
	case "async":
		return flag{clear: unix.MS_SYNCHRONOUS}, true
	case "nodev":
		return flag{set: unix.MS_NODEV}, true
	case "dev":
		return flag{clear: unix.MS_NODEV}, true
	case "noexec":
		return flag{set: unix.MS_NOEXEC}, true
	case "exec":
		return flag{clear: unix.MS_NOEXEC}, true
	case "nosuid":
		return flag{set: unix.MS_NOSUID}, true
	case "suid":
		return flag{clear: unix.MS_NOSUID}, true
	case "noatime":
		return flag{set: unix.MS_NOATIME}, true
	case "atime":
		return flag{clear: unix.MS_NOATIME}, true
	case "nodiratime":
		return flag{set: unix.MS_NODIRATIME}, true
	case "diratime":
		return flag{clear: unix.MS_NODIRATIME}, true
	case "bind":
		return flag{set: unix.MS_BIND}, true
	case "nobind":
		return flag{clear: unix.MS_BIND}, true
	case "move":
		return flag{set: unix.MS_MOVE}, true
	case "nomove":
		return flag{clear: unix.MS_MOVE}, true
	}
	return flag{}, false
}

// options are those of a mount: flags, and the rest for the file system.
type options struct {
	flags uintptr
	data  []string
}

// add takes a comma-separated list of options; a later one prevails.
func (o *options) add(list string) {
	for word := range strings.SplitSeq(list, ",") {
		if f, ok := flags(word); ok {
			o.flags = o.flags&^f.clear | f.set
		} else if word != "" {
			o.data = append(o.data, word)
		}
	}
}

func (o *options) mount(device, dir, kind string) error {
	return unix.Mount(device, dir, kind, o.flags, strings.Join(o.data, ","))
}
