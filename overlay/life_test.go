package overlay

import (
	"testing"

	"golang.org/x/sys/unix"

	"s6box/overlay/shutdown"
)

// The order to stop ends what is on its way up, not what it has on the way down.
func TestOrderSparesTheWayDown(t *testing.T) {
	for range 5000 {
		l := &life{container: &container{stop: make(chan struct{})}, abort: make(chan string, 1)}
		done := make(chan struct{})
		go func() {
			l.request(shutdown.Order{Action: 'h'})
			close(done)
		}()
		<-l.stop
		end := l.oneshots.spare()
		<-done
		if l.oneshots.killed != 0 {
			t.Fatalf("what starts now is ended by %v", l.oneshots.killed)
		}
		end()
	}
}

func TestSpared(t *testing.T) {
	var r running
	r.kill(unix.SIGTERM)
	if r.killed != unix.SIGTERM {
		t.Error("nothing is spared, and nothing killed")
	}
	one, two := r.spare(), r.spare()
	r.kill(unix.SIGTERM)
	one()
	r.kill(unix.SIGTERM)
	if r.killed != 0 {
		t.Errorf("spared, and killed by %v", r.killed)
	}
	two()
	r.kill(unix.SIGTERM)
	if r.killed != unix.SIGTERM {
		t.Error("no longer spared, and not killed")
	}
}
