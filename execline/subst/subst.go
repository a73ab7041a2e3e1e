// Package subst replaces ${key} in command lines, and transforms the values it puts there, as the execline
// pages el_substitute and el_transform specify.
package subst

import (
	"errors"
	"strings"
)

// Var is a key and its values. A word that holds the key becomes as many words as there are values: none for
// an empty list.
type Var struct {
	Key    string
	Values []string
}

// One makes a Var with one value.
func One(key, value string) Var { return Var{key, []string{value}} }

var (
	// ErrKey says that a key is empty or given twice.
	ErrKey = errors.New("bad substitution key")
	// errTooLong says that the command line would outgrow anything a process can be given.
	errTooLong = errors.New("argument list too long")
)

// tooLong is the length in bytes, a word counting for 16 more, of a command line that is refused: several
// times what the kernel takes.
const tooLong = 16 << 20

// Apply returns argv with all vars substituted in parallel: values are not looked at again. Keys that hold
// any of \ $ { } match nothing. argv itself is left as it was.
func Apply(argv []string, vars ...Var) ([]string, error) {
	s, err := newSubstitution(vars)
	if err != nil {
		return nil, err
	}
	same := 0
	for same < len(argv) && !s.scan(argv[same]) {
		same++
	}
	if same == len(argv) {
		return argv, nil
	}
	s.out = append(make([]string, 0, len(argv)+8), argv[:same]...)
	for _, word := range argv[same:] {
		if !s.scan(word) {
			s.out = append(s.out, word)
		} else if err := s.expand(); err != nil {
			return nil, err
		}
	}
	return s.out, nil
}

// segment is a piece of a word: a literal followed by a reference to a variable, unless v is nil.
type segment struct {
	lit string
	v   *Var
}

type substitution struct {
	vars   []Var
	byName map[string]*Var // built when there are many
	word   []segment       // the word last scanned
	out    []string
	size   int // of what was substituted into out
	buf    []byte
}

func newSubstitution(vars []Var) (*substitution, error) {
	s := &substitution{vars: vars}
	if len(vars) > 8 {
		s.byName = make(map[string]*Var, len(vars))
	}
	for i := range vars {
		key := vars[i].Key
		if key == "" {
			return nil, ErrKey
		}
		if s.byName != nil {
			if s.byName[key] != nil {
				return nil, ErrKey
			}
			s.byName[key] = &vars[i]
			continue
		}
		for j := range i {
			if vars[j].Key == key {
				return nil, ErrKey
			}
		}
	}
	return s, nil
}

func (s *substitution) find(key string) *Var {
	if s.byName != nil {
		return s.byName[key]
	}
	for i := range s.vars {
		if s.vars[i].Key == key {
			return &s.vars[i]
		}
	}
	return nil
}

// scan splits word into segments and tells whether it holds any key. The backslashes in front of a key are
// halved; an odd one makes the key a literal.
func (s *substitution) scan(word string) bool {
	s.word = s.word[:0]
	done, from := 0, 0
	for {
		i := strings.IndexByte(word[from:], '$')
		if i < 0 {
			break
		}
		i += from
		v, end := s.reference(word, i)
		if v == nil {
			from = i + 1
			continue
		}
		slash := i
		for slash > done && word[slash-1] == '\\' {
			slash--
		}
		lit := word[done : slash+(i-slash)/2]
		if (i-slash)%2 == 1 {
			s.word = append(s.word, segment{lit, nil}, segment{word[i:end], nil})
		} else {
			s.word = append(s.word, segment{lit, v})
		}
		done, from = end, end
	}
	if len(s.word) == 0 {
		return false
	}
	s.word = append(s.word, segment{word[done:], nil})
	return true
}

// reference reads the key that the dollar at i introduces. v is nil where there is none.
func (s *substitution) reference(word string, i int) (v *Var, end int) {
	start := i + 1
	braced := start < len(word) && word[start] == '{'
	if braced {
		start++
	}
	end = start
	for end < len(word) && !special[word[end]] {
		end++
	}
	name := word[start:end]
	if braced {
		if end == len(word) || word[end] != '}' {
			return nil, 0
		}
		end++
	}
	if name == "" {
		return nil, 0
	}
	return s.find(name), end
}

var special = [256]bool{'\\': true, '$': true, '{': true, '}': true}

// expand appends to out every word the scanned one stands for; the leftmost key varies slowest.
func (s *substitution) expand() error {
	for i := range s.word {
		if v := s.word[i].v; v != nil && len(v.Values) == 0 {
			return nil
		}
	}
	return s.product(s.buf[:0], s.word)
}

func (s *substitution) product(prefix []byte, rest []segment) error {
	for len(rest) > 0 {
		prefix = append(prefix, rest[0].lit...)
		v := rest[0].v
		rest = rest[1:]
		if v == nil {
			continue
		}
		if len(v.Values) == 1 {
			prefix = append(prefix, v.Values[0]...)
			continue
		}
		for _, value := range v.Values {
			if err := s.product(append(prefix, value...), rest); err != nil {
				return err
			}
		}
		return nil
	}
	if s.size += len(prefix) + 16; s.size > tooLong {
		return errTooLong
	}
	s.out = append(s.out, string(prefix))
	s.buf = prefix[:0]
	return nil
}
