package dns

import (
	"net"
	"testing"
	"time"

	"s6box/internal/inet"
)

// nobody is a port at which nobody is, and mute one that says nothing.
func nobody(t *testing.T) inet.AddrPort {
	conn, address := mute(t)
	conn.Close()
	return address
}

func mute(t *testing.T) (net.PacketConn, inet.AddrPort) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn, endpoint(conn.LocalAddr().String())
}

// A server that is not there, or can't, makes room for the next; one that says nothing is given up at the deadline.
func TestServersThatDontAnswer(t *testing.T) {
	absent, good, broken := nobody(t), serve(t, example), serve(t, "a.test. !rcode 5\n")
	for _, servers := range [][]inet.AddrPort{{absent, good}, {broken, good}, {broken, absent, good}} {
		r := &Resolver{Servers: servers}
		if ips, err := r.Addresses("a.test", true, false, false, time.Time{}); len(ips) != 2 || err != nil {
			t.Errorf("%v: %v, error %v", servers, ips, err)
		}
	}
	for _, servers := range [][]inet.AddrPort{{absent}, {}, {absent, broken}} {
		r := &Resolver{Servers: servers}
		if _, err := r.Addresses("a.test", true, false, false, time.Time{}); err != ErrNoServer {
			t.Errorf("%v: error %v", servers, err)
		}
	}
	_, quiet := mute(t)
	r := &Resolver{Servers: []inet.AddrPort{quiet}}
	if _, err := r.Addresses("a.test", true, false, false, time.Now().Add(10*time.Millisecond)); err != ErrTimeout {
		t.Errorf("mute server: error %v", err)
	}
}

// Somebody who sends answers without end, with a wrong number each, does not keep a query from its deadline.
func TestFlood(t *testing.T) {
	conn, address := mute(t)
	go func() {
		buf := make([]byte, 512)
		n, from, err := conn.ReadFrom(buf)
		buf[0], buf[2] = ^buf[0], buf[2]|0x80
		for err == nil {
			_, err = conn.WriteTo(buf[:n], from)
		}
	}()
	r := &Resolver{Servers: []inet.AddrPort{address}}
	if _, err := r.Ask("a.test", A, time.Now().Add(50*time.Millisecond)); err != ErrTimeout {
		t.Errorf("error %v", err)
	}
}

// The rounds, with the time of each cut short.
func TestRounds(t *testing.T) {
	_, quiet := mute(t)
	q, err := Start([]inet.AddrPort{quiet, serve(t, "late.test. A 192.0.2.1\nlate.test. !drop1\n"), nobody(t)}, "late.test", A, false, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var sent []inet.Addr
	var pending int
	q.Trace = func(e Event) {
		if e.What == Sent {
			sent = append(sent, e.Server)
			if pending++; pending <= 2 {
				q.until = time.Now() // two servers say nothing in the first round
			}
			if pending == 4 {
				q.until = time.Now() // the first says nothing in the second one
			}
		}
	}
	answer, err := q.Wait()
	if err != nil || len(sent) != 5 {
		t.Fatalf("asked %d times, error %v", len(sent), err)
	}
	if records, err := answer.Answers(A); len(records) != 1 || err != nil {
		t.Errorf("%v, error %v", records, err)
	}
	q, _ = Start([]inet.AddrPort{quiet}, "late.test", A, true, time.Time{})
	rounds := 0
	q.Trace = func(e Event) {
		if e.What == Sent {
			rounds, q.until = rounds+1, time.Now()
		}
	}
	if _, err := q.Wait(); err != ErrNoServer || rounds != len(patience)-1 {
		t.Errorf("a cache that says nothing was asked %d times, error %v", rounds, err)
	}
}

// Every query has a number of its own, to every server.
func TestNumbers(t *testing.T) {
	seen := map[uint16]bool{}
	q, _ := Start([]inet.AddrPort{nobody(t), nobody(t), nobody(t), nobody(t)}, "a.test", A, true, time.Time{})
	q.Trace = func(e Event) {
		if e.What == Sending {
			seen[e.Message.ID()] = true
		}
	}
	if _, err := q.Wait(); err != ErrNoServer || len(seen) < 3 {
		t.Errorf("numbers %v, error %v", seen, err)
	}
}
