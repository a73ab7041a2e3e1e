package shell

import "mvdan.cc/sh/v3/syntax"

func (sh *Shell) while(c *syntax.WhileClause) {
	sh.loops++
	defer func() { sh.loops-- }()
	status := 0
	for {
		sh.quietly(func() { sh.stmts(c.Cond) })
		if sh.stopped() {
			if ends := (sh.status == 0) == c.Until; sh.endLoop() || ends {
				if !sh.stopped() {
					sh.status = status
				}
				return
			}
			continue
		}
		if (sh.status == 0) == c.Until {
			sh.status = status
			return
		}
		sh.stmts(c.Do)
		status = sh.status
		if sh.endLoop() {
			return
		}
	}
}

func (sh *Shell) forClause(c *syntax.ForClause) {
	sh.loops++
	defer func() { sh.loops-- }()
	if loop, ok := c.Loop.(*syntax.CStyleLoop); ok {
		sh.forArith(loop, c)
		return
	}
	iter := c.Loop.(*syntax.WordIter)
	items := sh.args
	if iter.InPos.IsValid() {
		var err error
		if items, err = sh.fields(iter.Items); err != nil {
			sh.fail(err)
			return
		}
	}
	if c.Select {
		if sh.opts.has(xTrace) {
			sh.trace("select " + iter.Name.Value + " in " + sh.traceWords(iter))
		}
		sh.selectLoop(iter.Name.Value, items, c)
		return
	}
	if len(items) == 0 {
		sh.status = 0
	}
	line := sh.line
	for _, item := range items {
		sh.line = line
		if sh.debug(func() string { return "for " + iter.Name.Value + " in " + sh.traceWords(iter) }) {
			return
		}
		if sh.opts.has(xTrace) {
			sh.trace("for " + iter.Name.Value + " in " + sh.traceWords(iter))
		}
		if err := sh.loopVar(iter.Name.Value, item); err != nil {
			sh.complain("%s", err.Error())
			if sh.status = 1; sh.opts.posix {
				sh.exit(1)
			}
			sh.check()
			return
		}
		sh.stmts(c.Do)
		if sh.endLoop() {
			return
		}
	}
}

// loopVar gives the variable of a loop its next value; a name reference is pointed elsewhere.
func (sh *Shell) loopVar(name, value string) error {
	if v, _ := sh.scope.find(name); v != nil && v.flags&nameref != 0 {
		v.str, v.set = value, true
		return nil
	}
	if name == "_" {
		sh.lastArg = value
	}
	return sh.set(name, value)
}

func (sh *Shell) forArith(loop *syntax.CStyleLoop, c *syntax.ForClause) {
	line := sh.line
	eval := func(x syntax.ArithmExpr) (int64, bool) {
		sh.line = line
		if sh.debug(func() string { return "((" + sh.unit.writer().arith(x) + "))" }) {
			return 0, false
		}
		if x == nil {
			return 1, true
		}
		text, err := sh.expression(x)
		if err == nil {
			if sh.opts.has(xTrace) {
				sh.trace("(( " + text + " ))")
			}
			var n int64
			if n, err = sh.arith(text + sh.blanks(x)); err == nil {
				return n, true
			}
		}
		sh.arithFailed("((", err)
		return 0, false
	}
	if _, ok := eval(loop.Init); !ok {
		return
	}
	for first := true; ; first = false {
		n, ok := eval(loop.Cond)
		if ok && n == 0 && first {
			sh.status = 0
		}
		if !ok || n == 0 {
			return
		}
		sh.stmts(c.Do)
		if sh.endLoop() {
			return
		}
		if _, ok := eval(loop.Post); !ok {
			return
		}
	}
}
