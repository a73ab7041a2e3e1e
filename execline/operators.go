package execline

import (
	"strconv"

	"golang.org/x/sys/unix"

	"s6box/execline/posixre"
	"s6box/internal/applet"
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
	switch op {
	case "-r":
		return access(path, unix.R_OK), nil
	case "-w":
		return access(path, unix.W_OK), nil
	case "-x":
		return access(path, unix.X_OK), nil
	case "-h", "-L":
		var st unix.Stat_t
		return unix.Lstat(path, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK, nil
	}
	var st unix.Stat_t
	return unix.Stat(path, &st) == nil && fileTest(op[1], &st), nil
}

// fileTest evaluates an operator that only looks at what stat returns.
func fileTest(op byte, st *unix.Stat_t) bool {
	kind := st.Mode & unix.S_IFMT
	switch op {
	case 'b':
		return kind == unix.S_IFBLK
	case 'c':
		return kind == unix.S_IFCHR
	case 'd':
		return kind == unix.S_IFDIR
	case 'f':
		return kind == unix.S_IFREG
	case 'p':
		return kind == unix.S_IFIFO
	case 'S':
		return kind == unix.S_IFSOCK
	case 'g':
		return st.Mode&unix.S_ISGID != 0
	case 'k':
		return st.Mode&unix.S_ISVTX != 0
	case 'u':
		return st.Mode&unix.S_ISUID != 0
	case 's':
		return st.Size > 0
	case 'O', 'U':
		return int(st.Uid) == unix.Geteuid()
	case 'G':
		return int(st.Gid) == unix.Getegid()
	case 'N':
		return later(st.Mtim, st.Atim)
	}
	return true // -e
}

func isTerminal(inv *applet.Invocation, word string) (bool, error) {
	n, ok := applet.ParseUint(word)
	if !ok || n > 1<<31-1 {
		return false, applet.Fatal(applet.ExitUsage, "-t requires an integer argument: %s", word)
	}
	fd, err := inv.Proc.FD(int(n))
	return err == nil && sys.IsTerminal(fd), nil
}

func access(path string, mode uint32) bool {
	return unix.Faccessat(unix.AT_FDCWD, path, mode, unix.AT_EACCESS) == nil
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
	switch op {
	case "-eq":
		return x == y, nil
	case "-ne":
		return x != y, nil
	case "-lt":
		return x < y, nil
	case "-le":
		return x <= y, nil
	case "-gt":
		return x > y, nil
	}
	return x >= y, nil // -ge
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
		return errA == nil && (errB != nil || later(sa.Mtim, sb.Mtim)), nil
	case "-ot":
		return errA != nil || errB == nil && later(sb.Mtim, sa.Mtim), nil
	}
	return errA == nil && errB == nil && sa.Dev == sb.Dev && sa.Ino == sb.Ino, nil
}

func later(a, b unix.Timespec) bool { return a.Sec > b.Sec || a.Sec == b.Sec && a.Nsec > b.Nsec }
