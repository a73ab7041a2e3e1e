package overlay

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline/lex"
	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/internal/users"
)

// catchall is the service that logs what has no logger of its own. The engine knows it by this name.
const catchall = "s6-svscan-log"

// makeCatchall has everything that services and this process write go to a logger, if S6_LOGGING says so.
// It returns the descriptor that the logger itself complains to: 0 if there is no logger.
func (c *container) makeCatchall() (console int, err error) {
	if c.settings.Logging == 0 {
		return 0, nil
	}
	dir := c.run + "/service/" + catchall
	logs := c.run + "/uncaught-logs"
	user := c.settings.CatchallUser
	if user != "" && unix.Geteuid() != 0 {
		c.warn("S6_CATCHALL_USER is %s, but only root can start the logger as another user", user)
		user = ""
	}
	if err := unix.Mkdir(dir, 0o755); err != nil {
		return 0, applet.System(err, "mkdir %s", dir)
	}
	if err := sys.Mkfifo(sys.AT, dir+"/fifo", 0o600); err != nil {
		return 0, applet.System(err, "mkfifo %s/fifo", dir)
	}
	if err := sys.Mkdir(sys.AT, logs, 0o2750); err != nil {
		return 0, applet.System(err, "mkdir %s", logs)
	}
	run := "#!/command/execlineb -P\nfdmove -c 1 2\nredirfd -rnb 0 fifo\n"
	if user != "" {
		if err := c.giveTo(user, logs); err != nil {
			return 0, err
		}
		run += "s6-setuidgid " + lex.Quote(user) + "\n"
	}
	run += "s6-log -bpd3 -- " + c.catchallScript() + " " + lex.Quote(logs) + "\n"
	if err := create(dir+"/run", run); err != nil {
		return 0, applet.System(err, "write %s/run", dir)
	}
	if err := unix.Chmod(dir+"/run", 0o755); err != nil {
		return 0, applet.System(err, "chmod %s/run", dir)
	}
	if err := create(dir+"/notification-fd", "3\n"); err != nil {
		return 0, applet.System(err, "write %s/notification-fd", dir)
	}
	return c.divert(dir + "/fifo")
}

// catchallScript is what the logger is told to do with each line before it goes to its directory.
func (c *container) catchallScript() string {
	var words []string
	if c.settings.Logging == 1 {
		words = append(words, "1")
	}
	for _, word := range strings.Fields(c.settings.LoggingScript) {
		if word == "t" || word == "T" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// divert makes a fifo the standard output and error of this process and of what it starts. Whoever is left
// with the original ones has descriptor console.
func (c *container) divert(fifo string) (console int, err error) {
	fd, err := sys.Open(sys.AT, fifo, unix.O_RDWR, 0)
	if err != nil {
		return 0, applet.System(err, "open %s", fifo)
	}
	defer unix.Close(fd)
	for n := 1; n <= 2; n++ {
		if err := c.inv.Proc.BorrowFD(n, fd); err != nil {
			return 0, applet.System(err, "redirect output to %s", fifo)
		}
	}
	return c.stdio[2], nil
}

// leaveCatchall gives this process its own standard output and error back: the logger ends when nobody is left who
// writes to it.
func (c *container) leaveCatchall() {
	if c.settings.Logging == 0 {
		return
	}
	for n := 1; n <= 2; n++ {
		if err := c.inv.Proc.BorrowFD(n, c.stdio[n]); err != nil {
			c.warn("unable to leave the logger: %s", applet.Reason(err))
		}
	}
}

// giveTo makes a directory belong to a user.
func (c *container) giveTo(user, dir string) error {
	account, err := users.ByName(user)
	if err != nil {
		return applet.Fatal(applet.ExitUsage, "S6_CATCHALL_USER is %s: %s", user, applet.Reason(err))
	}
	if err := unix.Chown(dir, account.Uid, account.Gid); err != nil {
		return applet.System(err, "chown %s", dir)
	}
	return nil
}
