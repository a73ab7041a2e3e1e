package shell

import (
	"mvdan.cc/sh/v3/syntax"

	"s6box/shell/pattern"
)

// sliceString is ${x:offset:length}.
func (sh *Shell) sliceString(s *syntax.Slice, op *operand, value string) (string, error) {
	at := make([]int, 0, len(value)+1)
	if sh.charMode() == pattern.Bytes {
		for i := range len(value) {
			at = append(at, i)
		}
	} else {
		for i := range value {
			at = append(at, i)
		}
	}
	at = append(at, len(value))
	n := len(at) - 1
	from, length, hasLength, err := sh.sliceRange(s, op)
	if err != nil {
		return "", err
	}
	if from < 0 {
		if from += n; from < 0 {
			return "", nil
		}
	}
	if from > n {
		return "", nil
	}
	to := n
	switch {
	case !hasLength:
	case length < 0:
		if to = n + length; to < from {
			return "", discard("%d: substring expression < 0", length)
		}
	default:
		to = min(n, from+length)
	}
	return value[at[from]:at[to]], nil
}

func (sh *Shell) sliceRange(s *syntax.Slice, op *operand) (from, length int, hasLength bool, err error) {
	if s.Offset != nil {
		n, err := sh.arithExpr(s.Offset)
		if err != nil {
			return 0, 0, false, labelled(err, op)
		}
		from = int(n)
	}
	if s.Length == nil {
		return from, 0, false, nil
	}
	n, err := sh.arithExpr(s.Length)
	return from, int(n), true, labelled(err, op)
}

// labelled says what an expression that failed was about.
func labelled(err error, op *operand) error {
	return altered(err, func(f *failure) {
		if !f.exit {
			f.msg = op.label + ": " + f.msg
		}
	})
}

// sliceList is ${@:offset:length} and ${a[@]:offset:length}; offset 0 of the positional parameters is $0.
func (sh *Shell) sliceList(s *syntax.Slice, op *operand) ([]string, error) {
	from, length, hasLength, err := sh.sliceRange(s, op)
	if err != nil {
		return nil, err
	}
	list := op.list
	top := op.v.top()
	positional := op.name == "@" || op.name == "*"
	if positional {
		list = append([]string{sh.name}, list...)
		top = len(list)
	}
	if from < 0 {
		if from += top; from < 0 {
			return nil, nil
		}
	}
	if !positional && op.v != nil && op.v.flags&isList != 0 {
		list = op.v.list.from(from)
	} else {
		if !positional && op.v != nil && op.v.flags&isAssoc != 0 && from > 0 {
			from-- // bash counts from 1 here
		}
		list = list[min(from, len(list)):]
	}
	if hasLength {
		if length < 0 {
			return nil, discard("%d: substring expression < 0", length)
		}
		list = list[:min(length, len(list))]
	}
	return list, nil
}

// top is one more than the largest subscript.
func (v *variable) top() int {
	if v == nil {
		return 0
	}
	if v.flags&isList != 0 {
		return v.list.top()
	}
	return len(v.elements())
}
