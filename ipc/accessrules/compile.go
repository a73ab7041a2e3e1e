package accessrules

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/cdb"
	"s6box/internal/sys"
)

// PathError is a file or directory of a ruleset that is not as it should be.
type PathError struct {
	Op, Path string // Op as in "unable to Op Path"
	Err      error
}

func (e *PathError) Error() string { return e.Op + " " + e.Path + ": " + e.Err.Error() }
func (e *PathError) Unwrap() error { return e.Err }

// TooBigError is the environment of a rule that does not fit into a compiled ruleset.
type TooBigError struct{ Path string }

func (e *TooBigError) Error() string { return e.Path + " too big" }

// Compile makes the database of the ruleset in the directory dir. truncated is called for each command line
// that is as long as can be, of which more may have been cut off.
func Compile(dir string, truncated func(path string)) ([]byte, error) {
	var w cdb.Writer
	kinds, err := subdirs(dir)
	if err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		names, err := subdirs(dir + "/" + kind)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			key := kind + "/" + name
			result, err := (Dir{sys.AT, dir}).Lookup(key)
			if err != nil {
				return nil, &PathError{"read rule", dir + "/" + key, err}
			}
			if result.Verdict == NotFound {
				continue
			}
			if len(result.Exec) == maxExec {
				truncated(dir + "/" + key + "/exec")
			}
			if result.envSize() > maxEnv {
				return nil, &TooBigError{dir + "/" + key + "/env"}
			}
			w.Add([]byte(key), result.Encode())
		}
	}
	return w.Bytes()
}

func (r Result) envSize() (n int) {
	for _, change := range r.Env {
		n += len(change) + 1
	}
	return n
}

func subdirs(dir string) ([]string, error) {
	names, err := sys.ReadDir(sys.AT, dir)
	if err != nil {
		return nil, &PathError{"opendir", dir, err}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name[0] == '.' })
	slices.Sort(names)
	return names, nil
}

// Decompile writes the ruleset of a database into the directory dir, which it makes; if it fails, it removes
// dir again.
func Decompile(r *cdb.Reader, dir string) error {
	if err := sys.Mkdir(sys.AT, dir, 0o755); err != nil {
		return &PathError{"mkdir", dir, err}
	}
	var failed error
	err := r.All(func(key, value []byte) bool {
		failed = writeRule(dir, string(key), value)
		return failed == nil
	})
	if failed == nil && err != nil {
		failed = &PathError{"read database for", dir, err}
	}
	if failed != nil {
		sys.RemoveAll(sys.AT, dir)
	}
	return failed
}

func writeRule(dir, key string, value []byte) error {
	result, err := decode(value)
	if err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	path, err := mkdirs(dir, key)
	if err != nil {
		return err
	}
	if result.Verdict == Deny {
		return writeFile(path+"/deny", "")
	}
	if err := writeFile(path+"/allow", ""); err != nil {
		return err
	}
	if result.Exec != "" {
		if err := writeFile(path+"/exec", result.Exec); err != nil {
			return err
		}
	}
	if len(result.Env) == 0 {
		return nil
	}
	return writeEnv(path+"/env", result.Env)
}

// mkdirs makes the directories of a key below dir. A key that leads anywhere else is a bad one.
func mkdirs(dir, key string) (string, error) {
	for part := range strings.SplitSeq(key, "/") {
		if part == "" || part == "." || part == ".." || strings.Contains(part, "\x00") {
			return "", fmt.Errorf("key %q: %w", key, ErrBadRule)
		}
		dir += "/" + part
		if err := sys.Mkdir(sys.AT, dir, 0o755); err != nil && err != unix.EEXIST {
			return "", &PathError{"mkdir", dir, err}
		}
	}
	return dir, nil
}

func writeEnv(dir string, changes []string) error {
	if err := sys.Mkdir(sys.AT, dir, 0o755); err != nil {
		return &PathError{"mkdir", dir, err}
	}
	for _, change := range changes {
		name, value, set := strings.Cut(change, "=")
		if strings.Contains(name, "/") {
			return fmt.Errorf("variable %q: %w", name, ErrBadRule)
		}
		text := ""
		if set {
			text = strings.ReplaceAll(value, "\n", "\x00") + "\n"
		}
		if err := writeFile(dir+"/"+name, text); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path, text string) error {
	if err := sys.Create(sys.AT, path, []byte(text), 0o666); err != nil {
		return &PathError{"write", path, err}
	}
	return nil
}
