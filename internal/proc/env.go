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
func (e Env) Set(name, value string) Env {
	return append(e.without(name, 1), name+"="+value)
}

// Unset returns e without any entry of name.
func (e Env) Unset(name string) Env {
	return e.without(name, 0)
}

// Merge returns e with every entry of changes applied: "name=value" sets, "name" unsets.
func (e Env) Merge(changes []string) Env {
	for _, c := range changes {
		if name, value, ok := strings.Cut(c, "="); ok {
			e = e.Set(name, value)
		} else {
			e = e.Unset(c)
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

// without drops the entries of name, each replaced by the last one, as the C programs do: whoever compares what
// env prints sees the same order.
func (e Env) without(name string, extra int) Env {
	out := make(Env, len(e), len(e)+extra)
	copy(out, e)
	for i := 0; i < len(out); {
		if !hasName(out[i], name) {
			i++
			continue
		}
		last := len(out) - 1
		out[i] = out[last]
		out = out[:last]
	}
	return out
}

func hasName(kv, name string) bool {
	return len(kv) > len(name) && kv[len(name)] == '=' && kv[:len(name)] == name
}
