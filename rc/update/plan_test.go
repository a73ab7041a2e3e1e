package update

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"s6box/execline/lex"
	"s6box/rc/db"
	"s6box/rc/live"
)

// random makes a database of some of the services s0…s11, each a longrun or a oneshot that depends on a few
// of lower number.
func random(r *rand.Rand) *db.DB {
	d := &db.DB{Services: []db.Service{{Name: db.OneshotRunner}, {Name: db.Fdholder}}}
	var oneshots []string
	for i := range 12 {
		switch name := fmt.Sprintf("s%d", i); r.IntN(8) {
		case 0:
		case 1:
			oneshots = append(oneshots, name)
		default:
			d.Services = append(d.Services, db.Service{Name: name})
		}
	}
	d.Longruns = len(d.Services)
	for _, name := range oneshots {
		d.Services = append(d.Services, db.Service{Name: name})
	}
	for n := range d.Services {
		for m := range n {
			if m >= 2 && r.IntN(6) == 0 {
				d.Services[n].Deps = append(d.Services[n].Deps, m)
				d.Services[m].Rdeps = append(d.Services[m].Rdeps, n)
			}
		}
		d.Services[n].Consumer = db.None
		d.Names = append(d.Names, db.Entry{Name: d.Services[n].Name, Numbers: []int{n}})
	}
	return d
}

// TestPlanAgainstModel compares plans with the words of the page, applied until nothing changes any more.
func TestPlanAgainstModel(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		old, neu := random(r), random(r)
		state := make(live.State, len(old.Services))
		for n := range state { // what is up has its dependencies up
			up := r.IntN(4) > 0
			for _, d := range old.Services[n].Deps {
				up = up && state.Up(d)
			}
			state.Set(n, up)
			state.SetNamed(n, r.IntN(2) == 0)
		}
		var conversions []Conversion
		for _, s := range old.Services[2:] {
			if r.IntN(10) == 0 {
				conversions = append(conversions, Conversion{Old: s.Name, New: s.Name, Restart: true})
			}
		}
		p, err := New(old, neu, state, conversions)
		if err != nil {
			t.Fatal(err)
		}
		if want := model(old, neu, state, conversions); !slices.Equal(p.Stop, want) {
			t.Fatalf("seed %d: stops %v, want %v", seed, p.Stop, want)
		}
		after := slices.Clone(state)
		for n, stop := range p.Stop {
			if stop {
				after.Set(n, false)
			}
		}
		p.Stopped(after)
		for m := range neu.Services { // what goes on has all that it needs
			for _, d := range neu.Services[m].Deps {
				if p.State.Up(m) && !p.State.Up(d) {
					t.Fatalf("seed %d: %s goes on without %s", seed, neu.Services[m].Name, neu.Services[d].Name)
				}
			}
			n, ok := old.Lookup(neu.Services[m].Name)
			if same := ok && old.IsLongrun(n[0]) == neu.IsLongrun(m); p.State.Named(m) != (same && state.Named(n[0])) {
				t.Fatalf("seed %d: %s is marked as wanted by name: %v", seed, neu.Services[m].Name, p.State.Named(m))
			}
			if was := ok && state.Up(n[0]); was != (p.State.Up(m) || p.Start[m]) {
				t.Fatalf("seed %d: %s was up: %v", seed, neu.Services[m].Name, was)
			}
		}
	}
}

