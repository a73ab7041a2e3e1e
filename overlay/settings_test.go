package overlay

import (
	"os"
	"reflect"
	"regexp"
	"testing"
	"time"

	"s6box/internal/proc"
)

var defaults = Settings{
	Verbosity: 2, FinishLimit: 5 * time.Second, ServicesGrace: 3 * time.Second, KillGrace: 3 * time.Second,
}

// TestSettingsAreTold wants every variable on the page of /init.
func TestSettingsAreTold(t *testing.T) {
	source, err := os.ReadFile("settings.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`"(S6_\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(names) < 20 {
		t.Errorf("%d variables in settings.go", len(names))
	}
	for _, name := range names {
		if !regexp.MustCompile(`\b` + name[1] + `\b`).MatchString(cmdInit.Help) {
			t.Errorf("the help of init does not say what %s does", name[1])
		}
	}
}

func TestSettings(t *testing.T) {
	with := func(change func(*Settings)) Settings {
		s := defaults
		change(&s)
		return s
	}
	for _, c := range []struct {
		env    proc.Env
		want   Settings
		doubts int
	}{
		{nil, defaults, 0},
		{proc.Env{"S6_VERBOSITY=", "S6_KILL_GRACETIME=", "S6_KEEP_ENV="}, defaults, 0},
		{proc.Env{"S6_VERBOSITY=loud", "S6_KILL_GRACETIME=-1", "S6_BEHAVIOUR_IF_STAGE2_FAILS=true"}, defaults, 3},
		{proc.Env{"S6_VERBOSITY=0"}, with(func(s *Settings) { s.Verbosity, s.VerbosityGiven = 0, true }), 0},
		{proc.Env{"S6_BEHAVIOUR_IF_STAGE2_FAILS=2"}, with(func(s *Settings) { s.Failures = 2 }), 0},
		{proc.Env{"S6_KEEP_ENV=1", "S6_READ_ONLY_ROOT=1", "S6_SYNC_DISKS=2"}, with(func(s *Settings) { s.KeepEnv, s.ReadOnlyRoot, s.SyncDisks = true, true, true }), 0},
		{proc.Env{"S6_KILL_GRACETIME=0", "S6_SERVICES_GRACETIME=10", "S6_KILL_FINISH_MAXTIME=20", "S6_CMD_WAIT_FOR_SERVICES_MAXTIME=30"},
			with(func(s *Settings) {
				s.KillGrace, s.ServicesGrace, s.FinishLimit, s.UpLimit = 0, 10*time.Millisecond, 20*time.Millisecond, 30*time.Millisecond
			}), 0},
		{proc.Env{"S6_CMD_ARG0=with-contenv", "S6_CMD_RECEIVE_SIGNALS=1", "S6_CMD_USE_TERMINAL=1", "S6_CMD_WAIT_FOR_SERVICES=1"},
			with(func(s *Settings) {
				s.CmdArg0, s.CmdReceiveSignals, s.CmdTerminal, s.WaitForServices = "with-contenv", true, true, true
			}), 0},
		{proc.Env{"S6_LOGGING=1", "S6_LOGGING_SCRIPT=n3 t", "S6_CATCHALL_USER=log"},
			with(func(s *Settings) { s.Logging, s.LoggingScript, s.CatchallUser = 1, "n3 t", "log" }), 0},
		{proc.Env{"S6_STAGE2_HOOK=/hook", "S6_RUNTIME_PROFILE=p", "S6_RUNTIME_BUNDLEDIR=/b", "S6_FIX_ATTRS_HIDDEN=1"},
			with(func(s *Settings) { s.Hook, s.Profile, s.BundleDir, s.FixHidden = "/hook", "p", "/b", true }), 0},
		{proc.Env{"S6_WAIT_FOR_CLOSING_FD=3", "S6_YES_I_WANT_A_WORLD_WRITABLE_RUN_BECAUSE_KUBERNETES=1"},
			with(func(s *Settings) { s.ClosingFD, s.WorldRun = 3, true }), 0},
	} {
		got, doubts := ReadSettings(c.env)
		if !reflect.DeepEqual(got, c.want) || len(doubts) != c.doubts {
			t.Errorf("%q:\n got %+v\nwant %+v\ndoubts %q", c.env, got, c.want, doubts)
		}
	}
}
