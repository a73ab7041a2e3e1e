package supervise

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Services that are told to start in one turn of the loop are started together. None waits for the sake of another, one
// that can't be started and one that panics are told of, and an order to one that has yet to be started finds it started.
func TestLaunchedTogether(t *testing.T) {
	said := scratchFile(t)
	e := looped(t, said)
	d := newDaemon(t)
	const n = 30
	var all []*listener
	for i := range n {
		run := sleeper
		if i == 5 {
			run = "#!/nonexistent\n"
		}
		all = append(all, d.service(fmt.Sprintf("s%02d", i), "run", run, "down", ""))
	}
	sc := d.scan(e, ScanOptions{})
	for _, l := range all {
		l.wait("s")
	}
	refused := make(chan Event, n)
	e.Do(func() {
		sc.Watch("", func(event Event) {
			if event.NotStarted {
				refused <- event
			}
		})
		for i := range n {
			name := fmt.Sprintf("s%02d", i)
			if err := sc.Control(name, "u"); err != nil {
				t.Error(err)
			}
			if len(e.launches) >= together() {
				t.Errorf("%d services wait to be started", len(e.launches))
			}
			switch i {
			case 0:
				if st, ok := sc.Status(name); !ok || st.Up() || st.Ready {
					t.Errorf("%s is %+v before it can have been started", name, st)
				}
			case 1:
				sc.names[name].launch.argv = nil // nobody can start that
			case 12:
				sc.Control(name, "d")
			}
		}
	})
	for i, l := range all {
		switch i {
		case 5:
			if event := <-refused; event.Name != "s05" || event.Status.Up() || !event.Status.Ready {
				t.Errorf("%+v", event)
			}
		case 12:
			l.wait("udD")
		default:
			l.wait("u")
		}
	}
	text, err := os.ReadFile(said.Name())
	for _, want := range []string{"s6-supervise s05: warning: unable to spawn ./run", "s6-supervise s01: warning: internal error, starting afresh"} {
		if err != nil || strings.Count(string(text), want) != 1 {
			t.Errorf("said %q, %v, not %q", text, err, want)
		}
	}
	d.end(e, sc)
}
