package supervise

import (
	"cmp"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// Exit codes of the helper; nobody checks them.
const (
	checkGaveUp   = 1
	checkDied     = 2
	checkTimedOut = 3
)

func runCheckHelper(inv *applet.Invocation) error {
	var c checking
	if _, err := c.set(inv); err != nil {
		return err
	}
	if err := c.readNumbers(); err != nil {
		return err
	}
	if len(inv.Args) != 1 {
		return inv.UsageError()
	}
	life, ok := applet.ParseUint(inv.Args[0])
	if !ok {
		return inv.UsageError()
	}
	inv.Prog = "s6-notifyoncheck"
	if err := inv.Proc.HeedChildren(); err != nil {
		return err
	}
	c.life = life
	unix.CloseOnExec(int(c.fd))
	unix.CloseOnExec(int(c.life))
	return c.run(inv)
}

// run checks until there is something to tell, or no use in going on.
func (c *checking) run(inv *applet.Invocation) error {
	end := sys.Deadline(c.total)
	pause := c.first
	for try := uint64(0); c.tries == 0 || try < c.tries; try++ {
		until := sys.Sooner(end, time.Now().Add(time.Duration(pause)*time.Millisecond))
		if _, died, err := waitFor(int(c.life), -1, until); err != nil || died {
			return applet.Exit(checkDied)
		}
		if sys.Past(end) {
			return applet.Exit(checkTimedOut)
		}
		status, err := c.check(inv, end)
		if err != nil {
			return err
		}
		if status.OK() {
			_, err := proc.FD(c.fd).Write([]byte("\n"))
			return err
		}
		pause = c.between
	}
	return applet.Exit(checkGaveUp)
}

// check runs one check.
func (c *checking) check(inv *applet.Invocation, end time.Time) (proc.Status, error) {
	argv := []string{checkFile}
	if c.command != nil {
		argv = []string{"execlineb", "-Pc", *c.command}
	}
	st := inv.Proc.Clone()
	defer st.Release()
	pid, status, err := chain.Start(st, argv)
	if err != nil {
		inv.Report(err)
		return proc.Exited(applet.ExitSystem), nil
	}
	if pid == 0 {
		return status, nil
	}
	return c.attend(pid, end)
}

// attend waits for the check that runs as pid, and kills it when it takes too long or has lost its point.
func (c *checking) attend(pid int, end time.Time) (proc.Status, error) {
	r, w, err := proc.Pipe()
	if err != nil {
		return 0, applet.System(err, "create a pipe")
	}
	defer unix.Close(r)
	var status proc.Status
	var failure error
	ended := make(chan struct{})
	go func() {
		status, failure = proc.Wait(pid)
		close(ended)
		unix.Close(w)
	}()
	limit := end
	if single := sys.Deadline(c.single); !single.IsZero() {
		limit = sys.Sooner(end, single)
	}
	done, died, err := waitFor(int(c.life), r, limit)
	if !done {
		unix.Kill(pid, unix.SIGKILL)
	}
	<-ended
	switch {
	case err != nil || failure != nil:
		return 0, applet.System(cmp.Or(err, failure), "wait for the check")
	case died:
		return 0, applet.Exit(checkDied)
	case !done && sys.Past(end):
		return 0, applet.Exit(checkTimedOut)
	}
	return status, nil
}
