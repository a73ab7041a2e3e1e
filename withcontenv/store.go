// Package withcontenv keeps the environment a container was started with, for the scripts that ask for it:
// services themselves start with hardly any.
package withcontenv

import (
	"math"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/rundir"
	"s6box/internal/sys"
)

// Dir is the store as a process with this environment knows it: a directory with a file for each
// variable, which scripts may read, write, add and remove.
func Dir(env proc.Env) string { return rundir.Of(env) + "/s6/container_environment" }

// odd is the file beside the store with the entries that can't be a file of their own, each ended by NUL.
const odd = ".odd"

const fileMode = 0o644

// Dump makes the store dir from env: the file of a variable holds its value and a newline. dir must not
// exist; it appears whole or not at all.
func Dump(dir string, env proc.Env) error {
	temp := dir + ".new"
	if err := unix.Mkdir(temp, 0o755); err != nil {
		return err
	}
	err := fill(temp, env)
	if err == nil {
		err = unix.Rename(temp, dir)
	}
	if err != nil {
		sys.RemoveAll(sys.AT, temp)
	}
	return err
}

func fill(dir string, env proc.Env) error {
	var rest strings.Builder
	seen := make(map[string]bool, len(env))
	for _, entry := range env {
		name, value, ok := strings.Cut(entry, "=")
		switch {
		case !ok || !isFileName(name):
			rest.WriteString(entry + "\x00")
		case !seen[name]:
			seen[name] = true
			if err := sys.Create(sys.AT, dir+"/"+name, []byte(value+"\n"), fileMode); err != nil {
				return err
			}
		}
	}
	if rest.Len() == 0 {
		return nil
	}
	return sys.Create(sys.AT, dir+"/"+odd, []byte(rest.String()), fileMode)
}

// isFileName tells whether a variable of that name has a file of its own. Names with a dot in front are
// hidden files, which the store leaves alone.
func isFileName(name string) bool {
	return name != "" && name[0] != '.' && len(name) <= unix.NAME_MAX && !strings.Contains(name, "/")
}

// Load reads the store. What an empty file is named after is not set. skipped names what is in the store
// but is no file.
func Load(dir string) (env proc.Env, skipped []string, err error) {
	fd, err := sys.Open(sys.AT, dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, nil, err
	}
	defer unix.Close(fd)
	names, err := sys.ReadDirFD(fd)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		if name == odd {
			more, err := sys.ReadFile(fd, odd, math.MaxInt)
			if err != nil {
				return nil, nil, err
			}
			env = append(env, strings.Split(strings.TrimSuffix(string(more), "\x00"), "\x00")...)
		}
		if name[0] == '.' || strings.Contains(name, "=") {
			continue
		}
		switch value, set, err := read(fd, name); {
		case err == unix.EISDIR:
			skipped = append(skipped, name)
		case err == unix.ENOENT: // a script has just removed it
		case err != nil:
			return nil, nil, err
		case set:
			env = append(env, name+"="+value)
		}
	}
	return env, skipped, nil
}

// Lookup reads one variable of the store. One that isn't set is ENOENT.
func Lookup(dir, name string) (string, error) {
	if !isFileName(name) {
		env, _, err := Load(dir)
		if err != nil {
			return "", err
		}
		if value, ok := env.Get(name); ok {
			return value, nil
		}
		return "", unix.ENOENT
	}
	value, set, err := read(sys.AT, dir+"/"+name)
	if err == nil && !set {
		err = unix.ENOENT
	}
	return value, err
}

// read reads the file of a variable: a last newline is not part of the value, and each NUL, which
// the environment can not hold, is a newline, as upstream has it.
func read(dirfd int, name string) (value string, set bool, err error) {
	data, err := sys.ReadFile(dirfd, name, math.MaxInt)
	if err != nil || len(data) == 0 {
		return "", false, err
	}
	value = strings.ReplaceAll(string(data), "\x00", "\n")
	return strings.TrimSuffix(value, "\n"), true, nil
}
