package shell

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/syntax"
)

// redirection remembers what descriptor numbers stood for before a command's redirections.
type redirection struct {
	sh    *Shell
	saved []savedFile
	outer *redirection // of the command around, if this is in force
	child bool         // they are those of a program: none of them outlives it
	back  []func()     // put back the variables of {name} in front of a program
}

type savedFile struct {
	n     int
	f     *file
	there bool // the number was in the table
}

// redirect performs redirections in order. undo puts everything back; it is never nil.
func (sh *Shell) redirect(redirs []*syntax.Redirect) (undo *redirection, err error) {
	return sh.redirectFor(redirs, false)
}

// redirectFor is redirect for a command that is a program, or not.
func (sh *Shell) redirectFor(redirs []*syntax.Redirect, program bool) (undo *redirection, err error) {
	r := &redirection{sh: sh, child: program}
	for _, rd := range redirs {
		if err = r.do(rd); err != nil {
			break
		}
	}
	return r, err
}

// undo makes the descriptor numbers stand for what they did before.
func (r *redirection) undo() {
	for i := len(r.saved) - 1; i >= 0; i-- {
		s := r.saved[i]
		r.sh.files[s.n].release()
		if s.there {
			r.sh.files[s.n] = s.f
		} else {
			delete(r.sh.files, s.n)
		}
	}
	r.over()
	for _, back := range r.back {
		back()
	}
	r.back = nil
}

// keep makes the redirections permanent.
func (r *redirection) keep() {
	for _, s := range r.saved {
		if s.f != nil {
			s.f.release()
		}
	}
	saved := r.saved
	r.over()
	for _, s := range saved {
		if !r.sh.redirected(s.n) {
			r.sh.settle(s.n)
		}
	}
}

// over takes the redirections out of those that are in force.
func (r *redirection) over() {
	r.saved = nil
	if r.sh.redirs == r {
		r.sh.redirs = r.outer
	}
}

// redirected tells whether a command that is not over has redirected number n: it is to stand for what it did before then.
func (sh *Shell) redirected(n int) bool {
	for r := sh.redirs; r != nil; r = r.outer {
		if slices.ContainsFunc(r.saved, func(s savedFile) bool { return s.n == n }) {
			return true
		}
	}
	return false
}

// stay makes the redirections from the before-th on outlive the command, as those of {name} do.
func (r *redirection) stay(before int) {
	for _, s := range r.saved[before:] {
		if s.f != nil {
			s.f.release()
		}
	}
	r.saved = r.saved[:before]
}

// set makes number n stand for f until undo.
func (r *redirection) set(n int, f *file) {
	if len(r.saved) == 0 {
		r.outer, r.sh.redirs = r.sh.redirs, r
	}
	old, there := r.sh.files[n]
	r.saved = append(r.saved, savedFile{n, old, there})
	r.sh.files[n] = f
}

func (r *redirection) do(rd *syntax.Redirect) (err error) {
	n, variable, err := r.number(rd)
	if err != nil {
		return err
	}
	if variable != "" && !r.child && !r.sh.opts.shopted("varredir_close") {
		defer func(before int) {
			if err == nil {
				r.stay(before)
			}
		}(len(r.saved))
	}
	if variable != "" && (rd.Op == syntax.DplIn || rd.Op == syntax.DplOut) && rd.Word.Lit() == "-" {
		r.set(n, nil)
		return nil
	}
	if err := r.perform(rd, n); err != nil || variable == "" {
		return err
	}
	return r.assign(variable, n)
}

// assign gives a variable the number that {variable}> took.
func (r *redirection) assign(variable string, n int) error {
	sh := r.sh
	if v, in := sh.scope.find(variable); r.child && v == nil {
		r.back = append(r.back, func() { delete(sh.scope.global().vars, variable) })
	} else if r.child {
		old := *v
		r.back = append(r.back, func() { in.vars[variable] = &old })
	}
	if err := sh.set(variable, strconv.Itoa(n)); err != nil {
		sh.complain("%s", err.Error())
		return &failure{msg: variable + ": cannot assign fd to variable", code: 1}
	}
	return nil
}

// perform performs rd on number n.
func (r *redirection) perform(rd *syntax.Redirect, n int) error {
	switch rd.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		body, err := r.sh.heredoc(rd)
		if err != nil {
			return err
		}
		return r.text(n, body)
	case syntax.WordHdoc:
		body, err := r.sh.literal(rd.Word)
		if err != nil {
			return err
		}
		return r.text(n, body+"\n")
	case syntax.DplIn, syntax.DplOut:
		return r.duplicate(rd, n)
	}
	word, err := r.target(rd.Word)
	if err != nil {
		return err
	}
	return r.openFile(rd.Op, n, word)
}

