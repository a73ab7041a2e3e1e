package shell

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/syntax"

	"s6box/internal/proc"
)

// hiddenName is the command that is this shell whatever shells the system has.
const hiddenName = "s6box-sh"

// resumeOption makes it go on with the state that is on a descriptor.
const resumeOption = "--resume"

// resumeAsync does so for a command in the background, which SIGINT and SIGQUIT don't reach.
const resumeAsync = "--resume-async"

// packer writes strings with their length in front.
type packer struct{ b strings.Builder }

func (p *packer) put(values ...string) {
	for _, s := range values {
		p.b.WriteString(strconv.Itoa(len(s)))
		p.b.WriteByte(':')
		p.b.WriteString(s)
	}
}

func (p *packer) ints(values ...int) {
	for _, n := range values {
		p.put(strconv.Itoa(n))
	}
}

func (p *packer) list(values []string) {
	p.ints(len(values))
	p.put(values...)
}

// unpacker reads them back.
type unpacker struct {
	text string
	bad  bool
}

func (u *unpacker) str() string {
	length, rest, ok := strings.Cut(u.text, ":")
	n, err := strconv.Atoi(length)
	if !ok || err != nil || n < 0 || n > len(rest) {
		u.bad, u.text = true, ""
		return ""
	}
	u.text = rest[n:]
	return rest[:n]
}

func (u *unpacker) int() int {
	n, err := strconv.Atoi(u.str())
	u.bad = u.bad || err != nil
	return n
}

func (u *unpacker) list() []string {
	n := u.int()
	var out []string
	for range n {
		if u.bad {
			break
		}
		out = append(out, u.str())
	}
	return out
}

// stateText is the state of the shell and the statements that a process of its own is to run.
func (sh *Shell) stateText(stmts []*syntax.Stmt) (string, error) {
	var code strings.Builder
	printer := syntax.NewPrinter()
	list, whole := sh.writtenList(stmts)
	for _, s := range stmts {
		if whole {
			code.WriteString(list)
			break
		}
		if text, ok := sh.written(s); ok && len(stmts) == 1 {
			code.WriteString(text)
		} else if err := printer.Print(&code, s); err != nil {
			return "", err
		}
		code.WriteByte('\n')
	}
	line := 0
	if len(stmts) > 0 {
		line = sh.unit.lineOf(stmts[0].Pos()) - 1
	}
	p := &packer{}
	p.put(code.String(), sh.unit.name, strconv.FormatBool(sh.unit.file), sh.name, sh.lastArg)
	p.ints(line, sh.status, sh.sys.pid, sh.depth, sh.quiet, sh.jobs.last, int(sh.opts.set), int(sh.rand))
	p.ints(sh.loops, sh.nested, sh.opt.at)
	p.put(strconv.FormatUint(sh.opts.shopt, 10), strconv.FormatInt(sh.begun, 10), strconv.FormatBool(sh.sys.command))
	p.list(sh.args)
	p.list(sh.dirs)
	p.list(sh.odd)
	p.list(sh.lost)
	p.ints(len(sh.pipe))
	p.ints(sh.pipe...)
	sh.packVars(p)
	sh.packFuncs(p)
	return p.b.String(), nil
}

func (sh *Shell) packVars(p *packer) {
	n := 0
	sh.scope.each(func(string, *variable) { n++ })
	p.ints(n)
	sh.scope.each(func(name string, v *variable) {
		p.put(name)
		p.ints(int(v.flags), v.seq)
		p.put(strconv.FormatBool(v.set), strconv.FormatBool(v.local), v.str)
		if v.flags&(isList|isAssoc) != 0 {
			p.list(v.keys())
			p.list(v.elements())
		}
	})
}

