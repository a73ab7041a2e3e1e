// Package shell runs scripts in the flavour of bash (and of the POSIX shell) over proc.State. The parser is
// mvdan.cc/sh/v3/syntax; expansion, execution and builtins are here, written after bash's manual.
//
// A subshell that its parent waits for — ( … ), $( … ), a stage of a pipeline — is a Shell forked inside this process.
// What outlives the command that starts it — cmd &, <( … ), a coprocess — is a process: this program run
// again, which receives the state of the Shell (see resume.go).
package shell

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"s6box/internal/proc"
)

// Shell is one execution environment.
type Shell struct {
	sys   *process // shared by all shells of this process
	st    *proc.State
	files table

	name     string   // $0
	args     []string // $1…
	given    bool     // by set, in the sourced file that runs
	argv     []string // of the script, for BASH_ARGV; nil before it is asked for
	opts     options
	scope    *scope
	known    known    // programs that ran
	passed   []string // SHELLOPTS and BASHOPTS, if they are exported
	odd      []string // inherited environment entries that are no variables; passed on
	lost     []string // dynamic variables that were unset and are ordinary now
	funcs    map[string]*function
	aliases  map[string]string
	disabled []string // builtins that enable -n turned off

	unit   *unit // where the running code is from
	line   int   // LINENO
	frames []frame

	status  int
	pipe    []int  // PIPESTATUS
	lastArg string // $_
	subst   int    // status of the last command substitution of this command
	ctl     control
	quiet   int // > 0: a failure here is a question, not an error (set -e)
	loops   int // enclosing loops
	depth   int // BASH_SUBSHELL
	lenient int // traps that are running: an error of syntax ends only them
	nested  int // evals, sourced files and traps that are running

	jobs     jobTable
	coprocs  []coprocess
	traps    traps
	dirs     []string // pushd's stack without the current directory
	opt      getopts
	rand     uint32
	begun    int64        // SECONDS counts from here (unix seconds)
	redirs   *redirection // of the innermost command that has some
	subs     []int        // descriptor numbers of process substitutions to close
	obituary string       // of the program that a signal ended, to be printed
	text     string       // BASH_COMMAND, of a trap
	acting   bool         // a trap runs
	running  running      // for messages and BASH_COMMAND
	holds    bool         // the goroutine that runs it holds the baton (see death.go)
	last     bool         // it has nothing but the EXIT trap to run
	tail     bool         // nothing follows the next simple command: it may replace the process
	tailed   bool         // it does so now
	mild     int          // how many builtins command runs: a wrong call of them ends no shell of POSIX
	direct   bool         // command runs the builtin itself: a variable that is readonly ends no shell of POSIX
	before   *trapStatus  // of the trap that runs
	returned int          // $? in front of the last return, for the RETURN trap
}

// function is a shell function and the unit it is from.
type function struct {
	name     string
	decl     *syntax.FuncDecl
	unit     *unit
	export   bool
	readonly bool
	traced   bool // it inherits the traps DEBUG and RETURN
}

// running is a command that runs, and the unit that it is from.
type running struct {
	cmd    syntax.Command
	redirs []*syntax.Redirect
	unit   *unit
}

func (sh *Shell) runs(cmd syntax.Command, redirs []*syntax.Redirect) {
	sh.running = running{cmd, redirs, sh.unit}
}

// frame is a call of a function or a sourced file.
type frame struct {
	fn       string // "source" for a file, "main" for the script
	unit     *unit  // of the callee
	callLine int
	args     []string // for BASH_ARGV: of functions with extdebug only, and of sourced files
	sourced  bool
	script   bool // the outermost frame, which is no call
}

// control is a way out that is being taken.
type control struct {
	kind  ctlKind
	count int  // loops left to leave
	named bool // the functions that are left stay in FUNCNAME, and their arguments in place
}

// evenSo is the count of a ctlDiscard behind which the next line runs with set -e, too.
const evenSo = 1

type ctlKind uint8

const (
	ctlNone ctlKind = iota
	ctlBreak
	ctlContinue
	ctlReturn
	ctlDiscard // give up the command line
	ctlExit
)

