package supervise

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/tai"
)

// view is a service's status as it is shown at a moment. Stamps of the future, which a clock that was set
// back makes, count as that moment.
type view struct {
	Status
	now        tai.Stamp
	normallyUp bool
}

// describe returns the line for people.
func (v *view) describe(numeric bool) string {
	var b strings.Builder
	if v.Up() {
		pid := strconv.Itoa(v.Pid)
		b.WriteString("up (pid " + pid + " pgid " + pid + ") ")
	} else {
		b.WriteString("down (" + v.cause(numeric) + ") ")
	}
	started := !v.NeverStarted()
	if started {
		b.WriteString(v.since(v.Stamp) + " seconds")
	}
	add := func(when bool, what string) {
		if when {
			b.WriteString(", " + what)
		}
	}
	add(v.Up() && !v.normallyUp, "normally down")
	add(!v.Up() && v.normallyUp, "normally up")
	add(v.Up() && v.Paused, "paused")
	add(!v.Up() && v.WantUp, "want up")
	add(v.Up() && !v.WantUp, "want down")
	add(started && v.Ready, "ready "+v.since(v.ReadyStamp)+" seconds")
	return b.String()
}

// cause tells how a service that is down came to be.
func (v *view) cause(numeric bool) string {
	sig := v.Exit.Signal()
	switch {
	case v.NeverStarted():
		return "not started yet"
	case sig == 0:
		return "exitcode " + strconv.Itoa(v.exitByte())
	case numeric:
		return "signal " + strconv.Itoa(int(sig))
	}
	return "signal " + signalName(sig)
}

// field returns the value of a field of s6-svstat's -o; ok is false if there is no such field.
func (v *view) field(name string) (value string, ok bool) {
	died := !v.Up() && !v.NeverStarted()
	sig := v.Exit.Signal()
	switch name {
	case "up":
		return strconv.FormatBool(v.Up()), true
	case "wantedup":
		return strconv.FormatBool(v.WantUp), true
	case "normallyup":
		return strconv.FormatBool(v.normallyUp), true
	case "ready":
		return strconv.FormatBool(v.Pid != 0 && v.Ready), true
	case "paused":
		return strconv.FormatBool(v.Pid != 0 && v.Paused), true
	case "pid", "pgid":
		return orElse(v.Up(), strconv.Itoa(v.Pid), "-1"), true
	case "exitcode":
		return orElse(died && unix.WaitStatus(v.Exit).Exited(), strconv.Itoa(v.exitByte()), "-1"), true
	case "signal":
		return orElse(died && sig != 0, signalName(sig), "NA"), true
	case "signum":
		return orElse(died && sig != 0, strconv.Itoa(int(sig)), "-1"), true
	case "updownsince":
		return v.past(v.Stamp).String(), true
	case "readysince":
		return v.past(v.ReadyStamp).String(), true
	case "updownfor":
		return v.since(v.Stamp), true
	case "readyfor":
		return v.since(v.ReadyStamp), true
	}
	return "", false
}

// fields returns the values of the named fields, separated by spaces.
func (v *view) fields(names []string) string {
	values := make([]string, len(names))
	for i, name := range names {
		values[i], _ = v.field(name)
	}
	return strings.Join(values, " ")
}

func (v *view) exitByte() int { return int(v.Exit >> 8 & 0xff) }

func (v *view) past(s tai.Stamp) tai.Stamp {
	if v.now.Before(s) {
		return v.now
	}
	return s
}

// since is the number of whole seconds from s until now.
func (v *view) since(s tai.Stamp) string {
	return strconv.FormatUint(uint64(v.now.Sub(v.past(s)).Seconds()), 10)
}

// signalName is the name of a signal as the C program has it.
func signalName(sig unix.Signal) string {
	if sig == unix.SIGABRT {
		return "SIGIOT"
	}
	if name := unix.SignalName(sig); name != "" {
		return name
	}
	return "SIG???"
}

func orElse(when bool, yes, no string) string {
	if when {
		return yes
	}
	return no
}
