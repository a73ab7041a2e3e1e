package execline

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/filetest"
	"s6box/internal/posixre"
	"s6box/internal/sys"
)

// unaryTest evaluates an operator of eltest with one operand.
func unaryTest(inv *applet.Invocation, op, arg string) (bool, error) {
	switch op {
	case "-n":
		return arg != "", nil
	case "-z":
		return arg == "", nil
	case "-v":
		_, ok := inv.Proc.Env.Get(arg)
		return ok, nil
	case "-t":
		return isTerminal(inv, arg)
	}
	path, err := inv.Proc.Path(arg)
	if err != nil {
		return false, err
	}
	return filetest.File(op[1], path), nil
}

func isTerminal(inv *applet.Invocation, word string) (bool, error) {
	n, ok := applet.ParseUint(word)
	if !ok || n > 1<<31-1 {
		return false, applet.Fatal(applet.ExitUsage, "-t requires an integer argument: %s", word)
	}
	fd, err := inv.Proc.FD(int(n))
	return err == nil && sys.IsTerminal(fd), nil
}

// binaryTest evaluates an operator of eltest between two operands.
func binaryTest(inv *applet.Invocation, op, a, b string) (bool, error) {
	switch op {
	case "=":
		return a == b, nil
	case "!=":
		return a != b, nil
	case "<":
		return a < b, nil
	case "<=":
		return a <= b, nil
	case ">":
		return a > b, nil
	case ">=":
		return a >= b, nil
	case "=~":
		re, err := posixre.Compile(b, 0)
		if err != nil {
			return false, applet.Fatal(applet.ExitUsage, "unable to compile %s into a regular expression: %v", b, err)
		}
		return re.Match(a), nil
	case "-nt", "-ot", "-ef":
		return compareFiles(inv, op, a, b)
	}
	return compareNumbers(op, a, b)
}

func compareNumbers(op, a, b string) (bool, error) {
	x, okx := leadingInt(a)
	y, oky := leadingInt(b)
	if !okx || !oky {
		return false, applet.Fatal(applet.ExitUsage, "%s requires integer arguments: %s %s %s", op, a, op, b)
	}
	return filetest.Compare(x, op, y), nil
}

// leadingInt reads the number a word begins with, as upstream does; the largest there is if it is larger.
func leadingInt(word string) (int64, bool) {
	end := 0
	if word != "" && (word[0] == '-' || word[0] == '+') {
		end = 1
	}
	for end < len(word) && '0' <= word[end] && word[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(word[:end], 10, 64)
	if err != nil && err.(*strconv.NumError).Err == strconv.ErrSyntax {
		return 0, false
	}
	return n, true
}

func compareFiles(inv *applet.Invocation, op, a, b string) (bool, error) {
	pathA, err := inv.Proc.Path(a)
	if err != nil {
		return false, err
	}
	pathB, err := inv.Proc.Path(b)
	if err != nil {
		return false, err
	}
	var sa, sb unix.Stat_t
	errA, errB := unix.Stat(pathA, &sa), unix.Stat(pathB, &sb)
	switch op {
	case "-nt":
		return errA == nil && (errB != nil || filetest.Later(sa.Mtim, sb.Mtim)), nil
	case "-ot":
		return errA != nil || errB == nil && filetest.Later(sb.Mtim, sa.Mtim), nil
	}
	return errA == nil && errB == nil && sa.Dev == sb.Dev && sa.Ino == sb.Ino, nil
}