func model(old, neu *db.DB, state live.State, conversions []Conversion) []bool {
	stop := make([]bool, len(state))
	same := func(n int) (m int, ok bool) {
		numbers, ok := neu.Lookup(old.Services[n].Name)
		return append(numbers, -1)[0], ok && old.IsLongrun(n) == neu.IsLongrun(numbers[0])
	}
	for changed := true; changed; {
		changed = false
		for n := range stop {
			if !state.Up(n) || stop[n] {
				continue
			}
			m, ok := same(n)
			must := !ok || slices.ContainsFunc(conversions, func(c Conversion) bool { return c.Restart && c.Old == old.Services[n].Name })
			for _, d := range old.Services[n].Deps {
				must = must || stop[d]
			}
			if ok {
				for _, d := range neu.Services[m].Deps {
					o, found := old.Lookup(neu.Services[d].Name)
					must = must || !found || !state.Up(o[0]) || stop[o[0]] || old.IsLongrun(o[0]) != neu.IsLongrun(d)
				}
			}
			if must {
				stop[n], changed = true, true
			}
		}
	}
	return stop
}

func TestParseConversions(t *testing.T) {
	old := &db.DB{Longruns: 1}
	for n, name := range []string{"a", "c d", "e", "g"} {
		old.Services = append(old.Services, db.Service{Name: name})
		old.Names = append(old.Names, db.Entry{Name: name, Numbers: []int{n}})
	}
	old.Names = append(old.Names, db.Entry{Name: "many", Numbers: []int{0, 1}}, db.Entry{Name: "alias", Numbers: []int{1}})
	got, err := ParseConversions("f", []byte("# x\n\na -> b\n\"c d\" restart # why\ne -> f restart\ng\n"), old)
	want := []Conversion{{"a", "b", false, "f:3"}, {"c d", "c d", true, "f:4"}, {"e", "f", true, "f:5"}, {"g", "g", false, "f:6"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for text, code := range map[string]int{"a b": 100, "a ->": 100, "a -> b c": 100, "a\na": 6, "a \"": 100,
		"none => b": 3, "none\na ->": 3, "a ->\nnone": 100, "many -> b": 5, "many -> b c": 5, "alias -> b c": 100, "a\na ->": 6} {
		_, err := ParseConversions("f", []byte(text), old)
		var e *Error
		if !errors.As(err, &e) || e.Code != code {
			t.Errorf("%q: %v, want code %d", text, err, code)
		}
	}
}

// TestAlias converts a service by the name of a bundle that holds nothing else.
func TestAlias(t *testing.T) {
	of := func(name string) *db.DB {
		d := &db.DB{Services: []db.Service{{Name: name}}}
		d.Names = []db.Entry{{Name: name, Numbers: []int{0}}, {Name: "alias", Numbers: []int{0}}}
		return d
	}
	for new, c := range map[string]Conversion{"b": {Old: "alias", New: "b"}, "a": {Old: "alias", New: "alias", Restart: true}} {
		p, err := New(of("a"), of(new), live.State{1}, []Conversion{c})
		if err != nil {
			t.Fatal(err)
		}
		if !p.targets[0].same || p.targets[0].restart != c.Restart {
			t.Errorf("%v: %+v", c, p.targets[0])
		}
	}
}

// TestIntoBundle has a service become a bundle with others that go on by themselves.
func TestIntoBundle(t *testing.T) {
	d := &db.DB{Services: []db.Service{{Name: "a"}, {Name: "b"}}}
	d.Names = []db.Entry{{Name: "a", Numbers: []int{0}}, {Name: "b", Numbers: []int{1}}, {Name: "all", Numbers: []int{0, 1}}}
	p, err := New(d, d, live.State{1, 1}, []Conversion{{Old: "a", New: "all"}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.Stop, []bool{true, false}) || !slices.Equal(p.Start, []bool{true, true}) {
		t.Errorf("stop %v, start %v", p.Stop, p.Start)
	}
}

// TestPipes shows that pipes follow their consumers: renamed, gone, new, and renamed into each other.
func TestPipes(t *testing.T) {
	longruns := func(names ...string) *db.DB {
		d := &db.DB{Longruns: len(names) + 1, Services: []db.Service{{Name: "producer"}}}
		for _, name := range names {
			d.Services = append(d.Services, db.Service{Name: name, Producers: []int{0}})
		}
		for n := range d.Services {
			d.Names = append(d.Names, db.Entry{Name: d.Services[n].Name, Numbers: []int{n}})
		}
		return d
	}
	old, neu := longruns("a", "b", "gone", "stay"), longruns("b", "a", "fresh", "stay")
	state := live.State{1, 1, 1, 0, 1}
	p, err := New(old, neu, state, []Conversion{{Old: "a", New: "b"}, {Old: "b", New: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	p.Stopped(state)
	renamed, gone, fresh := p.pipes()
	if fmt.Sprint(renamed, gone, fresh) != "[{a b} {b a}] [gone] [fresh]" {
		t.Error(renamed, gone, fresh)
	}
}

// TestRewired shows which services stay up with pipes that are not those of the new database: a is the producer for what
// the maps say, and so on.
func TestRewired(t *testing.T) {
	wired := func(consumers map[string]string) *db.DB {
		d := &db.DB{Longruns: 5}
		at := map[string]int{}
		for n, name := range []string{"a", "b", "c", "d", "e"} {
			if name == "d" && consumers["d"] == "gone" {
				name = "d2"
			}
			at[name] = n
			d.Services = append(d.Services, db.Service{Name: name, Consumer: db.None})
			d.Names = append(d.Names, db.Entry{Name: name, Numbers: []int{n}})
		}
		for from, to := range consumers {
			if to == "gone" {
				continue
			}
			d.Services[at[from]].Consumer = at[to]
			d.Services[at[to]].Producers = append(d.Services[at[to]].Producers, at[from])
		}
		return d
	}
	type to = map[string]string
	for _, c := range []struct {
		old, neu to
		want     string
	}{
		{to{"a": "c"}, to{"a": "c"}, "[]"},
		{to{"a": "c"}, to{"a": "c", "b": "c"}, "[b]"},
		{to{"a": "c", "b": "c"}, to{"b": "c"}, "[a]"},
		{to{"a": "c"}, to{"a": "b"}, "[a b c]"},
		{to{}, to{"a": "c"}, "[a c]"},
		{to{"a": "d"}, to{"a": "d2", "d": "gone"}, "[]"}, // renamed
		{to{"a": "e"}, to{"e": "a"}, "[a e]"},
	} {
		state := live.State{1, 1, 1, 1, 1}
		var conversions []Conversion
		if c.neu["d"] == "gone" {
			conversions = append(conversions, Conversion{Old: "d", New: "d2"})
		}
		p, err := New(wired(c.old), wired(c.neu), state, conversions)
		if err != nil {
			t.Fatal(err)
		}
		p.Stopped(state)
		if got := fmt.Sprint(p.Rewired()); got != c.want {
			t.Errorf("%v to %v: %s, want %s", c.old, c.neu, got, c.want)
		}
	}
}

// FuzzParseConversions has conversion files refused with an exit code of s6-rc-update, or become lines that can be written again.
func FuzzParseConversions(f *testing.F) {
	old := random(rand.New(rand.NewPCG(1, 1)))
	for _, text := range []string{"", "s2 restart\n", "s3 -> x\n# s4\n\ns4 -> \"y z\" restart", "s2 ->\n", "s2 { a }", "s2\ns2\n", "nobody\n", "s2 -> s3 again", "s2 \\"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := ParseConversions("conv", text, old)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || !slices.Contains([]int{codeUnknown, codeWrongType, codeDuplicate, codeSyntax}, e.Code) || e.Text == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		var again []byte
		for _, c := range all {
			again = append(again, lex.Quote(c.Old)+" -> "+lex.Quote(c.New)...)
			if c.Restart {
				again = append(again, " restart"...)
			}
			again = append(again, '\n')
		}
		equal := func(a, b Conversion) bool { a.At, b.At = "", ""; return a == b }
		if same, err := ParseConversions("conv", again, old); err != nil || !slices.EqualFunc(same, all, equal) {
			t.Fatalf("%q: %v became %v, %v", text, all, same, err)
		}
	})
}
