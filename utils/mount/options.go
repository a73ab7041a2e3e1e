package mount

import (
	"strings"

	"golang.org/x/sys/unix"
)

// switches are the options that are flags of the system call: each has a name that sets it, and most have one that
// takes it away.
var switches = [...]struct {
	on, off string
	flag    uintptr
}{
	{"ro", "rw", unix.MS_RDONLY},
	{"remount", "", unix.MS_REMOUNT},
	{"sync", "async", unix.MS_SYNCHRONOUS},
	{"dirsync", "nodirsync", unix.MS_DIRSYNC},
	{"nodev", "dev", unix.MS_NODEV},
	{"noexec", "exec", unix.MS_NOEXEC},
	{"nosuid", "suid", unix.MS_NOSUID},
	{"nosymfollow", "symfollow", unix.MS_NOSYMFOLLOW},
	{"noatime", "atime", unix.MS_NOATIME},
	{"nodiratime", "diratime", unix.MS_NODIRATIME},
	{"relatime", "norelatime", unix.MS_RELATIME},
	{"strictatime", "nostrictatime", unix.MS_STRICTATIME},
	{"lazytime", "nolazytime", unix.MS_LAZYTIME},
	{"silent", "loud", unix.MS_SILENT},
	{"bind", "nobind", unix.MS_BIND},
	{"move", "nomove", unix.MS_MOVE},
	{"shared", "", unix.MS_SHARED},
	{"private", "", unix.MS_PRIVATE},
	{"slave", "", unix.MS_SLAVE},
	{"unbindable", "", unix.MS_UNBINDABLE},
}

// options are those of a mount: flags, and the rest for the file system.
type options struct {
	flags uintptr
	data  []string
}

// add takes a comma-separated list of options; a later one prevails.
func (o *options) add(list string) {
	for word := range strings.SplitSeq(list, ",") {
		switch {
		case word == "defaults":
			o.flags = 0
		case word != "" && !o.turn(word):
			o.data = append(o.data, word)
		}
	}
}

// turn is false for a word that no switch has.
func (o *options) turn(word string) bool {
	for _, s := range switches {
		switch word {
		case s.on:
			o.flags |= s.flag
			return true
		case s.off:
			o.flags &^= s.flag
			return true
		}
	}
	return false
}

func (o *options) mount(device, dir, kind string) error {
	return unix.Mount(device, dir, kind, o.flags, strings.Join(o.data, ","))
}
