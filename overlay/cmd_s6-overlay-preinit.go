package overlay

import (
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/rundir"
	"s6box/overlay/layout"
)

var cmdS6OverlayPreinit = applet.Applet{
	Name: "s6-overlay-preinit",
	Help: `Makes /run fit to hold the state of a container, as /init does first of all: its owner and permissions, and
the link /var/run. An image that replaces /package/admin/s6-overlay/libexec/preinit may call it from there.

Exit codes: 100 /run can't be used.

Example: s6-overlay-preinit
`,
	Run: runPreinitCommand,
}

func runPreinitCommand(inv *applet.Invocation) error {
	p := &place{env: inv.Proc.Env, stderr: inv.Proc.Stderr()}
	p.Settings, _ = ReadSettings(p.env) // /init tells of the doubts
	if err := p.fit(rundir.Default); err != nil {
		return applet.Fatal(applet.ExitUsage, "%v", err)
	}
	p.linkVarRun()
	return nil
}

// runPreinit runs an image's own preinit, with the ids it has to go by.
func (c *container) runPreinit() error {
	env := withIDs(c.whole)
	path, _ := env.Get("PATH")
	st := proc.New(env.Set("PATH", searchPath(path)))
	defer st.Release()
	status, err := chain.Run(st, []string{layout.Package + "/libexec/preinit"})
	if err != nil {
		return applet.System(err, "run %s/libexec/preinit", layout.Package)
	}
	if !status.OK() {
		return applet.Fatal(status.Approx(), "%s/libexec/preinit failed with exit code %d", layout.Package, status.Approx())
	}
	return nil
}
