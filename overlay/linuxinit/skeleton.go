package linuxinit

import (
	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
)

// defaultSkel is where the administrator's scripts are copied from if nothing else is said.
const defaultSkel = "/etc/s6-linux-init/skel"

// skeleton are the scripts that do nothing but say what belongs into them, for who has none in defaultSkel.
var skeleton = [...]file{
	{name: "runlevel", text: `#!/bin/sh -e
# Changes to the runlevel "$1": rc.init calls this at boot, and the runlevel service for telinit.
# With s6-rc:  exec s6-rc -v2 -up change "$1"
`},
	{name: "rc.init", text: `#!/bin/sh -e
# Runs once at boot. "$1" is the runlevel to boot to; behind it are the words of the kernel's command line that
# set no variable, or, in a container, the command that it was started with.
# With s6-rc:  s6-rc-init /run/service && exec "${0%/*}/runlevel" "$1"
`},
	{name: "rc.shutdown", text: `#!/bin/sh -e
# Runs when the machine or the container stops, before processes are killed.
# With s6-rc:  exec s6-rc -v2 -bDa change
`},
	{name: "rc.shutdown.final", text: `#!/bin/sh -e
# Runs at the very end, when file systems are unmounted.
`},
}

// copySkeleton copies the administrator's scripts.
func (m *maker) copySkeleton() error {
	if err := m.create(file{"scripts", "", directory}); err != nil {
		return err
	}
	files := skeleton[:]
	if m.container {
		files = files[1:]
	}
	for _, f := range files {
		const longest = 1 << 24
		text, err := sys.ReadFile(sys.AT, m.skel+"/"+f.name, longest)
		switch {
		case err == nil:
			f.text = string(text)
		case err != unix.ENOENT || m.skel != defaultSkel:
			return applet.System(err, "copy %s/%s to %s/scripts/%s", m.skel, f.name, m.dir, f.name)
		}
		f.name = "scripts/" + f.name
		if err := m.create(f); err != nil {
			return err
		}
	}
	return nil
}
