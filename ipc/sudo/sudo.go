// Package sudo is the protocol of s6-sudoc and s6-sudod: a client gives a server its three standard
// descriptors, arguments and environment, the server runs a program with them and tells how it ended. See
// the pages s6-sudoc and s6-sudod.
//
// The server greets with 15 bytes. The client sends one message with the descriptors: its own 15 bytes, four
// numbers of 4 bytes (count of arguments, count of variables, bytes of arguments, bytes of variables), then
// the arguments and the variables, each with a NUL behind it. The server answers 0 once the program runs, or
// an errno, in one byte; later the status of wait(2) in 4 bytes. All numbers are big-endian.
package sudo

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/ipc/unixmessage"
)

// ServerBanner is what s6-sudod says first.
const ServerBanner = "s6-sudo b v1.0\n"

const (
	clientBanner = "s6-sudo a v1.0\n"

	headerSize = len(clientBanner) + 16
	maxRequest = 16 << 20 // bytes: more than execve takes
)

// What can be wrong with the peer.
var (
	ErrClientBanner = errors.New("wrong client banner")
	ErrServerBanner = errors.New("wrong banner - check that you are connecting to a s6-sudod server")
	ErrNoServer     = errors.New("unable to connect to the s6-sudod server - check that you have appropriate permissions")
	ErrFDs          = errors.New("client did not send 3 fds")
	ErrLengths      = errors.New("wrong client argc/envlen")
)

// Request is what a client asks for.
type Request struct {
	Args, Env []string
	FDs       [3]int
}

// RefusedError is the answer of a server that could not start the program.
type RefusedError struct{ Errno unix.Errno }

func (e *RefusedError) Error() string { return e.Errno.Error() }
func (e *RefusedError) Unwrap() error { return e.Errno }

// Call sends a request to a server and returns when the program runs. Variables without a value are left
// out: there is nothing a server could do with them. The descriptors stay the caller's.
func Call(c *unixmessage.Conn, r Request) error {
	if err := greeted(c); err != nil {
		return err
	}
	if err := Ask(c, r); err != nil {
		return err
	}
	return answered(c)
}

// Ask is the first half of Call for a server that is known to be one: it gets the request before it has said so. It
// does not wait.
func Ask(c *unixmessage.Conn, r Request) error {
	return c.Send(unixmessage.Message{Data: r.encode(), FDs: r.FDs[:]})
}

// Answer is the second half: it returns when the program runs.
func Answer(c *unixmessage.Conn) error {
	if err := greeted(c); err != nil {
		return err
	}
	return answered(c)
}

// greeted waits for the greeting of the server.
func greeted(c *unixmessage.Conn) error {
	var banner [len(ServerBanner)]byte
	switch err := c.ReadFull(banner[:]); {
	case err == io.EOF || errors.Is(err, unix.EPIPE) || errors.Is(err, unix.ECONNRESET) || errors.Is(err, unix.ETIMEDOUT):
		return ErrNoServer
	case err != nil:
		return err
	case string(banner[:]) != ServerBanner:
		return ErrServerBanner
	}
	return nil
}

// answered waits for the server to say that the program runs.
func answered(c *unixmessage.Conn) error {
	var answer [1]byte
	if err := c.ReadFull(answer[:]); err != nil {
		return eof(err)
	}
	if answer[0] != 0 {
		return &RefusedError{unix.Errno(answer[0])}
	}
	return nil
}

// Result waits until the program of a Call has ended.
func Result(c *unixmessage.Conn) (proc.Status, error) {
	var status [4]byte
	if err := c.ReadFull(status[:]); err != nil {
		return 0, eof(err)
	}
	return proc.Status(binary.BigEndian.Uint32(status[:])), nil
}

func eof(err error) error {
	if err == io.EOF {
		return unix.EPIPE
	}
	return err
}

func (r *Request) encode() []byte {
	args, argc := joinZ(r.Args, func(string) bool { return true })
	env, envc := joinZ(r.Env, func(s string) bool { return strings.Contains(s, "=") })
	data := []byte(clientBanner)
	for _, n := range []int{argc, envc, len(args), len(env)} {
		data = binary.BigEndian.AppendUint32(data, uint32(n))
	}
	return append(append(data, args...), env...)
}

func joinZ(words []string, keep func(string) bool) (joined string, n int) {
	var b strings.Builder
	for _, w := range words {
		if keep(w) {
			b.WriteString(w)
			b.WriteByte(0)
			n++
		}
	}
	return b.String(), n
}

// Accept greets a client and receives its request. The descriptors are close-on-exec and the caller's. A
// request that makes no sense has been answered where the protocol has an answer.
func Accept(c *unixmessage.Conn) (Request, error) {
	c.Limit(maxRequest)
	c.Owe([]byte(ServerBanner)) // a client that has not waited for it gets it with the answer
	m, err := c.Receive()
	if err != nil {
		return Request{}, eof(err)
	}
	r, err := decode(m)
	if err != nil {
		m.CloseFDs()
		if errors.Is(err, unix.EINVAL) {
			Refuse(c, unix.EINVAL)
		}
		c.Settle()
	}
	return r, err
}

func decode(m unixmessage.Message) (Request, error) {
	var r Request
	switch {
	case len(m.FDs) != 3:
		return r, ErrFDs
	case len(m.Data) < headerSize || string(m.Data[:len(clientBanner)]) != clientBanner:
		return r, ErrClientBanner
	}
	var n [4]uint64
	for i := range n {
		n[i] = uint64(binary.BigEndian.Uint32(m.Data[len(clientBanner)+4*i:]))
	}
	body := m.Data[headerSize:]
	if n[2]+n[3] != uint64(len(body)) {
		return r, ErrLengths
	}
	var ok, ok2 bool
	r.Args, ok = splitZ(body[:n[2]], n[0])
	r.Env, ok2 = splitZ(body[n[2]:], n[1])
	if !ok || !ok2 {
		return r, unix.EINVAL
	}
	r.FDs = [3]int(m.FDs)
	return r, nil
}

// splitZ splits n strings that have a NUL behind each.
func splitZ(p []byte, n uint64) ([]string, bool) {
	words := strings.Split(string(p), "\x00")
	last := len(words) - 1
	return words[:last], words[last] == "" && uint64(last) == n
}

// Refuse tells the client that the program can't be started.
func Refuse(c *unixmessage.Conn, errno unix.Errno) error {
	_, err := c.Write([]byte{byte(errno)})
	return err
}

// Started tells the client that the program runs. It is told together with Ended, or when c is settled.
func Started(c *unixmessage.Conn) { c.Owe([]byte{0}) }

// Ended tells the client how the program ended.
func Ended(c *unixmessage.Conn, status proc.Status) error {
	_, err := c.Write(binary.BigEndian.AppendUint32(nil, uint32(status)))
	return err
}

// Environment returns the environment for the program: the server's, in which variables that are set and
// empty get the client's value.
func (r *Request) Environment(server proc.Env) proc.Env {
	env := make(proc.Env, len(server))
	for i, kv := range server {
		env[i] = kv
		name, value, ok := strings.Cut(kv, "=")
		if !ok || value != "" {
			continue
		}
		if value, ok := proc.Env(r.Env).Get(name); ok {
			env[i] = name + "=" + value
		}
	}
	return env
}
