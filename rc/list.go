package rc

import (
	"strings"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/rc/db"
	"s6box/supervise"
)

// list prints the selection, or its closure, in the order of service numbers.
func (c *rcCall) list(named []bool, closed bool) error {
	set := c.withUp(named)
	switch {
	case closed && c.down:
		c.db.Graph().Reverse().Close(set)
	case closed:
		c.db.Graph().Close(set)
	case c.down:
		set = invert(set)
	}
	var out strings.Builder
	for n, in := range set {
		if in && !(c.essential && c.db.Services[n].Flags&db.Essential != 0) {
			out.WriteString(c.db.Services[n].Name + "\n")
		}
	}
	if _, err := c.inv.Proc.Stdout().Write([]byte(out.String())); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

// diff prints the longruns that s6 keeps in another state than s6-rc believes.
func (c *rcCall) diff() error {
	var out strings.Builder
	for n := range c.db.Services[:c.db.Longruns] {
		name := c.db.Services[n].Name
		status, err := supervise.ReadStatus(sys.AT, c.live.Servicedir(name))
		if err != nil {
			return applet.System(err, "read longrun status for %s", name)
		}
		switch {
		case status.WantUp && !c.state.Up(n):
			out.WriteString("+" + name + "\n")
		case !status.WantUp && c.state.Up(n):
			out.WriteString("-" + name + "\n")
		}
	}
	if _, err := c.inv.Proc.Stdout().Write([]byte(out.String())); err != nil {
		return applet.System(err, "write to stdout")
	}
	if out.Len() > 0 {
		return applet.Exit(1)
	}
	return nil
}
