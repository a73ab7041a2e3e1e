package parking

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// car is a fifo that an epoll watches, and a locked file: what a supervisor has of a service.
type car struct {
	dir    string
	parked *Files
}

func (p *Garage) drive(t *testing.T, epoll int, n int) *car {
	t.Helper()
	c := &car{dir: t.TempDir()}
	if err := unix.Mkfifo(c.dir+"/fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	fifo, err := unix.Open(c.dir+"/fifo", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	lock, err := sys.OpenLocked(sys.AT, c.dir+"/lock", true, false, 0, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, fifo, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(n)}); err != nil {
		t.Fatal(err)
	}
	if c.parked, err = p.Park(fifo, lock); err != nil {
		t.Fatal(err)
	}
	closeFds([]int{fifo, lock})
	return c
}

func (c *car) write() error {
	fd, err := unix.Open(c.dir+"/fifo", unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err == nil {
		_, err = unix.Write(fd, []byte("x"))
		unix.Close(fd)
	}
	return err
}

func (c *car) locked(t *testing.T) bool {
	t.Helper()
	fd, err := sys.Open(sys.AT, c.dir+"/lock", unix.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	taken, err := sys.Locked(fd)
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

// Files that are parked are open, locked and watched, and have no descriptors; those that are released are not.
func TestGarage(t *testing.T) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(epoll)
	before := descriptors(t)
	var p Garage
	var cars []*car
	for n := range 3*places - 5 {
		cars = append(cars, p.drive(t, epoll, n))
	}
	if n := descriptors(t) - before; n != 2*3+2 {
		t.Errorf("%d descriptors for %d parked", n, len(cars))
	}
	for n, c := range cars {
		if n%3 == 0 {
			if err := c.parked.Release(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for n, c := range cars {
		released := n%3 == 0
		if c.locked(t) == released {
			t.Errorf("%d: locked although released, or not although parked", n)
		}
		if err := c.write(); released && err != unix.ENXIO || !released && err != nil {
			t.Errorf("%d: write to the fifo: %v", n, err)
		}
		if released {
			continue
		}
		var events [8]unix.EpollEvent
		told, err := unix.EpollWait(epoll, events[:], -1)
		if err != nil || told != 1 || events[0].Fd != int32(n) {
			t.Fatalf("%d: %d events, the first of %d: %v", n, told, events[0].Fd, err)
		}
		fds, err := c.parked.Fds()
		if err != nil {
			t.Fatal(err)
		}
		var buf [8]byte
		if got, err := unix.Read(fds[0], buf[:]); got != 1 {
			t.Errorf("%d: read %d bytes of its fifo: %v", n, got, err)
		}
		closeFds(fds)
	}
	for n, c := range cars {
		if n%3 != 0 {
			if err := c.parked.Release(); err != nil {
				t.Fatal(err)
			}
		}
		if c.locked(t) {
			t.Errorf("%d: locked although released", n)
		}
	}
	if n := descriptors(t) - before; n != 0 || len(p.lots) != 0 {
		t.Errorf("%d descriptors are left, %d lots", n, len(p.lots))
	}
}

// Want of descriptors stops nobody as long as there are spare ones; then it is an error that loses nothing.
func TestGarageWithoutDescriptors(t *testing.T) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(epoll)
	var p Garage
	cars := []*car{p.drive(t, epoll, 0), p.drive(t, epoll, 1)}
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 128, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	var rest []int
	for {
		fds, err := duplicates([]int{epoll})
		if err != nil {
			break
		}
		rest = append(rest, fds...)
	}
	fds, spare := cars[1].parked.Fds()
	_, peeked := cars[1].parked.Fds()
	released := cars[1].parked.Release()
	closeFds(append(rest, fds...))
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	if peeked != unix.EMFILE || released != unix.EMFILE {
		t.Errorf("without descriptors: %v, %v", peeked, released)
	}
	p.Restock()
	if spare != nil || len(p.spare) != 2 {
		t.Errorf("with spare descriptors: %v, then %d of them", spare, len(p.spare))
	}
	for n, c := range cars {
		if !c.locked(t) || c.parked.Release() != nil || c.locked(t) {
			t.Errorf("%d is not locked, or not released", n)
		}
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
