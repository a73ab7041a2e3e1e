package proc

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// A great many changes at once are what they are one after the other, in whatever order that leaves the variables.
func TestMergeMany(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		var env Env
		for i := range random.IntN(40) {
			env = append(env, fmt.Sprintf("V%d=old", i))
		}
		switch round % 3 {
		case 1:
			env = append(env, "noequals", "", "V3")
		case 2:
			env = append(env, "V1=twice")
		}
		changes := make([]string, 65+random.IntN(100))
		for i := range changes {
			changes[i] = fmt.Sprintf("V%d", random.IntN(60))
			if random.IntN(3) > 0 {
				changes[i] += fmt.Sprintf("=%d", i)
			}
		}
		before := slices.Clone(env)
		want := env
		for _, c := range changes {
			want = want.Merge([]string{c})
		}
		if got := env.Merge(changes); !slices.Equal(got, want) {
			t.Fatalf("%q with %q:\n%q, want\n%q", env, changes, got, want)
		}
		if !slices.Equal(env, before) {
			t.Fatal("the environment that is merged into has changed")
		}
	}
}

// What is there twice is gone when it is set or unset: of two entries, who reads it takes the first.
func TestMergeTwice(t *testing.T) {
	env := Env{"A=1", "B=1", "A=2", "C=1", "A=3"}
	for change, want := range map[string]Env{"A=new": {"C=1", "B=1", "A=new"}, "A": {"C=1", "B=1"}} {
		if got := env.Merge([]string{change}); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", change, got, want)
		}
	}
}
