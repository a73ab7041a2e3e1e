package prescription

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"s6box/rc/db"
)

// services makes a database of lines "name: needs…" or "name > consumer", in which later lines may be needed.
func services(lines ...string) *db.DB {
	d := &db.DB{Longruns: len(lines)}
	number := map[string]int{}
	for n, line := range lines {
		name := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == ':' })[0]
		number[name] = n
		d.Services = append(d.Services, db.Service{Name: name, Consumer: db.None})
	}
	for n, line := range lines {
		for _, word := range strings.Fields(line)[1:] {
			if at, ok := number[strings.TrimPrefix(word, ">")]; ok {
				d.Services[n].Deps = append(d.Services[n].Deps, at)
				if word[0] == '>' {
					d.Services[n].Consumer = at
					d.Services[at].Producers = append(d.Services[at].Producers, n)
				}
			}
		}
	}
	return d
}

// chain is c needs b needs a, and a pipeline p | q | r with what needs its ends and what they need.
func chain() *db.DB {
	return services("a:", "b: a", "c: b", "p: >q z", "q: >r", "r: y", "dp: p", "dr: r", "z:", "y:")
}

// parse reads prescriptions as letters, in the order of services.
func parse(text string) (rx []RX) {
	for _, c := range text {
		rx = append(rx, RX(strings.IndexRune("mu+!", c)))
	}
	return rx
}

func format(rx []RX) string {
	var out strings.Builder
	for _, x := range rx {
		out.WriteByte("mu+!"[x])
	}
	return out.String()
}

func names(d *db.DB, numbers []int) string {
	var out []string
	for _, n := range numbers {
		out = append(out, d.Services[n].Name)
	}
	return strings.Join(out, " ")
}

func TestParse(t *testing.T) {
	for word, want := range map[string]RX{"masked": Masked, "usable": Usable, "disabled": Usable, "inactive": Usable, "unmasked": Usable,
		"latent": Usable, "active": Active, "enabled": Active, "always": Always, "essential": Always, "mask": Masked, "unmask": Usable,
		"disable": Usable, "deactivate": Usable, "enable": Active, "activate": Active, "onboot": Active, "make-essential": Always} {
		if got, ok := Parse(word); !ok || got != want {
			t.Errorf("Parse(%s) = %v, %v", word, got, ok)
		}
	}
	for _, word := range []string{"", "Active", "make-usable"} {
		if x, ok := Parse(word); ok {
			t.Errorf("Parse(%q) = %v", word, x)
		}
	}
}

func TestPulled(t *testing.T) {
	for _, test := range []struct {
		rx, seeds string
		to        RX
		want      string
	}{
		{"uuuuuuuuuu", "c", Active, "a b"},
		{"u+uuuuuuuu", "c", Active, "a"}, // what b needs is wanting already
		{"uu+uuuuuuu", "c", Active, "a b"},
		{"+++uuuuuuu", "b", Usable, "c"},
		{"+++uuuuuuu", "a", Masked, "b c"},
		{"muuuuuuuuu", "c", Usable, "a"},
		{"mmmuuuuuuu", "b", Usable, "a"},
		{"uuuuuuuuuu", "c", Always, "a b"},
		{"!!!uuuuuuu", "b", Active, "c"},
		{"uuu+++++++", "p", Usable, "dp"},
		{"uuu+++++++", "r", Usable, "p q dp dr"},
		{"uuu+++++++", "p", Masked, "q r dp dr"}, // the rest of the pipeline, and what needs that
		{"uuu+++++++", "z", Masked, "p q r dp dr"},
		{"uuummmmmmm", "q", Usable, "p r z y"}, // and what that needs
		{"uuummmmmmm", "dr", Active, "p q r z y"},
		{"uuuuuuuuuu", "r", Active, "y"},
	} {
		d := chain()
		seeds := make([]bool, len(d.Services))
		for n := range d.Services {
			seeds[n] = d.Services[n].Name == test.seeds
		}
		if got := names(d, Pulled(d, parse(test.rx), seeds, test.to)); got != test.want {
			t.Errorf("%s, %s to %v: pulled %q, want %q", test.rx, test.seeds, test.to, got, test.want)
		}
	}
}

func TestFix(t *testing.T) {
	for _, test := range []struct{ rx, down, up string }{
		{"uuuuuuuuuu", "uuuuuuuuuu", "uuuuuuuuuu"},
		{"uu+uuuuuuu", "uuuuuuuuuu", "+++uuuuuuu"},
		{"muuuuuuuuu", "mmmuuuuuuu", "uuuuuuuuuu"},
		{"mu+uuuuuuu", "mmmuuuuuuu", "+++uuuuuuu"},
		{"u!uuuuuuuu", "uuuuuuuuuu", "!!uuuuuuuu"},
		{"+u!uuuuuuu", "+uuuuuuuuu", "!!!uuuuuuu"},
		{"uuumuuuuuu", "uuummmmmuu", "uuuuuuuuuu"},
		{"uuuuumuuuu", "uuummmmmuu", "uuuuuuuuuu"},
		{"uuuuuuuumu", "uuummmmmmu", "uuuuuuuuuu"},
		{"uuuum+uuuu", "uuummmmmuu", "uuuuu+uuu+"},
	} {
		for up, want := range map[bool]string{false: test.down, true: test.up} {
			d, rx := chain(), parse(test.rx)
			for _, m := range Fix(d, rx, up) {
				if m.From != rx[m.Service] || m.From == m.To {
					t.Errorf("%s: move %v", test.rx, m)
				}
				rx[m.Service] = m.To
			}
			if format(rx) != want {
				t.Errorf("%s, up %v: %s, want %s", test.rx, up, format(rx), want)
			}
		}
	}
}

func TestConflicts(t *testing.T) {
	d := chain()
	for rx, want := range map[string][]conflict{
		"uuuuuuuuuu": nil,
		"uu+uuuuuuu": {{2, 1}},
		"mu+uuuuuuu": {{1, 0}, {2, 1}},
		"uuuuumuuuu": {{4, 5}, {7, 5}},
		"uuumuuuuuu": {{4, 3}, {6, 3}}, // q reads from p, and does not need it
	} {
		if got := Conflicts(d, parse(rx)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", rx, got, want)
		}
	}
}

// TestConsistent asks of random sets that changes which pull, and fixes, leave a consistent set, and that a fix moves no
// service the wrong way.
func TestConsistent(t *testing.T) {
	d := chain()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		rx := make([]RX, len(d.Services))
		for n := range rx {
			rx[n] = RX(random.IntN(Count))
		}
		before := format(rx)
		up := random.IntN(2) == 1
		for _, m := range Fix(d, rx, up) {
			if (m.To > m.From) != up {
				t.Fatalf("%s, up %v: %v", before, up, m)
			}
			rx[m.Service] = m.To
		}
		if c := Conflicts(d, rx); c != nil {
			t.Fatalf("%s fixed, up %v, is %s: %v", before, up, format(rx), c)
		}
		before = format(rx)
		seeds := make([]bool, len(rx))
		seed, to := random.IntN(len(rx)), RX(random.IntN(Count))
		seeds[seed] = true
		for _, n := range append(Pulled(d, rx, seeds, to), seed) {
			rx[n] = to
		}
		if c := Conflicts(d, rx); c != nil {
			t.Fatalf("%s with %s %v is %s: %v", before, d.Services[seed].Name, to, format(rx), c)
		}
	}
}
