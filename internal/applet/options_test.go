package applet

import (
	"fmt"
	"strings"
	"testing"

	"s6box/internal/proc"
)

func invocation(args ...string) *Invocation {
	return New(&Applet{Name: "prog", Usage: "[ -a ] [ -b value ]"}, append([]string{"prog"}, args...), proc.New(nil))
}

func TestGetopt(t *testing.T) {
	for _, c := range []struct {
		args []string
		set  string // letters and values as they come
		rest string
		fail bool
	}{
		{args: nil},
		{args: []string{"x", "-a"}, rest: "x -a"},
		{args: []string{"-a", "x"}, set: "a", rest: "x"},
		{args: []string{"-ab", "v", "x"}, set: "a b=v", rest: "x"},
		{args: []string{"-abv", "x"}, set: "a b=v", rest: "x"},
		{args: []string{"-b", "-a"}, set: "b=-a"},
		{args: []string{"-a", "--", "-a"}, set: "a", rest: "-a"},
		{args: []string{"-", "-a"}, rest: "- -a"},
		{args: []string{"-c"}, fail: true},
		{args: []string{"-b"}, fail: true},
		{args: []string{"-a:"}, fail: true},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			inv := invocation(c.args...)
			var set []string
			err := inv.Getopt("ab:", func(opt byte, value string) error {
				if opt == 'b' {
					set = append(set, "b="+value)
				} else {
					set = append(set, string(opt))
				}
				return nil
			})
			if (err != nil) != c.fail {
				t.Fatalf("error %v", err)
			}
			if c.fail {
				if e := err.(*Error); e.Code != ExitUsage || e.Msg != "prog [ -a ] [ -b value ]" {
					t.Errorf("%+v", e)
				}
				return
			}
			if got := strings.Join(set, " "); got != c.set {
				t.Errorf("set %q, want %q", got, c.set)
			}
			if got := strings.Join(inv.Args, " "); got != c.rest {
				t.Errorf("rest %q, want %q", got, c.rest)
			}
		})
	}
}

func TestGol(t *testing.T) {
	for _, c := range []struct {
		args []string
		flag bool
		val  string
		rest string
		fail string
	}{
		{args: []string{"-f", "-v", "1", "x"}, flag: true, val: "1", rest: "x"},
		{args: []string{"-fv1", "x"}, flag: true, val: "1", rest: "x"},
		{args: []string{"--flag", "--value=2", "x"}, flag: true, val: "2", rest: "x"},
		{args: []string{"--value="}},
		{args: []string{"-v", "--", "x"}, rest: "x"},
		{args: []string{"-v"}},
		{args: []string{"--value", "2"}, fail: "unrecognized boolean option: --value"},
		{args: []string{"--flag=1"}, fail: "unrecognized option with argument: --flag=1"},
		{args: []string{"-x"}, fail: "unrecognized short option: x"},
		{args: []string{"--xx"}, fail: "unrecognized boolean option: --xx"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			inv := invocation(c.args...)
			var flag bool
			var val string
			err := inv.Gol(Option{Short: 'f', Long: "flag", Set: Flag(&flag)},
				Option{Short: 'v', Long: "value", Value: true, Set: String(&val)})
			if c.fail != "" {
				if err == nil || !strings.Contains(err.Error(), c.fail) || err.(*Error).Code != ExitUsage {
					t.Errorf("error %v, want %s", err, c.fail)
				}
				return
			}
			if err != nil || flag != c.flag || val != c.val || strings.Join(inv.Args, " ") != c.rest {
				t.Errorf("flag %v value %q rest %q error %v", flag, val, inv.Args, err)
			}
		})
	}
}

func TestParseUint(t *testing.T) {
	for word, want := range map[string]string{
		"0": "0 true", "42": "42 true", "18446744073709551615": "18446744073709551615 true",
		"18446744073709551616": "0 false", "": "0 false", "-1": "0 false", "1 ": "0 false", "0x1": "0 false",
	} {
		n, ok := ParseUint(word)
		if got := fmt.Sprint(n, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}

func TestLookup(t *testing.T) {
	t.Cleanup(func() { Use() })
	shown, hidden := &Applet{Name: "shown"}, &Applet{Name: "hidden", Hidden: true}
	Use(&[]*Applet{hidden}, &[]*Applet{shown})
	if Lookup("shown") != shown || Lookup("hidden") != hidden || Lookup("show") != nil {
		t.Error("lookup does not find what is listed, or finds more")
	}
	if all := All(); len(all) != 1 || all[0] != shown {
		t.Errorf("all that is shown: %v", all)
	}
}
