// Package accessrules decides who may connect: it looks keys up in a ruleset, which is a directory or a
// constant database. See the pages s6-accessrules-cdb-from-fs and libs6/accessrules.
package accessrules

import (
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/cdb"
	"s6box/internal/envdir"
	"s6box/internal/sys"
)

// maxExec is the longest command line a rule may hold, maxEnv the longest compiled environment.
const (
	maxExec = 4096
	maxEnv  = 4096
)

// ErrBadRule says that an entry of a compiled ruleset makes no sense.
var ErrBadRule = errors.New("invalid rule")

// Verdict is what a ruleset says of a key.
type Verdict int

const (
	NotFound Verdict = iota
	Deny
	Allow
)

// Result is a verdict and, for Allow, what the rule asks for.
type Result struct {
	Verdict Verdict
	Env     []string // changes to the environment, as proc.Env.Merge takes them
	Exec    string   // execline script to run instead of the program; "": none
}

// Rules is a ruleset.
type Rules interface {
	// Lookup returns what the ruleset says of one key, such as "uid/1000".
	Lookup(key string) (Result, error)
}

// CheckIDs looks a client up by its effective ids: uid/self if the uid is euid, uid/N, gid/self if the gid
// is egid, gid/N, uid/default. The first rule that is there decides.
func CheckIDs(rules Rules, uid, gid uint32, euid, egid int) (Result, error) {
	keys := make([]string, 0, 5)
	if int64(uid) == int64(uint32(euid)) {
		keys = append(keys, "uid/self")
	}
	keys = append(keys, "uid/"+strconv.FormatUint(uint64(uid), 10))
	if int64(gid) == int64(uint32(egid)) {
		keys = append(keys, "gid/self")
	}
	keys = append(keys, "gid/"+strconv.FormatUint(uint64(gid), 10), "uid/default")
	for _, key := range keys {
		result, err := rules.Lookup(key)
		if err != nil || result.Verdict != NotFound {
			return result, err
		}
	}
	return Result{}, nil
}

// Dir is a ruleset in a directory; its path is relative to FD as in openat(2). Changes take effect at once.
type Dir struct {
	FD   int
	Path string
}

// Lookup implements Rules.
func (d Dir) Lookup(key string) (Result, error) {
	rule, err := sys.Open(d.FD, d.Path+"/"+key, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err == unix.ENOENT {
		return Result{}, nil
	}
	if err != nil {
		return Result{}, err
	}
	defer unix.Close(rule)
	return readRule(rule)
}

func readRule(rule int) (Result, error) {
	allow, err := sys.Exists(rule, "allow")
	if err != nil {
		return Result{}, err
	}
	if !allow {
		deny, err := sys.Exists(rule, "deny")
		if err != nil || !deny {
			return Result{}, err
		}
		return Result{Verdict: Deny}, nil
	}
	env, err := envdir.Read(rule, "env", envdir.Options{})
	if err != nil && !envdir.Missing(err) {
		return Result{}, err
	}
	slices.Sort(env)
	exec, err := sys.ReadFile(rule, "exec", maxExec)
	if err != nil && err != unix.ENOENT {
		return Result{}, err
	}
	return Result{Verdict: Allow, Env: env, Exec: string(exec)}, nil
}

// Compiled is a ruleset in a constant database.
type Compiled struct{ *cdb.Reader }

// Lookup implements Rules.
func (c Compiled) Lookup(key string) (Result, error) {
	value, found, err := c.Get([]byte(key))
	if err != nil || !found {
		return Result{}, err
	}
	return decode(value)
}

// Encode makes the value that stands for a result in a compiled ruleset: "D", or "A", the length of the
// environment in two bytes (big-endian), the environment in NUL-terminated strings, and the same for the
// command line.
func (r Result) Encode() []byte {
	if r.Verdict != Allow {
		return []byte("D")
	}
	env := ""
	for _, change := range r.Env {
		env += change + "\x00"
	}
	value := binary.BigEndian.AppendUint16([]byte("A"), uint16(len(env)))
	value = append(value, env...)
	value = binary.BigEndian.AppendUint16(value, uint16(len(r.Exec)))
	return append(value, r.Exec...)
}

// decode reads what Encode makes.
func decode(value []byte) (Result, error) {
	switch {
	case len(value) > 0 && value[0] == 'D':
		return Result{Verdict: Deny}, nil
	case len(value) == 0 || value[0] != 'A':
		return Result{}, ErrBadRule
	}
	env, rest, ok := field(value[1:])
	exec, rest, ok2 := field(rest)
	if !ok || !ok2 || len(rest) > 0 || len(env) > 0 && env[len(env)-1] != 0 {
		return Result{}, ErrBadRule
	}
	result := Result{Verdict: Allow, Exec: string(exec)}
	for change := range strings.SplitSeq(strings.TrimSuffix(string(env), "\x00"), "\x00") {
		if change != "" {
			result.Env = append(result.Env, change)
		}
	}
	return result, nil
}

func field(p []byte) (value, rest []byte, ok bool) {
	if len(p) < 2 {
		return nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(p))
	if len(p) < 2+n {
		return nil, nil, false
	}
	return p[2 : 2+n], p[2+n:], true
}
