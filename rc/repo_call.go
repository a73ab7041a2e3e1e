package rc

import (
	"s6box/internal/applet"
	"s6box/rc/compile"
	"s6box/rc/db"
	"s6box/rc/repo"
	"s6box/rc/repo/prescription"
	"s6box/rc/source"
)

// repoCall is one call of a command that works in a repository.
type repoCall struct {
	inv       *applet.Invocation
	verbosity uint64
	path      string
	user      string // of the fd-holder, in databases that are compiled
}

func newRepoCall(inv *applet.Invocation) *repoCall {
	return &repoCall{inv: inv, verbosity: 1, path: repo.Default}
}

// options parses those that all these commands have, and more.
func (c *repoCall) options(more ...applet.Option) error {
	return c.inv.Gol(append(more,
		applet.Option{Short: 'v', Long: "verbosity", Value: true, Set: applet.Number("verbosity", &c.verbosity)},
		applet.Option{Short: 'r', Long: "repository", Value: true, Set: applet.String(&c.path)},
		applet.Option{Long: "repodir", Value: true, Set: applet.String(&c.path)})...) // what the C programs take
}

// fdholderUser is the option of those that compile.
func (c *repoCall) fdholderUser() applet.Option {
	return applet.Option{Short: 'h', Long: "fdholder-user", Value: true, Set: applet.String(&c.user)}
}

// sets parses a command line of options and at least one set.
func (c *repoCall) sets() error {
	if err := c.options(); err != nil {
		return err
	}
	if len(c.inv.Args) == 0 {
		return c.inv.UsageError()
	}
	return repo.CheckSets(c.inv.Args...)
}

// write opens the repository to change it.
func (c *repoCall) write() (*repo.Repo, error) {
	r, err := repo.Open(c.path, true)
	if err == nil {
		r.Sweep()
	}
	return r, err
}

// open opens the repository and the set that the command is about; exit is the code for a set that is not there.
func (c *repoCall) open(set string, exit int, write bool) (*repo.Repo, error) {
	if err := repo.CheckSets(set); err != nil {
		return nil, err
	}
	r, err := repo.Open(c.path, write)
	switch {
	case err != nil:
		return nil, err
	case !r.Exists(set):
		return nil, r.NoSet(exit, set)
	}
	if write {
		r.Sweep()
	}
	return r, nil
}

func (c *repoCall) say(verbosity uint64, level, text string) {
	if c.verbosity >= verbosity {
		applet.Say(c.inv.Proc.Stderr(), c.inv.Prog, level, text)
	}
}

func (c *repoCall) print(text string) error {
	if _, err := c.inv.Proc.Stdout().Write([]byte(text)); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}

func (c *repoCall) env() *repo.Env {
	return &repo.Env{
		Options: compile.Options{Bindir: bindir(c.inv), User: c.user, Wait: true,
			Progress: func(level int, text string) { c.say(uint64(level), "info", text) }},
		Report: func(problems []source.Problem) error { return report(c.inv, problems, c.verbosity) },
		Say:    c.say,
	}
}

// setView is a set together with the reference database.
type setView struct {
	repo *repo.Repo
	name string
	ref  *db.DB
	set  repo.Set
	rx   []prescription.RX
}

func viewSet(r *repo.Repo, name string) (*setView, error) {
	v := &setView{repo: r, name: name}
	var err error
	if v.ref, err = r.Reference(); err != nil {
		return nil, err
	}
	if v.set, err = r.ReadSet(name); err != nil {
		return nil, err
	}
	v.rx, err = r.Prescriptions(name, v.set, v.ref)
	return v, err
}

// move changes the prescription of service n, in memory.
func (v *setView) move(n int, to prescription.RX) {
	v.rx[n] = to
	v.set[v.ref.Services[n].Name] = to
}
