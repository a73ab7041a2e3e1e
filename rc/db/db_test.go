package db

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// sample is a database with everything in it.
func sample() *DB {
	return &DB{
		Services: []Service{
			{Name: OneshotRunner, Flags: Essential, Rdeps: []int{4, 5}, Consumer: None},
			{Name: Fdholder, Flags: Essential, Rdeps: []int{2, 3}, Consumer: None},
			{Name: "log", Deps: []int{1}, Rdeps: []int{3}, Consumer: None, Producers: []int{3}},
			{Name: "web", Deps: []int{1, 2}, Rdeps: []int{5}, Consumer: 2, TimeoutUp: 5000, TimeoutDown: 1},
			{Name: "one", Deps: []int{0}, Rdeps: []int{5}, Consumer: None, Up: []string{"a", " b", ""}, Down: []string{"x"}},
			{Name: "two", Deps: []int{0, 3, 4}, Consumer: None, Flags: Recommended, Reload: []string{"r", "s"}},
		},
		Longruns: 4,
		Names: []Entry{
			{"two", []int{5}}, {"one", []int{4}}, {"web", []int{3}}, {"log", []int{2}}, {Fdholder, []int{1}}, {OneshotRunner, []int{0}},
			{"empty", []int{}}, {"both", []int{4, 5}},
		},
	}
}

func TestRoundTrip(t *testing.T) {
	want := sample()
	n, body, names, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode(n, body, names)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if err := got.Check(); err != nil {
		t.Error(err)
	}
}

func TestReadScript(t *testing.T) {
	t.Chdir(t.TempDir())
	d := sample()
	long := strings.Repeat("x", 3000)
	d.Services[5].Up = []string{long, "", long}
	dir, err := sys.Open(sys.AT, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(dir)
	if err := Write(dir, d); err != nil {
		t.Fatal(err)
	}
	for n, s := range d.Services {
		for _, event := range []string{"up", "down", "reload"} {
			name, argv, err := ReadScript(sys.AT, ".", uint64(n), event)
			if n < d.Longruns {
				if err != ErrNumber {
					t.Errorf("%s: %v", s.Name, err)
				}
				continue
			}
			if want, _ := s.Script(event); err != nil || name != s.Name || !slices.Equal(argv, want) {
				t.Errorf("%s %s: %q %q, %v", s.Name, event, name, argv, err)
			}
		}
	}
	if _, _, err := ReadScript(sys.AT, ".", uint64(len(d.Services)), "up"); err != ErrNumber {
		t.Error(err)
	}
	if err := os.Truncate("db", 600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ReadScript(sys.AT, ".", 5, "up"); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
}

func TestLookup(t *testing.T) {
	d := sample()
	if got, ok := d.Lookup("both"); !ok || !reflect.DeepEqual(got, []int{4, 5}) {
		t.Errorf("both: %v, %v", got, ok)
	}
	if _, ok := d.Lookup("none"); ok {
		t.Error("found none")
	}
	if d.Atomic(Entry{"both", []int{4, 5}}) || d.Atomic(Entry{"alias", []int{4}}) || !d.Atomic(Entry{"one", []int{4}}) {
		t.Error("Atomic")
	}
}

func TestCheck(t *testing.T) {
	for want, spoil := range map[string]func(d *DB){
		"mismatch of the direct and reverse dependencies of one": func(d *DB) { d.Services[4].Rdeps = nil },
		"web is a producer for log, which does not consume it":   func(d *DB) { d.Services[2].Producers = nil },
		"log consumes web, which does not produce for it":        func(d *DB) { d.Services[3].Consumer = None },
		"cyclic service dependency: log -> web -> log":           func(d *DB) { d.Services[2].Deps = []int{1, 3}; d.Services[3].Rdeps = []int{2, 5} },
	} {
		d := sample()
		spoil(d)
		if err := d.Check(); err == nil || !errors.Is(err, ErrInvalid) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestEndlessPipelines reads databases whose pipelines have no end.
func TestEndlessPipelines(t *testing.T) {
	for name, spoil := range map[string]func(d *DB){
		"itself":        func(d *DB) { d.Services[3].Consumer = 3; d.Services[3].Producers = []int{3} },
		"in a circle":   func(d *DB) { d.Services[2].Consumer = 3; d.Services[3].Producers = []int{2} },
		"one direction": func(d *DB) { d.Services[2].Producers = []int{3, 2} },
	} {
		d := sample()
		spoil(d)
		n, body, names, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decode(n, body, names); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLocks(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := sys.Create(sys.AT, lockFile, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := Lock(sys.AT, ".", false, false); err != nil {
			t.Fatal("shared: ", err)
		}
	}
	if _, err := Lock(sys.AT, ".", true, false); err == nil {
		t.Error("exclusive beside shared ones")
	}
}

// FuzzDecode feeds corrupt databases: whatever they hold, it is an error or a database that encodes again.
func FuzzDecode(f *testing.F) {
	d := sample()
	n, body, names, _ := d.Encode()
	f.Add(n, body, names)
	f.Fuzz(func(t *testing.T, n, body, names []byte) {
		d, err := decode(n, body, names)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		d.Check()
		n2, body2, names2, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := decode(n2, body2, names2)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(d.Services, again.Services) {
			t.Fatalf("%+v became %+v", d, again)
		}
	})
}
