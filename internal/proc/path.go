package proc

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// DefaultPath is searched where the environment has no PATH.
const DefaultPath = "/command:/usr/bin:/bin"

// SelfPath names the program of this process for another execve.
const SelfPath = "/proc/self/exe"

// LookPath finds the file that executing name would run: name itself when it holds a slash, else the first
// executable of that name along the PATH of s. The error is EACCES when only unusable files were found, else
// that of the last directory. Links that go round, and the like, end the search.
func (s *State) LookPath(name string) (string, error) { return s.LookPathIn(s.SearchPath(), name, "") }

// SearchPath is the list of directories that LookPath searches.
func (s *State) SearchPath() string {
	if path, ok := s.Env.Get("PATH"); ok {
		return path
	}
	return DefaultPath
}

// LookPathIn is LookPath along another list of directories. A search that ended at the file after goes on
// behind it, as execve goes on where a file is there but its interpreter is not; "" begins at the front.
func (s *State) LookPathIn(path, name, after string) (string, error) {
	file, _, err := s.FindIn(path, name, after)
	return file, err
}

// FindIn is LookPathIn that tells as well whether the file is the program this process runs.
func (s *State) FindIn(path, name, after string) (file string, self bool, err error) {
	if strings.Contains(name, "/") {
		if after != "" {
			return "", false, unix.ENOENT
		}
		return name, s.IsSelf(name), nil
	}
	found := error(unix.ENOENT)
	begin := 0
	if after != "" {
		begin = 1 + lastIndex(path, name, after)
	}
	for dir := range strings.SplitSeq(path, ":") {
		if begin > 0 {
			begin--
			continue
		}
		file := within(dir, name)
		switch self, err := s.executable(file); {
		case err == nil:
			return file, self, nil
		case err == unix.EACCES:
			found = err
		case err != unix.ENOENT && err != unix.ENOTDIR:
			return "", false, err
		case found != unix.EACCES:
			found = err
		}
	}
	return "", false, found
}

// lastIndex is the place in path of the last directory in which name is file.
func lastIndex(path, name, file string) int {
	last, i := -1, 0
	for dir := range strings.SplitSeq(path, ":") {
		if within(dir, name) == file {
			last = i
		}
		i++
	}
	return last
}

func within(dir, name string) string {
	if dir == "" {
		dir = "."
	}
	return dir + "/" + name
}

// executable tells why file can't be executed, or whether it is the program this process runs.
func (s *State) executable(file string) (self bool, err error) {
	if !strings.HasPrefix(file, "/") && s.dir != "" {
		file = s.dir + "/" + file
	}
	var st unix.Stat_t
	switch err := unix.Stat(file, &st); {
	case err != nil:
		return false, err
	case st.Mode&unix.S_IFMT != unix.S_IFREG || st.Mode&0o111 == 0:
		return false, unix.EACCES
	case own.is(&st):
		return true, nil
	}
	return false, unix.Faccessat(unix.AT_FDCWD, file, unix.X_OK, unix.AT_EACCESS)
}

// MayExecute tells whether s may execute file, as s names it. Of other ids than those of this process it can't be told.
func (s *State) MayExecute(file string) bool {
	if s.ids != nil {
		return false
	}
	_, err := s.executable(file)
	return err == nil
}

// IsSelf tells whether file, as s names it, is the program this process runs.
func (s *State) IsSelf(file string) bool {
	if !strings.HasPrefix(file, "/") && s.dir != "" {
		file = s.dir + "/" + file
	}
	var st unix.Stat_t
	return unix.Stat(file, &st) == nil && own.is(&st)
}

// own is the file of the program this process runs, which does not change.
var own identity

// identity is the file that Self leads to when it is first asked for.
type identity struct {
	mu       sync.Mutex
	known    bool
	dev, ino uint64
}

func (f *identity) is(st *unix.Stat_t) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.known {
		var it unix.Stat_t
		if unix.Stat(SelfPath, &it) != nil && unix.Stat(Self(), &it) != nil {
			return false
		}
		f.known, f.dev, f.ino = true, uint64(it.Dev), it.Ino
	}
	return f.dev == uint64(st.Dev) && f.ino == st.Ino
}

// Self returns a path that executes this program again: SelfPath, or what this process was started by
// where there is no /proc.
func Self() string {
	var st unix.Stat_t
	if unix.Stat(SelfPath, &st) == nil {
		return SelfPath
	}
	name := ExecFile()
	if name == "" || isScript(name) {
		name = os.Args[0] // for a script what the kernel found in its first line
	}
	if file, err := filepath.EvalSymlinks(name); err == nil {
		return file // a link's name would stand for one command
	}
	return name
}

// isScript tells whether a file begins as scripts do.
func isScript(file string) bool {
	head, err := sys.ReadFile(sys.AT, file, 2)
	return err == nil && string(head) == "#!"
}

// ExecFile returns the path this process was executed by, as the caller of execve wrote it; "" if the
// kernel doesn't tell. For a script it is the script.
func ExecFile() string {
	addr := execFileAddr()
	if addr == 0 {
		return ""
	}
	return stackString(addr)
}
