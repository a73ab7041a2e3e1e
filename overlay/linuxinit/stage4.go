package linuxinit

import (
	"errors"
	"io/fs"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline/lex"
	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/supervise"
)

// leave leaves what is to be read when all processes are gone: how the container ends, and the last script.
func (d *shutdownd) leave(action byte) error {
	if d.container {
		if err := d.leaveResult(action); err != nil {
			return err
		}
	}
	if err := sys.ReplaceFile(sys.AT, stage4, []byte(d.script4(action)), 0o700); err != nil {
		return applet.System(err, "write %s", stage4)
	}
	return nil
}

func (d *shutdownd) leaveResult(action byte) error {
	dir := d.run + "/" + results
	if err := unix.Mkdir(dir, 0o755); err != nil && err != unix.EEXIST {
		return applet.System(err, "mkdir %s", dir)
	}
	if err := sys.ReplaceFile(sys.AT, dir+"/haltcode", []byte{action, '\n'}, 0o644); err != nil {
		return applet.System(err, "write %s/haltcode", dir)
	}
	return nil
}

func (d *shutdownd) script4(action byte) string {
	if !d.container {
		return d.script("foreground { "+d.tool("s6-linux-init-umountall")+" }",
			"foreground { tryexec { "+lex.Quote(d.base+"/scripts/rc.shutdown.final")+" } }", "s6-linux-init-hpr -f -"+string(action))
	}
	scandir := lex.Quote(d.run + "/service")
	end := d.tool("s6-svscanctl") + " -b -- " + scandir
	if !d.noLogger {
		end = "foreground { " + d.tool("s6-svc") + " -Oxc -- " + lex.Quote(d.run+"/service/"+logger) + " } " + end
	}
	return d.script("foreground { "+d.tool("s6-svc")+" -Ox -- . }", "background { "+end+" }")
}

// closeServices takes services out of the supervisor's sight, down, all but this one and the logger.
func (d *shutdownd) closeServices() error {
	scandir := d.run + "/service"
	names, err := sys.ReadDir(sys.AT, scandir)
	if err != nil {
		return applet.System(err, "opendir %s", scandir)
	}
	for _, name := range names {
		if strings.HasPrefix(name, ".") || name == prefix+"shutdownd" || name == logger && !d.noLogger {
			continue
		}
		away := sys.Unique(scandir + "/." + prefix + "shutdownd:" + name + ":")
		if err := unix.Rename(scandir+"/"+name, away); err != nil {
			d.inv.Warn("unable to rename %s/%s: %s", scandir, name, applet.Reason(err))
			continue
		}
		supervise.Control(sys.AT, away, "d") // one that is not supervised is down
	}
	if err := supervise.ControlScandir(sys.AT, scandir, "an"); err != nil && err != supervise.ErrNotListening {
		d.inv.Warn("unable to control %s: %s", scandir, applet.Reason(err))
	}
	return nil
}

// unwrap is the errno behind an error of the os package.
func unwrap(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
