package shell

import (
	"strconv"
	"strings"

	"s6box/internal/filetest"
	"s6box/internal/sys"
)

// builtinTest is test and [.
func builtinTest(sh *Shell, words []string) int {
	args := words[1:]
	if words[0] == "[" {
		if len(args) == 0 || args[len(args)-1] != "]" {
			sh.complain("[: missing `]'")
			return 2
		}
		args = args[:len(args)-1]
	}
	t := tester{sh: sh, name: words[0], args: args}
	ok, err := t.all()
	if err != nil {
		sh.complain("%s: %s", words[0], err.Error())
		return 2
	}
	return boolStatus(ok)
}

type tester struct {
	sh   *Shell
	name string
	args []string
	at   int
}

func testError(msg string) error { return &failure{msg: msg, code: 2} }

// all evaluates by the number of arguments, as POSIX has it, and as an expression beyond that.
func (t *tester) all() (bool, error) {
	a := t.args
	switch len(a) {
	case 0:
		return false, nil
	case 1:
		return a[0] != "", nil
	case 2:
		if a[0] == "!" {
			return a[1] == "", nil
		}
		if !isUnary(a[0]) {
			return false, testError(a[0] + ": unary operator expected")
		}
		return t.sh.unaryTest(a[0], a[1])
	case 3:
		return t.three(a)
	case 4:
		if a[0] == "!" {
			ok, err := t.three(a[1:])
			return !ok, err
		}
		if a[0] == "(" && a[3] == ")" {
			return (&tester{sh: t.sh, args: a[1:3]}).all()
		}
	}
	ok, err := t.or()
	if err == nil && t.at < len(a) {
		if word := a[t.at]; len(word) > 0 && word[0] == '-' {
			return false, testError("syntax error: `" + word + "' unexpected")
		}
		return false, testError("too many arguments")
	}
	return ok, err
}

func (t *tester) three(a []string) (bool, error) {
	switch {
	case isBinary(a[1]):
		return t.sh.binaryTest(a[0], a[1], a[2])
	case a[1] == "-a":
		return a[0] != "" && a[2] != "", nil
	case a[1] == "-o":
		return a[0] != "" || a[2] != "", nil
	case a[0] == "!":
		ok, err := (&tester{sh: t.sh, args: a[1:]}).all()
		return !ok, err
	case a[0] == "(" && a[2] == ")":
		return a[1] != "", nil
	}
	return false, testError(a[1] + ": binary operator expected")
}

func (t *tester) or() (bool, error) {
	left, err := t.and()
	for err == nil && t.peek("-o") {
		t.at++
		var right bool
		right, err = t.and()
		left = left || right
	}
	return left, err
}

func (t *tester) and() (bool, error) {
	left, err := t.term()
	for err == nil && t.peek("-a") {
		t.at++
		var right bool
		right, err = t.term()
		left = left && right
	}
	return left, err
}

func (t *tester) peek(word string) bool { return t.at < len(t.args) && t.args[t.at] == word }

func (t *tester) term() (bool, error) {
	rest := t.args[t.at:]
	switch {
	case len(rest) == 0:
		return false, testError("argument expected")
	case rest[0] == "!":
		t.at++
		ok, err := t.term()
		return !ok, err
	case rest[0] == "(" && !(len(rest) >= 3 && isBinary(rest[1])):
		t.at++
		ok, err := t.or()
		if err == nil && !t.peek(")") {
			msg := "`)' expected"
			if t.at < len(t.args) {
				msg += ", found " + t.args[t.at]
			}
			return false, testError(msg)
		}
		t.at++
		return ok, err
	case len(rest) >= 3 && isBinary(rest[1]):
		t.at += 3
		return t.sh.binaryTest(rest[0], rest[1], rest[2])
	case len(rest) >= 2 && isUnary(rest[0]):
		t.at += 2
		return t.sh.unaryTest(rest[0], rest[1])
	}
	t.at++
	return rest[0] != "", nil
}

func isUnary(s string) bool {
	return len(s) == 2 && s[0] == '-' && strings.IndexByte("abcdefghknoprstuvwxzGLNORS", s[1]) >= 0
}

func isBinary(s string) bool {
	switch s {
	case "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
		return true
	}
	return false
}

// unaryTest is the operator op of test and [[ on one operand.
func (sh *Shell) unaryTest(op, arg string) (bool, error) {
	switch op {
	case "-z":
		return arg == "", nil
	case "-n":
		return arg != "", nil
	case "-t":
		n, err := number(arg)
		if err != nil {
			return false, nil
		}
		real, err := sh.fd(n)
		if err != nil {
			return false, nil
		}
		return sys.IsTerminal(real), nil
	case "-o":
		return sh.optionOn(arg), nil
	case "-v":
		return sh.isSet(arg), nil
	case "-R":
		v, _ := sh.scope.find(arg)
		return v != nil && v.flags&nameref != 0 && v.set, nil
	}
	return sh.fileTest(op, arg), nil
}

// isSet is -v: the variable, or the element, has a value.
func (sh *Shell) isSet(name string) bool {
	op := &operand{ref: parseRef(name), label: name}
	if op.sub && op.index != "@" && op.index != "*" {
		index, err := sh.expandText(op.index)
		if err != nil {
			return false
		}
		op.index = index
	}
	if !isName(op.name) {
		if _, err := strconv.Atoi(op.name); err != nil {
			return false
		}
	}
	if op.sub && op.index == "" {
		return false
	}
	if _, v := sh.resolve(op.ref); v != nil && v.flags&isAssoc != 0 {
		op.key = true
	}
	return sh.load(op) == nil && op.set
}

func (sh *Shell) optionOn(name string) bool {
	for i, o := range setOptions {
		if o.name == name {
			return sh.opts.set&(1<<i) != 0
		}
	}
	return false
}

func (sh *Shell) fileTest(op, name string) bool {
	path, err := sh.path(name)
	if err != nil || name == "" {
		return false
	}
	return filetest.File(op[1], path)
}

// binaryTest is an operator of test on two operands.
func (sh *Shell) binaryTest(left, op, right string) (bool, error) {
	switch op {
	case "=", "==":
		return left == right, nil
	case "!=":
		return left != right, nil
	case "<":
		return left < right, nil
	case ">":
		return left > right, nil
	case "-nt", "-ot", "-ef":
		return sh.compareFiles(left, op, right), nil
	}
	a, err := testInt(left)
	if err != nil {
		return false, err
	}
	b, err := testInt(right)
	return filetest.Compare(a, op, b), err
}

func testInt(s string) (int64, error) {
	n, err := wideNumber(s)
	if err != nil {
		return 0, testError(s + ": integer expression expected")
	}
	return n, nil
}

func (sh *Shell) compareFiles(left, op, right string) bool {
	a, errA := sh.stat(left)
	b, errB := sh.stat(right)
	switch op {
	case "-nt":
		return errA == nil && (errB != nil || filetest.Later(a.Mtim, b.Mtim))
	case "-ot":
		return errB == nil && (errA != nil || filetest.Later(b.Mtim, a.Mtim))
	}
	return errA == nil && errB == nil && a.Dev == b.Dev && a.Ino == b.Ino
}