// number is the descriptor that rd is about. {name}> takes a new one and assigns it to name.
func (r *redirection) number(rd *syntax.Redirect) (n int, variable string, err error) {
	if rd.N == nil {
		switch rd.Op {
		case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
			return 0, "", nil
		}
		return 1, "", nil
	}
	if name, ok := strings.CutPrefix(rd.N.Value, "{"); ok {
		name = strings.TrimSuffix(name, "}")
		if (rd.Op == syntax.DplIn || rd.Op == syntax.DplOut) && rd.Word.Lit() == "-" {
			value := r.sh.value(name)
			if ref := parseRef(name); ref.sub {
				op := &operand{ref: ref, label: name}
				r.sh.load(op)
				value = op.value
			}
			n, err := strconv.Atoi(value)
			if err != nil {
				return 0, "", &failure{msg: name + ": ambiguous redirect", code: 1}
			}
			return n, name, nil
		}
		return r.sh.freeNumber(10), name, nil
	}
	n, err = strconv.Atoi(rd.N.Value)
	if err != nil {
		return 0, "", &failure{msg: rd.N.Value + ": Bad file descriptor", code: 1}
	}
	return n, "", nil
}

// freeNumber is the lowest descriptor number from n on that the shell does not use.
func (sh *Shell) freeNumber(n int) int {
	for ; ; n++ {
		if _, err := sh.fd(n); err != nil {
			return n
		}
	}
}

// target expands the word of a redirection to one file name.
func (r *redirection) target(w *syntax.Word) (string, error) {
	names, err := r.sh.fields([]*syntax.Word{w})
	if err != nil {
		return "", err
	}
	if len(names) != 1 {
		return "", &failure{msg: r.sh.wordCode(w) + ": ambiguous redirect", code: 1}
	}
	return names[0], nil
}

func (r *redirection) openFile(op syntax.RedirOperator, n int, name string) error {
	flags := unix.O_WRONLY | unix.O_CREAT
	switch op {
	case syntax.RdrIn:
		flags = unix.O_RDONLY
	case syntax.RdrInOut:
		flags = unix.O_RDWR | unix.O_CREAT
	case syntax.AppOut, syntax.AppAll:
		flags |= unix.O_APPEND
	case syntax.RdrClob:
		flags |= unix.O_TRUNC
	default:
		flags |= unix.O_TRUNC
		if r.sh.opts.has(noClobber) {
			if st, err := r.sh.stat(name); err == nil && st.Mode&unix.S_IFMT == unix.S_IFREG {
				return &failure{msg: name + ": cannot overwrite existing file", code: 1}
			}
		}
	}
	fd, err := r.sh.open(name, flags)
	if err != nil {
		return &failure{msg: name + ": " + reason(err), code: 1}
	}
	f, err := newFile(fd)
	if err != nil {
		return &failure{msg: name + ": " + reason(err), code: 1}
	}
	r.set(n, f)
	if op == syntax.RdrAll || op == syntax.AppAll {
		r.set(2, f.share())
	}
	return nil
}

// duplicate is n>&word and n<&word: a copy of another number, a number moved ("3-"), a number closed ("-").
// >&word with a word that is no number is &>word.
func (r *redirection) duplicate(rd *syntax.Redirect, n int) error {
	word, err := r.target(rd.Word)
	if err != nil {
		return err
	}
	if word == "-" {
		r.set(n, nil)
		return nil
	}
	if word == "" {
		return &failure{msg: r.sh.wordCode(rd.Word) + ": Bad file descriptor", code: 1}
	}
	digits, move := strings.CutSuffix(word, "-")
	from, err := strconv.Atoi(digits)
	if err != nil {
		if rd.Op == syntax.DplOut && n == 1 {
			return r.openFile(syntax.RdrAll, 1, word)
		}
		return &failure{msg: r.sh.wordCode(rd.Word) + ": ambiguous redirect", code: 1}
	}
	f, err := r.sh.openFile(from)
	if err != nil {
		return &failure{msg: strings.TrimSuffix(r.sh.wordCode(rd.Word), "-") + ": " + reason(err), code: 1}
	}
	r.set(n, f)
	if move && from != n {
		r.set(from, nil)
	}
	return nil
}

// source is the text of a node, for messages.
func (sh *Shell) source(n syntax.Node) string {
	var b strings.Builder
	if syntax.NewPrinter().Print(&b, n) != nil {
		return ""
	}
	return b.String()
}
