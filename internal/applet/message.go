package applet

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
)

// Exit codes of the whole family.
const (
	ExitUsage  = 100 // wrong usage or syntax
	ExitSystem = 111 // a system call failed
	ExitDone   = 99  // timed out
)

// Error ends a command: the exit code and, unless Msg is empty, the line "prog: fatal: msg".
type Error struct {
	Code  int
	Level string // "fatal" or "usage"
	Msg   string
	Err   error // reason behind Msg, already part of it
}

func (e *Error) Error() string { return e.Msg }
func (e *Error) Unwrap() error { return e.Err }

// Exit ends a command with code and no message. Exit(0) is nil.
func Exit(code int) error {
	if code == 0 {
		return nil
	}
	return &Error{Code: code}
}

// Fatal ends a command with code and the message.
func Fatal(code int, format string, args ...any) error {
	return &Error{Code: code, Level: "fatal", Msg: fmt.Sprintf(format, args...), Err: reason(args)}
}

// System ends a command with code 111: "unable to WHAT: reason". proc.ErrNeedProcess passes through.
func System(err error, format string, args ...any) error {
	return SystemCode(ExitSystem, err, format, args...)
}

// SystemCode is System with another exit code.
func SystemCode(code int, err error, format string, args ...any) error {
	if errors.Is(err, proc.ErrNeedProcess) {
		return err
	}
	return &Error{Code: code, Level: "fatal", Msg: "unable to " + fmt.Sprintf(format, args...) + ": " + Reason(err), Err: err}
}

// UsageError ends a command with code 100 and its usage line.
func (inv *Invocation) UsageError() error {
	return &Error{Code: ExitUsage, Level: "usage", Msg: strings.TrimSpace(inv.Prog + " " + inv.Usage)}
}

// Warn prints "prog: warning: …" on the invocation's standard error.
func (inv *Invocation) Warn(format string, args ...any) { inv.say("warning", format, args) }

// Info prints "prog: info: …".
func (inv *Invocation) Info(format string, args ...any) { inv.say("info", format, args) }

func (inv *Invocation) say(level, format string, args []any) {
	Say(inv.Proc.Stderr(), inv.Prog, level, fmt.Sprintf(format, args...))
}

// Say writes one message line in one write. Nothing can be done about a failure.
func Say(stderr proc.FD, prog, level, msg string) {
	stderr.Write([]byte(prog + ": " + level + ": " + msg + "\n"))
}

// Report prints the message of the error that ended an invocation and returns the exit code.
func (inv *Invocation) Report(err error) int {
	var e *Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		if e.Msg != "" {
			Say(inv.Proc.Stderr(), inv.Prog, e.Level, e.Msg)
		}
		return e.Code
	default:
		Say(inv.Proc.Stderr(), inv.Prog, "fatal", Reason(err))
		return ExitSystem
	}
}

// Reason is the text of an error as strerror words it: "No such file or directory".
func Reason(err error) string {
	var errno unix.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	if errno == unix.ETIMEDOUT {
		return "Operation timed out" // most of what waits has no connection
	}
	text := errno.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

func reason(args []any) error {
	for _, a := range args {
		if err, ok := a.(error); ok {
			return err
		}
	}
	return nil
}
