package shell

import (
	"slices"
	"strconv"
)

// list is an indexed array. Subscripts may have gaps: index is nil when there are none. A list that was
// shared with a subshell is copied before it is changed.
type list struct {
	elems  []string
	index  []int
	shared bool
}

func (l *list) fork() *list {
	if l != nil {
		l.shared = true
	}
	return l
}

// own returns a list that may be changed.
func (l *list) own() *list {
	switch {
	case l == nil:
		return &list{}
	case !l.shared:
		return l
	}
	return &list{elems: slices.Clone(l.elems), index: slices.Clone(l.index)}
}

func listOf(elems []string) *list { return &list{elems: elems} }

func (l *list) at(i int) (string, bool) {
	if l == nil {
		return "", false
	}
	if l.index == nil {
		if i < 0 || i >= len(l.elems) {
			return "", false
		}
		return l.elems[i], true
	}
	at, ok := slices.BinarySearch(l.index, i)
	if !ok {
		return "", false
	}
	return l.elems[at], true
}

func (l *list) put(i int, value string) {
	if l.index == nil {
		switch {
		case i < len(l.elems):
			l.elems[i] = value
			return
		case i == len(l.elems):
			l.elems = append(l.elems, value)
			return
		}
		l.spread()
	}
	at, ok := slices.BinarySearch(l.index, i)
	if ok {
		l.elems[at] = value
		return
	}
	l.index = slices.Insert(l.index, at, i)
	l.elems = slices.Insert(l.elems, at, value)
}

func (l *list) remove(i int) {
	if l.index == nil {
		if i >= len(l.elems) {
			return
		}
		if i == len(l.elems)-1 {
			l.elems = l.elems[:i]
			return
		}
		l.spread()
	}
	if at, ok := slices.BinarySearch(l.index, i); ok {
		l.index = slices.Delete(l.index, at, at+1)
		l.elems = slices.Delete(l.elems, at, at+1)
	}
}

// spread makes the subscripts explicit.
func (l *list) spread() {
	l.index = make([]int, len(l.elems), len(l.elems)+1)
	for i := range l.index {
		l.index[i] = i
	}
}

// top is one more than the largest subscript.
func (l *list) top() int {
	switch {
	case l == nil || len(l.elems) == 0:
		return 0
	case l.index == nil:
		return len(l.elems)
	}
	return l.index[len(l.index)-1] + 1
}

func (l *list) values() []string {
	if l == nil {
		return nil
	}
	return l.elems
}

func (l *list) keys() []string {
	if l == nil {
		return nil
	}
	keys := make([]string, len(l.elems))
	for i := range keys {
		n := i
		if l.index != nil {
			n = l.index[i]
		}
		keys[i] = strconv.Itoa(n)
	}
	return keys
}

// from returns the elements whose subscript is at least i.
func (l *list) from(i int) []string {
	if l == nil {
		return nil
	}
	if l.index == nil {
		return l.elems[min(i, len(l.elems)):]
	}
	at, _ := slices.BinarySearch(l.index, i)
	return l.elems[at:]
}

// assoc is an associative array. It lists its elements in the order in which bash does, which scripts
// unknowingly rely on: by the bucket of the key's hash, the newest first within one.
type assoc struct {
	m      map[string]entry
	next   int
	shared bool
}

type entry struct {
	value string
	seq   int
}

func (a *assoc) fork() *assoc {
	if a != nil {
		a.shared = true
	}
	return a
}

func (a *assoc) own() *assoc {
	if a != nil && !a.shared {
		return a
	}
	out := &assoc{m: make(map[string]entry)}
	if a != nil {
		out.next = a.next
		for k, v := range a.m {
			out.m[k] = v
		}
	}
	return out
}

func (a *assoc) get(key string) (string, bool) {
	if a == nil {
		return "", false
	}
	e, ok := a.m[key]
	return e.value, ok
}

func (a *assoc) put(key, value string) {
	e, ok := a.m[key]
	if !ok {
		a.next++
		e.seq = a.next
	}
	e.value = value
	a.m[key] = e
}

func (a *assoc) remove(key string) { delete(a.m, key) }

func (a *assoc) keys() []string {
	if a == nil {
		return nil
	}
	buckets := uint32(1024)
	for len(a.m) >= 2*int(buckets) {
		buckets *= 4
	}
	type place struct {
		key    string
		bucket uint32
		seq    int
	}
	places := make([]place, 0, len(a.m))
	for k, e := range a.m {
		places = append(places, place{k, hash(k) & (buckets - 1), e.seq})
	}
	slices.SortFunc(places, func(x, y place) int {
		if x.bucket != y.bucket {
			return int(x.bucket) - int(y.bucket)
		}
		return y.seq - x.seq
	})
	keys := make([]string, len(places))
	for i, p := range places {
		keys[i] = p.key
	}
	return keys
}

func (a *assoc) values() []string {
	keys := a.keys()
	for i, k := range keys {
		keys[i] = a.m[k].value
	}
	return keys
}

// hash is FNV-1.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = h*16777619 ^ uint32(s[i])
	}
	return h
}
