package overlay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/withcontenv"
)

// Settings are what the S6_ variables of the container say (README of s6-overlay, "Customizing s6-overlay
// behaviour").
type Settings struct {
	KeepEnv        bool
	Verbosity      int
	VerbosityGiven bool // by the environment
	Failures       int  // S6_BEHAVIOUR_IF_STAGE2_FAILS: 0 go on, 1 go on with a warning, 2 stop
	ReadOnlyRoot   bool
	WorldRun       bool // /run may be writable by the world
	ClosingFD      int  // wait until this descriptor ends; 0: none
	SyncDisks      bool

	Hook      string
	Profile   string
	BundleDir string // "" the profile's own

	Logging       int // 0 to the container's output, 1 to a logger as well, 2 to a logger only
	LoggingScript string
	CatchallUser  string

	CmdArg0           string
	CmdTerminal       bool
	CmdReceiveSignals bool
	WaitForServices   bool          // the command waits for the services of services.d
	UpLimit           time.Duration // for everything to come up; 0: none
	FixHidden         bool

	FinishLimit   time.Duration // for each script of cont-finish.d; 0: none
	ServicesGrace time.Duration // for the services of services.d to stop
	KillGrace     time.Duration // between SIGTERM and SIGKILL for what is left
}

// ReadSettings reads the settings from an environment. doubts are what to say of values that make no sense, which
// count as not set.
func ReadSettings(env proc.Env) (s Settings, doubts []string) {
	r := &settingsReader{env: env}
	_, given := applet.ParseUint(strings.TrimSpace(r.text("S6_VERBOSITY")))
	s = Settings{
		KeepEnv:        r.flag("S6_KEEP_ENV"),
		Verbosity:      r.number("S6_VERBOSITY", 2),
		VerbosityGiven: given,
		Failures:       r.number("S6_BEHAVIOUR_IF_STAGE2_FAILS", 0),
		ReadOnlyRoot:   r.flag("S6_READ_ONLY_ROOT"),
		WorldRun:       r.flag("S6_YES_I_WANT_A_WORLD_WRITABLE_RUN_BECAUSE_KUBERNETES"),
		ClosingFD:      r.number("S6_WAIT_FOR_CLOSING_FD", 0),
		SyncDisks:      r.flag("S6_SYNC_DISKS"),

		Hook:      r.text("S6_STAGE2_HOOK"),
		Profile:   r.text("S6_RUNTIME_PROFILE"),
		BundleDir: r.text("S6_RUNTIME_BUNDLEDIR"),

		Logging:       r.number("S6_LOGGING", 0),
		LoggingScript: r.text("S6_LOGGING_SCRIPT"),
		CatchallUser:  r.text("S6_CATCHALL_USER"),

		CmdArg0:           r.text("S6_CMD_ARG0"),
		CmdTerminal:       r.flag("S6_CMD_USE_TERMINAL"),
		CmdReceiveSignals: r.flag("S6_CMD_RECEIVE_SIGNALS"),
		WaitForServices:   r.flag("S6_CMD_WAIT_FOR_SERVICES"),
		UpLimit:           r.milliseconds("S6_CMD_WAIT_FOR_SERVICES_MAXTIME", 0),
		FixHidden:         r.flag("S6_FIX_ATTRS_HIDDEN"),

		FinishLimit:   r.milliseconds("S6_KILL_FINISH_MAXTIME", 5000),
		ServicesGrace: r.milliseconds("S6_SERVICES_GRACETIME", 3000),
		KillGrace:     r.milliseconds("S6_KILL_GRACETIME", 3000),
	}
	return s, r.doubts
}

// storedSettings are the settings as scripts may have changed them in the container environment.
func storedSettings(env proc.Env) (s Settings, doubts []string) {
	if stored, _, err := withcontenv.Load(withcontenv.Dir(env)); err == nil {
		env = stored
	}
	return ReadSettings(env)
}

// latest are the settings as they are now. Doubts that are new are told.
func (c *container) latest() Settings {
	s, doubts := storedSettings(c.env)
	for _, doubt := range doubts {
		if !slices.Contains(c.doubts, doubt) {
			c.warn("%s", doubt)
			c.doubts = append(c.doubts, doubt)
		}
	}
	return s
}

type settingsReader struct {
	env    proc.Env
	doubts []string
}

func (r *settingsReader) text(name string) string {
	value, _ := r.env.Get(name)
	return value
}

func (r *settingsReader) number(name string, absent int) int {
	return r.count(name, "number", absent)
}

// count reads a number of whatever unit says.
func (r *settingsReader) count(name, unit string, absent int) int {
	value := strings.TrimSpace(r.text(name))
	if value == "" {
		return absent
	}
	n, ok := applet.ParseUint(value)
	if !ok || n > 1<<31-1 {
		r.doubts = append(r.doubts, fmt.Sprintf("%s is %q, which is not a %s: taking %d", name, value, unit, absent))
		return absent
	}
	return int(n)
}

func (r *settingsReader) flag(name string) bool { return r.number(name, 0) != 0 }

func (r *settingsReader) milliseconds(name string, absent int) time.Duration {
	return time.Duration(r.count(name, "number of milliseconds", absent)) * time.Millisecond
}
