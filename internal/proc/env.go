package proc

import "strings"

// Env is a process environment: the entries as execve receives them, in order. Entries without '=' and
// repeated names are kept as they are; the first entry of a name is the one that counts.
// An Env is a value: its methods return a changed copy and never write through to the old one.
type Env []string

// Get returns the value of name and whether it is set.
func (e Env) Get(name string) (string, bool) {
	for _, kv := range e {
		if hasName(kv, name) {
			return kv[len(name)+1:], true
		}
	}
	return "", false
}

// Set returns e with name set to value and no other entry of that name.
func (e Env) Set(name, value string) Env { return e.Merge([]string{name + "=" + value}) }

// Unset returns e without any entry of name.
func (e Env) Unset(name string) Env { return e.Merge([]string{name}) }

// Merge returns e with every entry of changes applied in turn: "name=value" sets, "name" unsets. What goes is
// replaced by the last entry, as the C programs do: whoever compares what env prints sees the same order.
func (e Env) Merge(changes []string) Env {
	out := append(make(Env, 0, len(e)+len(changes)), e...)
	const many = 64
	if len(changes) > many {
		if at := out.index(); at != nil {
			return out.mergeAt(changes, at)
		}
	}
	for _, c := range changes {
		name, _, set := strings.Cut(c, "=")
		for i := 0; i < len(out); {
			if hasName(out[i], name) {
				out = out.drop(i)
			} else {
				i++
			}
		}
		if set {
			out = append(out, c)
		}
	}
	return out
}

// drop puts the last entry in the place of the one at i.
func (e Env) drop(i int) Env {
	last := len(e) - 1
	e[i] = e[last]
	return e[:last]
}

// index tells where each name is. It is nil if a name is there twice.
func (e Env) index() map[string]int {
	at := make(map[string]int, len(e))
	for i, kv := range e {
		if name, _, isVar := strings.Cut(kv, "="); isVar {
			if _, twice := at[name]; twice {
				return nil
			}
			at[name] = i
		}
	}
	return at
}

// mergeAt is Merge in place for a great many changes, which does not search.
func (e Env) mergeAt(changes []string, at map[string]int) Env {
	for _, c := range changes {
		name, _, set := strings.Cut(c, "=")
		if i, ok := at[name]; ok {
			delete(at, name)
			e = e.drop(i)
			if i < len(e) {
				if moved, _, isVar := strings.Cut(e[i], "="); isVar {
					at[moved] = i
				}
			}
		}
		if set {
			at[name] = len(e)
			e = append(e, c)
		}
	}
	return e
}

// Filter returns the entries for which keep says true; name is the part before '=', or the whole entry.
func (e Env) Filter(keep func(name string) bool) Env {
	out := make(Env, 0, len(e))
	for _, kv := range e {
		name, _, _ := strings.Cut(kv, "=")
		if keep(name) {
			out = append(out, kv)
		}
	}
	return out
}

func hasName(kv, name string) bool {
	return len(kv) > len(name) && kv[len(name)] == '=' && kv[:len(name)] == name
}