func (sh *Shell) packFuncs(p *packer) {
	p.ints(len(sh.funcs))
	for name, fn := range sh.funcs {
		p.put(name, sh.bodyText(fn), fn.unit.name, strconv.FormatBool(fn.unit.file), strconv.FormatBool(fn.export))
		p.ints(fn.unit.lineOf(fn.decl.Body.Pos()) - 1)
	}
	p.ints(len(sh.aliases))
	for name, text := range sh.aliases {
		p.put(name, text)
	}
	p.ints(len(sh.frames))
	for _, f := range sh.frames {
		p.put(f.fn, f.unit.name, strconv.FormatBool(f.sourced), strconv.FormatBool(f.script))
		p.ints(f.callLine)
	}
	var ignored []string
	for name, action := range sh.traps.actions {
		if _, signal := signalNumber(name); action == "" || !signal {
			ignored = append(ignored, name, action)
		}
	}
	p.list(ignored)
	p.list(sh.traps.running)
	shown := make([]string, 0, 2*len(sh.traps.shown))
	for name, action := range sh.traps.shown {
		shown = append(shown, name, action)
	}
	p.list(shown)
}

// written is a statement as the source has it, so that its lines keep their numbers; false: the source is not there, or it is in
// pieces, with a here-document.
func (sh *Shell) written(s *syntax.Stmt) (text string, ok bool) {
	if s.Cmd == nil || len(s.Comments) > 0 || sh.unit.ticked {
		return "", false
	}
	end := s.Cmd.End()
	for _, r := range s.Redirs {
		if r.End().After(end) {
			end = r.End()
		}
	}
	from, to := int(s.Pos().Offset()), int(end.Offset())
	if from >= to || to > len(sh.unit.src) || int(stmtEnd(s).Offset()) > max(to, int(s.End().Offset())) {
		return "", false
	}
	text = undisguised(sh.unit.src[from:to], rawBytes)
	if _, ok := s.Cmd.(*syntax.Block); ok && text[0] == '(' { // see unwrapped
		close := int(s.Cmd.End().Offset()) - from - 1
		text = "{ " + text[1:close] + "\n}" + text[close+1:]
	}
	return text, true
}

// writtenList is written for several statements, with their here-documents.
func (sh *Shell) writtenList(stmts []*syntax.Stmt) (text string, ok bool) {
	if len(stmts) < 2 || sh.unit.ticked {
		return "", false
	}
	last := stmts[len(stmts)-1]
	from, to := int(stmts[0].Pos().Offset()), int(last.End().Offset())
	end := to
	for _, s := range stmts {
		end = max(end, int(stmtEnd(s).Offset()))
	}
	if from >= to || end > len(sh.unit.src) {
		return "", false
	}
	if end > to {
		line, _, _ := strings.Cut(sh.unit.src[to:end], "\n")
		if strings.Trim(line, " \t;") != "" {
			return "", false
		}
	}
	return undisguised(sh.unit.src[from:end], rawBytes), true
}

// bodyText is the body of a function as it was written, line by line, or at least its code.
func (sh *Shell) bodyText(fn *function) string {
	from, to := int(fn.decl.Body.Pos().Offset()), int(fn.decl.Body.End().Offset())
	if fn.unit.ticked || to > len(fn.unit.src) || from >= to || int(stmtEnd(fn.decl.Body).Offset()) > to {
		return sh.source(fn.decl.Body)
	}
	return undisguised(fn.unit.src[from:to], rawBytes)
}

var errState = errors.New("unreadable state of a shell")

// resume is a shell that takes the state on descriptor fd over and runs the statements in it.
func resume(st *proc.State, digits string, async bool) (int, error) {
	fd, err := strconv.Atoi(digits)
	if err != nil {
		return 0, errState
	}
	var ignored []unix.Signal
	if async {
		ignored = []unix.Signal{unix.SIGINT, unix.SIGQUIT}
	}
	sh := newShell(st, ignored...)
	sh.sys.called = "bash"
	text, err := sh.readFile("/dev/fd/" + digits)
	if err != nil {
		return 0, err
	}
	unix.Close(fd)
	u := &unpacker{text: text}
	code, run := sh.unpack(u)
	if u.bad {
		return 0, errState
	}
	sh.main(func() { sh.runText(run, code) })
	return sh.status, nil
}

