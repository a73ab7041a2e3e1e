package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/fifodir"
	"s6box/internal/sys"
	"s6box/supervise"
)

func (b *bench) superviseRows() []row {
	rows := []row{
		{name: "1000 services: start to all up", needs: "s6-svscan", unit: millis, runs: 3, run: func(s side) (sample, error) {
			return b.started(s, 1000)
		}},
		b.scandirRow("s6-svc -wd -d, then -wu -u", 1, 5, millis, roundTrip),
		b.scandirRow("death to restart, ready for more than 1 s", 50, 15, millis, restart),
		b.scandirRow("100 listeners, 100 × u d D", 1, 3, millis, events),
		b.scandirRow("idle, 100 services: wake-ups in 60 s", 100, 1, unit{"%.0f", 1}, idle),
	}
	for _, n := range []int{1, 10, 100, 150, 1000} {
		rows = append(rows, b.scandirRow(fmt.Sprintf("PSS at rest with %d services", n), n, 1, kib, func(d *scandir) (float64, error) {
			time.Sleep(rest)
			return pss(supervisors(d.scan.Process.Pid)), nil
		}))
	}
	return rows
}

// rest is how long services run before their supervisors' memory is looked at: what starting them took has been given
// back by then.
const rest = 3 * time.Second

// scandirRow measures something on n running services.
func (b *bench) scandirRow(name string, n, runs int, u unit, measure func(*scandir) (float64, error)) row {
	return row{name: name, needs: "s6-svscan", unit: u, runs: runs, run: func(s side) (sample, error) {
		d, err := newScandir(s, b.scratch, n)
		if err != nil {
			return sample{}, err
		}
		if err := d.start(); err != nil {
			return sample{}, err
		}
		value, err := measure(d)
		if err := d.stop(); err != nil {
			return sample{}, err
		}
		return sample{value: value}, err
	}}
}

func (b *bench) started(s side, n int) (sample, error) {
	d, err := newScandir(s, b.scratch, n)
	if err != nil {
		return sample{}, err
	}
	begin := time.Now()
	err = d.start()
	took := time.Since(begin)
	if err := d.stop(); err != nil {
		return sample{}, err
	}
	return sample{value: took.Seconds()}, err
}

func roundTrip(d *scandir) (float64, error) {
	begin := time.Now()
	for _, args := range [][]string{{"-wd", "-d"}, {"-wu", "-u"}} {
		if err := d.side.command("s6-svc", args[0], args[1], d.services[0]).Run(); err != nil {
			return 0, err
		}
	}
	return time.Since(begin).Seconds(), nil
}

// restart kills services that have been ready for more than a second, one after the other: each is started
// again at once. It returns the median of the times that took.
func restart(d *scandir) (float64, error) {
	if err := d.notify(); err != nil {
		return 0, err
	}
	time.Sleep(1200 * time.Millisecond)
	var took []float64
	for _, dir := range d.services {
		status, err := supervise.ReadStatus(sys.AT, dir)
		if err != nil {
			return 0, err
		}
		l, err := fifodir.Subscribe(sys.AT, dir+"/event")
		if err != nil {
			return 0, err
		}
		begin := time.Now()
		if err := kill(status.Pid); err != nil {
			return 0, err
		}
		seconds, err := toStart(begin, l)
		l.Release()
		if err != nil {
			return 0, err
		}
		took = append(took, seconds)
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

// toStart returns how long after begin the service was started; it waits until that is ready as well.
func toStart(begin time.Time, l *fifodir.Listener) (took float64, err error) {
	var heard []byte
	for buf := make([]byte, 64); !bytes.ContainsRune(heard, 'U'); {
		if _, err := unix.Poll([]unix.PollFd{{Fd: int32(l.FD()), Events: unix.POLLIN}}, -1); err != nil && err != unix.EINTR {
			return 0, err
		}
		n, err := l.Read(buf)
		if err != nil {
			return 0, err
		}
		heard = append(heard, buf[:n]...)
		if took == 0 && bytes.ContainsRune(heard, 'u') {
			took = time.Since(begin).Seconds()
		}
	}
	return took, nil
}

func since(begin time.Time, l *fifodir.Listener, events string, times int) (float64, error) {
	buf := make([]byte, 512)
	for seen := 0; seen < times; {
		if _, err := unix.Poll([]unix.PollFd{{Fd: int32(l.FD()), Events: unix.POLLIN}}, -1); err != nil && err != unix.EINTR {
			return 0, err
		}
		n, err := l.Read(buf)
		if err != nil {
			return 0, err
		}
		seen += strings.Count(string(buf[:n]), events)
	}
	return time.Since(begin).Seconds(), nil
}

// events toggles a service while a hundred listen, each time waiting until the last listener has heard.
func events(d *scandir) (float64, error) {
	dir := d.services[0]
	var all []*fifodir.Listener
	for range 100 {
		l, err := fifodir.Subscribe(sys.AT, dir+"/event")
		if err != nil {
			return 0, err
		}
		defer l.Release()
		all = append(all, l)
	}
	begin := time.Now()
	for range 100 {
		for _, c := range []struct{ letter, event string }{{"d", "D"}, {"u", "u"}} {
			if err := supervise.Control(sys.AT, dir, c.letter); err != nil {
				return 0, err
			}
			for _, l := range all {
				if _, err := since(begin, l, c.event, 1); err != nil {
					return 0, err
				}
			}
		}
	}
	return time.Since(begin).Seconds(), nil
}

// idle counts how often the supervisors are given the processor in a minute, once the start is over.
func idle(d *scandir) (float64, error) {
	pids := supervisors(d.scan.Process.Pid)
	time.Sleep(5 * time.Second)
	before := switches(pids)
	time.Sleep(time.Minute)
	return switches(pids) - before, nil
}
