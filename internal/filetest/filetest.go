// Package filetest answers what eltest and the test of a shell ask of a file, and of two numbers.
package filetest

import "golang.org/x/sys/unix"

// File tells whether there is a file at path of which the letter op is true, as in test(1): what it is, what the effective
// user may do with it. U is O; links are followed but for h and L.
func File(op byte, path string) bool {
	switch op {
	case 'r':
		return access(path, unix.R_OK)
	case 'w':
		return access(path, unix.W_OK)
	case 'x':
		return access(path, unix.X_OK)
	}
	var st unix.Stat_t
	if op == 'h' || op == 'L' {
		return unix.Lstat(path, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK
	}
	return unix.Stat(path, &st) == nil && is(op, &st)
}

func access(path string, mode uint32) bool {
	return unix.Faccessat(unix.AT_FDCWD, path, mode, unix.AT_EACCESS) == nil
}

// is tells what stat alone can tell.
func is(op byte, st *unix.Stat_t) bool {
	kind := st.Mode & unix.S_IFMT
	switch op {
	case 'a', 'e':
		return true
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
		return Later(st.Mtim, st.Atim)
	}
	return false
}

// Later tells whether a is after b.
func Later(a, b unix.Timespec) bool { return a.Sec > b.Sec || a.Sec == b.Sec && a.Nsec > b.Nsec }

// Compare tells whether a and b are as op says: -eq, -ne, -lt, -le, -gt or -ge.
func Compare(a int64, op string, b int64) bool {
	switch op {
	case "-eq":
		return a == b
	case "-ne":
		return a != b
	case "-lt":
		return a < b
	case "-le":
		return a <= b
	case "-gt":
		return a > b
	}
	return a >= b
}
