package shell

import "mvdan.cc/sh/v3/syntax"

// regrouped is x with the precedence that bash gives its operators: ! before && before ||. The parser lets each of them take all
// that follows.
func regrouped(x syntax.TestExpr) syntax.TestExpr {
	if !misgrouped(x, false) {
		return x
	}
	var f flatTest
	f.add(x)
	var any, all syntax.TestExpr
	for i, leaf := range f.leaves {
		if all == nil {
			all = leaf
		} else {
			all = &syntax.BinaryTest{OpPos: f.ops[i-1].OpPos, Op: syntax.AndTest, X: all, Y: leaf}
		}
		if i < len(f.ops) && f.ops[i].Op == syntax.AndTest {
			continue
		}
		if any == nil {
			any = all
		} else {
			any = &syntax.BinaryTest{Op: syntax.OrTest, X: any, Y: all}
		}
		all = nil
	}
	return any
}

// misgrouped tells whether an || stands below an && or a !, or an && below a !. tight says that one that binds tighter is above.
func misgrouped(x syntax.TestExpr, tight bool) bool {
	switch x := x.(type) {
	case *syntax.UnaryTest:
		if x.Op != syntax.TsNot {
			return false
		}
		b, ok := x.X.(*syntax.BinaryTest)
		return ok && (b.Op == syntax.AndTest || b.Op == syntax.OrTest) || misgrouped(x.X, tight)
	case *syntax.BinaryTest:
		switch x.Op {
		case syntax.OrTest:
			return tight || misgrouped(x.X, false) || misgrouped(x.Y, false)
		case syntax.AndTest:
			return misgrouped(x.X, true) || misgrouped(x.Y, true)
		}
	}
	return false
}

// flatTest is a condition as written: what is between the operators && and ||, and these.
type flatTest struct {
	leaves []syntax.TestExpr
	ops    []*syntax.BinaryTest
}

func (f *flatTest) add(x syntax.TestExpr) {
	if b, ok := x.(*syntax.BinaryTest); ok && (b.Op == syntax.AndTest || b.Op == syntax.OrTest) {
		f.add(b.X)
		f.ops = append(f.ops, b)
		f.add(b.Y)
		return
	}
	if n, ok := x.(*syntax.UnaryTest); ok && n.Op == syntax.TsNot {
		first := len(f.leaves)
		f.add(n.X)
		f.leaves[first] = &syntax.UnaryTest{OpPos: n.OpPos, Op: syntax.TsNot, X: f.leaves[first]}
		return
	}
	f.leaves = append(f.leaves, x)
}