// fork makes the Shell of a subshell.
func (sh *Shell) fork() *Shell {
	sub := *sh
	sub.st = sh.st.Clone()
	sub.files = sh.files.fork()
	sub.scope = sh.scope.fork()
	sub.funcs = maps.Clone(sh.funcs)
	sub.aliases = maps.Clone(sh.aliases)
	sub.args = slices.Clone(sh.args)
	sub.frames = slices.Clone(sh.frames)
	sub.pipe = slices.Clone(sh.pipe)
	sub.dirs = slices.Clone(sh.dirs)
	sub.jobs = sh.jobs.fork()
	sub.traps = sh.traps.fork(sh.inherits)
	sub.subs = nil
	sub.coprocs = nil
	sub.known.paths = maps.Clone(sh.known.paths)
	sub.depth++
	sub.before = nil
	return &sub
}

// end runs what a subshell does on its way out and gives its descriptors back. It returns the exit code.
func (sub *Shell) end() int {
	sub.runExitTrap()
	sub.files.release()
	sub.st.Release()
	return sub.status & 0xff
}

// root tells whether sh is the shell of the process rather than a subshell inside it.
func (sh *Shell) root() bool { return !sh.st.Virtual() }

// exit makes the shell end with code once the stack is unwound.
func (sh *Shell) exit(code int) {
	sh.status = code & 0xff
	sh.ctl = control{kind: ctlExit}
}

// leave is exit where the EXIT trap still sees all that the command sees: variables and redirections of functions, too.
func (sh *Shell) leave(code int) {
	sh.exit(code)
	sh.runExitTrap()
}

// stopped tells that a way out is being taken: nothing more is to run.
func (sh *Shell) stopped() bool { return sh.ctl.kind != ctlNone }

// complain prints an error message as bash words it.
func (sh *Shell) complain(format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	sh.write(2, sh.where()+msg+"\n")
}

func (sh *Shell) where() string {
	name := sh.name
	if n := len(sh.frames); n > 0 && sh.frames[n-1].unit.name != "" {
		name = sh.frames[n-1].unit.name
	}
	if sh.line == 0 {
		return name + ": "
	}
	return fmt.Sprintf("%s: line %d: ", name, sh.line)
}

// write writes s to descriptor number n and reports the error to nobody; see print.
func (sh *Shell) write(n int, s string) error {
	real, err := sh.fd(n)
	if err != nil {
		return err
	}
	_, err = proc.FD(real).Write([]byte(s))
	return err
}

// print is the output of a builtin: it complains about errors and ends the shell as SIGPIPE would.
func (sh *Shell) print(cmd, s string) int {
	if s == "" {
		return 0
	}
	err := sh.write(1, s)
	if err == nil {
		return 0
	}
	if isPipe(err) && !sh.ignoresPipe() {
		sh.brokenPipe()
		return sh.status
	}
	sh.complain("%s: write error: %s", cmd, reason(err))
	return 1
}

// failure is an error that ends more than a command. code is the status it leaves.
type failure struct {
	msg  string
	code int
	exit bool // ends a shell that is not interactive; otherwise the rest of the command line
	math bool // an expression is wrong: the next line runs, set -e or not
	soft bool // in POSIX mode, too
	bare bool // the message has no name of a command in front
}

func (f *failure) Error() string { return f.msg }

// altered is err with a change, if it is a failure.
func altered(err error, change func(f *failure)) error {
	f, ok := err.(*failure)
	if !ok {
		return err
	}
	out := *f
	change(&out)
	return &out
}

// of is f with the name of the command it is from.
func (f *failure) of(cmd string) *failure {
	out := *f
	if !f.bare {
		out.msg = cmd + ": " + f.msg
	}
	return &out
}

// discard is a failure that gives up the command line.
func discard(format string, args ...any) error {
	return &failure{msg: fmt.Sprintf(format, args...), code: 1}
}

// fail reports the error of an expansion or assignment and takes the way out it asks for.
func (sh *Shell) fail(err error) {
	f, ok := err.(*failure)
	if !ok {
		f = &failure{msg: err.Error(), code: 1}
	}
	if f.msg != "" {
		sh.complain("%s", f.msg)
	}
	sh.status = f.code
	switch {
	case f.exit, sh.depth > 0, sh.opts.posix && !f.soft && f.msg != "":
		sh.exit(f.code)
		if t := sh.before; t != nil && t.leaving == "exit" && !(f.exit && sh.opts.has(errExit)) {
			sh.exit(t.code) // an error ends the EXIT trap alone
		}
	case f.math, f.msg == "":
		sh.ctl = control{kind: ctlDiscard, count: evenSo}
	default:
		sh.ctl = control{kind: ctlDiscard}
	}
}

func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func cutName(s string) (name, rest string) {
	i := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	})
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}
