package chain

import (
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

// Hint is what to know or do about err, the reason why file could not be executed: words in parentheses behind a blank, or
// nothing.
func Hint(dirfd int, file string, err error) string {
	if why := hint(dirfd, file, err); why != "" {
		return " (" + why + ")"
	}
	return ""
}

func hint(dirfd int, file string, err error) string {
	var st unix.Stat_t
	if unix.Fstatat(dirfd, file, &st, 0) != nil {
		if err == unix.ENOENT && unix.Fstatat(dirfd, file, &st, unix.AT_SYMLINK_NOFOLLOW) == nil {
			return file + " is a symbolic link that leads nowhere"
		}
		return ""
	}
	sb, script := ReadShebang(dirfd, file)
	loader, program := loaderOf(dirfd, file)
	may := st.Mode&0o111 != 0
	switch {
	case st.Mode&unix.S_IFMT == unix.S_IFDIR:
		return file + " is a directory"
	case script && sb.CRLF:
		return file + " has CRLF line endings: convert them to LF"
	case err == unix.ENOENT && script:
		return "interpreter " + sb.Interpreter + " of " + file + " is missing" + elsewhere(sb.Interpreter)
	case err == unix.ENOENT && loader != "":
		return file + " is linked dynamically, and its loader " + loader + " is missing"
	case err == unix.EACCES && !may:
		return file + " is not executable: chmod +x is missing"
	case err == unix.EACCES && script:
		return "interpreter " + sb.Interpreter + " of " + file + " may not be executed"
	case err == unix.EACCES && Noexec(dirfd, file):
		return "the file system that " + file + " is on is mounted noexec"
	case err == unix.ENOEXEC && program:
		return file + " is a program for another kind of machine"
	case err == unix.ENOEXEC && !script:
		return noInterpreter(dirfd, file)
	}
	return ""
}

// noInterpreter is what is wrong with the first line of a script that nobody runs.
func noInterpreter(dirfd int, file string) string {
	text, _ := sys.ReadFile(dirfd, file, 64)
	switch head := string(text); {
	case strings.HasPrefix(head, "#!"):
		return "the #! line of " + file + " names no interpreter"
	case strings.HasPrefix(strings.TrimLeft(head, " \t\r\n\ufeff"), "#!"):
		return "something precedes the #! of " + file + ": it has to be its first two characters"
	}
	return file + " has no #! line"
}

// elsewhere says of an interpreter that is missing that it is one of ours, which images without the symlinks tarballs have in
// another place.
func elsewhere(interpreter string) string {
	there := Linked(interpreter)
	if there == "" || missing(there) {
		return ""
	}
	return ": it is " + there + ", and in " + path.Dir(interpreter) + "/ with the symlinks tarballs"
}

// Linked is where a program of ours is that is called by one of the links of the symlinks tarballs; "": it is not.
func Linked(program string) string {
	dir, name := path.Split(program)
	if dir != "/usr/bin/" && dir != "/bin/" || applet.Lookup(name) == nil || IsShell(name) {
		return ""
	}
	return "/command/" + name
}

// Noexec tells whether nothing may be executed on the file system that file is on.
func Noexec(dirfd int, file string) bool {
	fd, err := sys.Open(dirfd, file, unix.O_PATH, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	var fs unix.Statfs_t
	return unix.Fstatfs(fd, &fs) == nil && fs.Flags&unix.MS_NOEXEC != 0
}

// loaderOf finds the dynamic loader that a program asks for, which stands behind the headers of the file. program is false
// for what is no program.
func loaderOf(dirfd int, file string) (loader string, program bool) {
	fd, err := sys.Open(dirfd, file, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return "", false
	}
	defer unix.Close(fd)
	head := make([]byte, 4096)
	n, _ := unix.Pread(fd, head, 0)
	text := string(head[:max(n, 0)])
	if !strings.HasPrefix(text, "\x7fELF") {
		return "", false
	}
	if at := strings.Index(text, "/lib"); at >= 0 {
		loader, _, _ = strings.Cut(text[at:], "\x00")
	}
	return loader, true
}

// hintFor is Hint for name, the first word of a command line, on behalf of st.
func hintFor(st *proc.State, dirs, name string, err error) string {
	if name == "" {
		return " (an empty word stands where the program should)"
	}
	file := name
	if !strings.Contains(name, "/") {
		if file, _, _ = st.FindIn(dirs, name, ""); file == "" {
			return ""
		}
	}
	path, perr := st.Path(file)
	if perr != nil {
		return ""
	}
	return strings.ReplaceAll(Hint(sys.AT, path, err), path, file)
}
