package shell

import (
	"strings"
)

// flags are the attributes of a variable.
type flags uint16

const (
	exported flags = 1 << iota
	readonly
	integer
	lower
	upper
	nameref
	isList  // indexed array
	isAssoc // associative array
	traced
	capital
)

// variable is a shell variable; one without a value can still have attributes.
type variable struct {
	flags flags
	set   bool
	str   string
	room  []byte // begins with str, where appending has left room behind it
	list  *list
	assoc *assoc
	seq   int  // order of creation, for the environment
	local bool // declared by local
}

// scope is a level of variables: the global one, a function's, or the assignments in front of a command.
type scope struct {
	vars  map[string]*variable
	up    *scope
	temp  bool // assignments in front of a command
	saved *savedOptions
}

func newScope(up *scope, temp bool) *scope { return &scope{up: up, temp: temp} }

func (s *scope) fork() *scope {
	if s == nil {
		return nil
	}
	out := &scope{up: s.up.fork(), temp: s.temp, saved: s.saved, vars: make(map[string]*variable, len(s.vars))}
	for name, v := range s.vars {
		v.room = nil
		c := *v
		c.list = v.list.fork()
		c.assoc = v.assoc.fork()
		out.vars[name] = &c
	}
	return out
}

// find returns the innermost variable called name and the scope that has it.
func (s *scope) find(name string) (*variable, *scope) {
	for ; s != nil; s = s.up {
		if v := s.vars[name]; v != nil {
			return v, s
		}
	}
	return nil, nil
}

// global is the outermost scope.
func (s *scope) global() *scope {
	for s.up != nil {
		s = s.up
	}
	return s
}

// function is the innermost scope that local declares in.
func (s *scope) function() *scope {
	for s.temp {
		s = s.up
	}
	return s
}

func (sh *Shell) add(s *scope, name string) *variable {
	sh.sys.seq.Add(1)
	v := &variable{seq: int(sh.sys.seq.Load())}
	if s.vars == nil {
		s.vars = make(map[string]*variable)
	}
	s.vars[name] = v
	return v
}

// ref names a place for a value: a variable or an element of an array. sub says that index is there.
type ref struct {
	name  string
	index string // text of the subscript, expanded; "@" and "*" are all elements
	sub   bool
	text  string // of the subscript in the script, if that is where it is from
}

// badSubscript is the failure of a subscript that names no element.
func (r ref) badSubscript() error {
	if r.index == emptyMark {
		r.index = ""
	} else if r.text != "" && r.index == "" {
		r.index = r.text
	}
	return &failure{msg: r.String() + ": bad array subscript", code: 1, bare: true}
}

// valid tells whether a builtin may assign to r.
func (r ref) valid() bool { return isName(r.name) && (!r.sub || r.index != "") }

func (r ref) String() string {
	if r.sub {
		return r.name + "[" + r.index + "]"
	}
	return r.name
}

const maxRefs = 100

// resolve follows name references.
func (sh *Shell) resolve(r ref) (ref, *variable) {
	for range maxRefs {
		v, _ := sh.scope.find(r.name)
		if v == nil || v.flags&nameref == 0 || !v.set {
			return r, v
		}
		target := parseRef(v.str)
		target.index = sh.keyText(target)
		if r.sub {
			target.index, target.sub = r.index, true
		}
		if target.name == r.name {
			r.name = target.name // bash takes the global one
			return r, sh.scope.global().vars[r.name]
		}
		r = target
	}
	return r, nil
}

// parseRef reads "name" or "name[index]".
func parseRef(s string) ref {
	name, rest := cutName(s)
	if strings.HasPrefix(rest, "[") && strings.HasSuffix(rest, "]") {
		return ref{name: name, index: rest[1 : len(rest)-1], sub: true}
	}
	return ref{name: s}
}

// lookup returns the variable called name after following references, or nil.
func (sh *Shell) lookup(name string) *variable {
	if v := sh.dynamic(name); v != nil {
		return v
	}
	_, v := sh.resolve(ref{name: name})
	return v
}

// Get returns the value of a variable and whether it has one. That of an array is its element 0.
func (sh *Shell) get(name string) (string, bool) {
	if v := sh.dynamic(name); v != nil {
		return v.scalar()
	}
	r, v := sh.resolve(ref{name: name})
	if v == nil {
		return "", false
	}
	if r.sub {
		s, ok, _ := sh.element(v, r.index)
		return s, ok
	}
	return v.scalar()
}

// value is get for a value that may be missing.
func (sh *Shell) value(name string) string {
	s, _ := sh.get(name)
	return s
}

func (v *variable) scalar() (string, bool) {
	switch {
	case v.flags&isList != 0:
		return v.list.at(0)
	case v.flags&isAssoc != 0:
		return v.assoc.get("0")
	}
	return v.str, v.set
}

// element returns an element of v by the text of its subscript.
func (sh *Shell) element(v *variable, index string) (string, bool, error) {
	if v != nil && v.flags&isAssoc != 0 {
		if index == "" {
			return "", false, &failure{msg: "bad array subscript", code: codeSubscript}
		}
		s, ok := v.assoc.get(index)
		return s, ok, nil
	}
	i, err := sh.position(v, index)
	if err != nil {
		return "", false, err
	}
	if i < 0 {
		return "", false, &failure{msg: "bad array subscript", code: codeSubscript}
	}
	switch {
	case v == nil:
	case v.flags&isList != 0:
		s, ok := v.list.at(i)
		return s, ok, nil
	case i == 0:
		return v.str, v.set, nil
	}
	return "", false, nil
}

// codeSubscript marks the failure of a subscript below the array: a complaint, and no value.
const codeSubscript = -1

// bare is the error of an expression as that of a subscript, which gives up the line, whatever command it is in, and names none.
func bare(err error) error { return altered(err, func(f *failure) { f.bare = f.bare || f.math }) }

// position evaluates the subscript of an indexed array; a negative one counts from the end.
func (sh *Shell) position(v *variable, index string) (int, error) {
	n, err := sh.arith(index)
	if err != nil {
		return 0, bare(err)
	}
	if n < 0 && v != nil {
		n += int64(v.list.top())
		if v.flags&isList == 0 && v.set {
			n++
		}
	}
	return int(n), nil
}

// elements lists the values of all elements in order; a plain variable is its own only element.
func (v *variable) elements() []string {
	switch {
	case v == nil:
		return nil
	case v.flags&isList != 0:
		return v.list.values()
	case v.flags&isAssoc != 0:
		return v.assoc.values()
	case v.set:
		return []string{v.str}
	}
	return nil
}

// keys lists the subscripts of all elements.
func (v *variable) keys() []string {
	switch {
	case v == nil:
		return nil
	case v.flags&isList != 0:
		return v.list.keys()
	case v.flags&isAssoc != 0:
		return v.assoc.keys()
	case v.set:
		return []string{"0"}
	}
	return nil
}