func (sh *Shell) unpack(u *unpacker) (code string, run *unit) {
	code = u.str()
	run = &unit{name: u.str(), file: u.str() == "true"}
	sh.name, sh.lastArg = u.str(), u.str()
	run.base, sh.status, sh.sys.pid, sh.depth, sh.quiet, sh.jobs.last = u.int(), u.int(), u.int(), u.int(), u.int(), u.int()
	sh.opts.set, sh.rand = uint32(u.int()), uint32(u.int())
	sh.loops, sh.nested, sh.opt.at = u.int(), u.int(), u.int()
	sh.opts.posix = sh.opts.has(posixMode)
	sh.opts.shopt, _ = strconv.ParseUint(u.str(), 10, 64)
	sh.begun, _ = strconv.ParseInt(u.str(), 10, 64)
	sh.sys.command = u.str() == "true"
	sh.args, sh.dirs, sh.odd, sh.lost = u.list(), u.list(), u.list(), u.list()
	sh.unit = run
	for range u.int() {
		sh.pipe = append(sh.pipe, u.int())
	}
	sh.unpackVars(u)
	sh.unpackFuncs(u)
	sh.sys.resumed, sh.sys.nested = true, sh.nested
	return code, run
}

func (sh *Shell) unpackVars(u *unpacker) {
	for range u.int() {
		v := sh.add(sh.scope, u.str())
		v.flags, v.seq = flags(u.int()), u.int()
		v.set, v.local, v.str = u.str() == "true", u.str() == "true", u.str()
		if v.flags&(isList|isAssoc) == 0 {
			continue
		}
		keys, values := u.list(), u.list()
		if len(keys) != len(values) {
			u.bad = true
			return
		}
		v.list = &list{}
		v.assoc = (&assoc{shared: true}).own()
		for i, k := range keys {
			if n, err := strconv.Atoi(k); err == nil && v.flags&isList != 0 {
				v.list.put(n, values[i])
			} else {
				v.assoc.put(k, values[i])
			}
		}
	}
}

func (sh *Shell) unpackFuncs(u *unpacker) {
	for range u.int() {
		name, text := u.str(), u.str()
		unit := &unit{name: u.str(), file: u.str() == "true"}
		export := u.str() == "true"
		unit.base = u.int()
		sh.defineText(name, text, unit, export)
	}
	for range u.int() {
		name := u.str()
		if sh.aliases == nil {
			sh.aliases = make(map[string]string)
		}
		sh.aliases[name] = u.str()
	}
	for range u.int() {
		f := frame{fn: u.str(), unit: &unit{name: u.str()}}
		f.sourced, f.script, f.callLine = u.str() == "true", u.str() == "true", u.int()
		sh.frames = append(sh.frames, f)
	}
	if sh.inFunction() != nil {
		sh.scope = newScope(sh.scope, false)
	}
	actions, running, shown := u.list(), u.list(), u.list()
	sh.traps.running = running
	for i := 0; i+1 < len(actions); i += 2 {
		sh.traps.put(actions[i], actions[i+1])
	}
	if len(shown) > 0 {
		sh.traps.shown = make(map[string]string)
	}
	for i := 0; i+1 < len(shown); i += 2 {
		sh.traps.shown[shown[i]] = shown[i+1]
	}
}

// defineText defines a function from the text of its body.
func (sh *Shell) defineText(name, body string, u *unit, export bool) {
	body, raw := validText(body)
	u.src = "function " + name + " () " + body
	file, err := sh.parser().Parse(strings.NewReader(u.src), "")
	if err != nil || len(file.Stmts) != 1 {
		return
	}
	if raw {
		rawNodes(file)
	}
	if d, ok := file.Stmts[0].Cmd.(*syntax.FuncDecl); ok {
		sh.funcs[name] = &function{name: name, decl: d, unit: u, export: export}
	}
}
