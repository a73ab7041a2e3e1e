package proc

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
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
	if strings.Contains(name, "/") {
		if after != "" {
			return "", unix.ENOENT
		}
		return name, nil
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
		switch err := s.executable(file); {
		case err == nil:
			return file, nil
		case err == unix.EACCES:
			found = err
		case err != unix.ENOENT && err != unix.ENOTDIR:
			return "", err
		case found != unix.EACCES:
			found = err
		}
	}
	return "", found
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

func (s *State) executable(file string) error {
	if !strings.HasPrefix(file, "/") && s.dir != "" {
		file = s.dir + "/" + file
	}
	var st unix.Stat_t
	if err := unix.Stat(file, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG || st.Mode&0o111 == 0 {
		return unix.EACCES
	}
	return unix.Faccessat(unix.AT_FDCWD, file, unix.X_OK, unix.AT_EACCESS)
}

// IsSelf tells whether file, as s names it, is the program this process runs.
func (s *State) IsSelf(file string) bool {
	if !strings.HasPrefix(file, "/") && s.dir != "" {
		file = s.dir + "/" + file
	}
	var it, self unix.Stat_t
	return unix.Stat(file, &it) == nil && unix.Stat(SelfPath, &self) == nil && it.Dev == self.Dev && it.Ino == self.Ino
}

// Self returns a path that executes this program again: SelfPath, or what this process was started by
// where there is no /proc.
func Self() string {
	var st unix.Stat_t
	if unix.Stat(SelfPath, &st) == nil {
		return SelfPath
	}
	name := ExecFile()
	if name == "" {
		name = os.Args[0]
	}
	if file, err := filepath.EvalSymlinks(name); err == nil {
		return file // a link's name would stand for one command
	}
	return name
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
