package shell

import "mvdan.cc/sh/v3/syntax"

// call runs a function.
func (sh *Shell) call(fn *function, words []string) {
	most := maxCalls
	if n, ok := parseInt(sh.value("FUNCNEST")); ok && n > 0 {
		most = min(n, most)
	}
	if len(sh.frames) > most {
		sh.complain("%s: maximum function nesting level exceeded (%d)", fn.name, most)
		sh.fail(&failure{code: 1})
		return
	}
	args, loops, unit, line := sh.args, sh.loops, sh.unit, sh.line
	sh.frames = append(sh.frames, frame{fn: fn.name, unit: fn.unit, callLine: line, args: sh.recorded(words[1:])})
	scope := sh.scope
	sh.scope = newScope(scope, false)
	sh.args, sh.loops, sh.unit = words[1:], 0, fn.unit
	restore, opt := sh.shieldTraps("DEBUG", "ERR", "RETURN"), sh.opt
	sh.line = fn.unit.lineOf(fn.decl.Body.Pos())
	if !sh.inherits("DEBUG") || !sh.debug(sh.commandText) {
		sh.stmt(fn.decl.Body)
	}
	if !sh.stopped() && sh.traps.pending() {
		sh.runTraps()
	}
	status := sh.status
	if sh.ctl.kind == ctlReturn {
		sh.ctl = control{}
		sh.status = sh.returned
	}
	sh.runReturnTrap()
	restore()
	if sh.ctl.kind == ctlNone {
		sh.status = status
	}
	sh.leaveFunction()
	if sh.scope.function().vars["OPTIND"] != nil {
		sh.opt = opt // it has its own
	}
	sh.loops, sh.unit, sh.line, sh.scope = loops, unit, line, scope
	if !sh.ctl.named {
		sh.args, sh.frames = args, sh.frames[:len(sh.frames)-1]
	}
}

// maxCalls keeps a function that calls itself for ever from taking all memory.
const maxCalls = 20000

// inFunction is the innermost function call, or nil.
func (sh *Shell) inFunction() *frame {
	for i := len(sh.frames) - 1; i >= 0; i-- {
		if f := &sh.frames[i]; !f.sourced && !f.script {
			return f
		}
	}
	return nil
}

// define makes a function.
func (sh *Shell) define(d *syntax.FuncDecl) {
	name := d.Name.Value
	if s := declared(d); s != nil {
		sh.stmt(s)
		return
	}
	if old := sh.funcs[name]; old != nil && old.readonly {
		sh.complain("%s: readonly function", name)
		sh.status = 1
		sh.check()
		return
	}
	sh.funcs[name] = &function{name: name, decl: d, unit: sh.unit}
	sh.status = 0
}

// declared is the statement of a declaration whose body the parser has taken too far: in f() { …; } && g and its like, all of it.
// nil: the body is the body.
func declared(d *syntax.FuncDecl) *syntax.Stmt {
	if _, ok := d.Body.Cmd.(*syntax.BinaryCmd); !ok && !d.Body.Background {
		return nil
	}
	return declareFirst(d, d.Body)
}

// declareFirst is s with the declaration of d in place of its first command.
func declareFirst(d *syntax.FuncDecl, s *syntax.Stmt) *syntax.Stmt {
	out := *s
	if list, ok := s.Cmd.(*syntax.BinaryCmd); ok {
		rest := *list
		rest.X = declareFirst(d, list.X)
		out.Cmd = &rest
		return &out
	}
	body := *s
	body.Background = false
	decl := *d
	decl.Body = &body
	out.Cmd, out.Redirs = &decl, nil
	return &out
}
