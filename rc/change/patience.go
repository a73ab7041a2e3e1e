package change

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// patience tells when nothing has happened for long enough to say what is waited for: after a second, then
// after ten times that, then every minute.
type patience struct {
	timer *time.Timer
	next  time.Duration
}

const firstSilence, lastSilence = time.Second, time.Minute

func newPatience() *patience {
	return &patience{time.NewTimer(firstSilence), firstSilence}
}

func (p *patience) C() <-chan time.Time { return p.timer.C }
func (p *patience) stop()               { p.timer.Stop() }

func (p *patience) reset() {
	p.next = firstSilence
	p.timer.Reset(p.next)
}

func (p *patience) longer() {
	p.next = min(10*p.next, lastSilence)
	p.timer.Reset(p.next)
}

// waiting says for which services, and since when, nothing was heard: the ones that take longest first.
func (r *run) waiting(now time.Time) string {
	const shown = 10
	var all []activity
	for _, a := range r.active {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b activity) int {
		if c := a.since.Compare(b.since); c != 0 {
			return c
		}
		return a.t.Service - b.t.Service
	})
	var words []string
	for i, a := range all {
		if i == shown {
			words = append(words, "and "+strconv.Itoa(len(all)-shown)+" more")
			break
		}
		what := [...]string{"to start", "to stop", "to reload"}[a.t.Op]
		if a.t.Op == Up && a.t.Notifies {
			what = "to be ready"
		}
		words = append(words, a.t.Name+" "+what+" (for "+now.Sub(a.since).Round(100*time.Millisecond).String()+")")
	}
	return "waiting for " + strings.Join(words, ", ")
}
