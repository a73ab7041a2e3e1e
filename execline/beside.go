package execline

import (
	"strconv"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

// startBeside starts block on the process st, which runs on beside the command itself, and sets `!` to its
// pid: as a child, or as an orphan that needs no wait. See the pages of background and pipeline.
//
// The child is the command's own, so this takes a real process: one that is evaluated inside another must
// not leave it children.
func startBeside(inv *applet.Invocation, st *proc.State, block []string, orphan bool) error {
	pid, err := spawnBeside(st, block, orphan)
	if err != nil {
		return err
	}
	setNumber(inv, "!", pid)
	return nil
}

func spawnBeside(st *proc.State, block []string, orphan bool) (int, error) {
	if orphan {
		return chain.StartOrphan(st, block)
	}
	pid, status, err := chain.Start(st, block)
	if err != nil || pid != 0 {
		return pid, err
	}
	// The outcome is known already, but somebody may wait for the pid.
	if pid, err = st.Spawn(proc.Self(), []string{"exit", strconv.Itoa(status.Approx())}); err != nil {
		return 0, applet.System(err, "spawn %s", block[0])
	}
	return pid, nil
}
