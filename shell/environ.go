package shell

import (
	"slices"
	"strings"

	"s6box/internal/proc"
)

// importEnv makes variables of the inherited environment. Entries that can't be variables are kept for the
// programs the shell starts.
func (sh *Shell) importEnv(env proc.Env) {
	for _, kv := range env {
		name, value, ok := strings.Cut(kv, "=")
		switch {
		case strings.HasPrefix(name, "BASH_FUNC_") && strings.HasSuffix(name, "%%"):
			sh.importFunc(name[len("BASH_FUNC_"):len(name)-2], value)
		case !ok || !isName(name):
			sh.odd = append(sh.odd, kv)
		case name == "_":
			sh.lastArg = value
		case sh.scope.vars[name] != nil:
		default:
			v := sh.add(sh.scope, name)
			v.set, v.str, v.flags = true, value, exported
		}
	}
}

// environ is the environment of the programs the shell starts.
func (sh *Shell) environ() proc.Env {
	all := sh.exportedVars()
	slices.SortFunc(all, func(a, b namedVar) int {
		if a.bucket != b.bucket {
			return a.bucket - b.bucket
		}
		return b.v.seq - a.v.seq
	})
	env := make(proc.Env, 0, len(all)+len(sh.odd)+1)
	for _, n := range all {
		env = append(env, n.name+"="+n.v.str)
	}
	if sh.lastArg != "" {
		env = append(env, "_="+sh.lastArg)
	}
	for _, name := range sh.passed {
		env = append(env, name+"="+sh.value(name))
	}
	return append(append(env, sh.odd...), sh.exportedFuncs()...)
}

// namedVar is a variable, and where bash keeps it: that is the order in which programs get to see it.
type namedVar struct {
	name   string
	v      *variable
	bucket int
}

// globalBucket is the place of a global variable. Others come before.
func globalBucket(name string) int { return int(hash(name) & (1<<10 - 1)) }

// exportedVars are the variables that programs get. A local one that is not exported, or has no value, hides no other from
// them.
func (sh *Shell) exportedVars() []namedVar {
	var all []namedVar
	var seen map[string]bool // in the scopes further in
	if sh.scope.up != nil {
		seen = make(map[string]bool)
	}
	for s := sh.scope; s != nil; s = s.up {
		for name, v := range s.vars {
			list := v.flags&(isList|isAssoc) != 0
			if v.flags&exported == 0 || !v.set && !list || seen[name] {
				continue
			}
			if seen != nil {
				seen[name] = true
			}
			bucket := -1
			if s.up == nil {
				bucket = globalBucket(name)
			}
			if !list {
				all = append(all, namedVar{name, v, bucket})
			}
		}
	}
	return all
}

// each calls f for every visible variable, each name once.
func (s *scope) each(f func(name string, v *variable)) {
	if s.up == nil {
		for name, v := range s.vars {
			f(name, v)
		}
		return
	}
	seen := make(map[string]bool)
	for ; s != nil; s = s.up {
		for name, v := range s.vars {
			if !seen[name] {
				seen[name] = true
				f(name, v)
			}
		}
	}
}

// names lists the visible variables that have a value, sorted.
func (sh *Shell) names(prefix string) []string {
	var out []string
	sh.scope.each(func(name string, v *variable) {
		if strings.HasPrefix(name, prefix) && (v.set || v.flags&(isList|isAssoc) != 0 && len(v.elements()) > 0) {
			out = append(out, name)
		}
	})
	slices.Sort(out)
	return out
}
