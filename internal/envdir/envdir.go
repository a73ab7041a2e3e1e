// Package envdir reads environment directories: each file is a variable. See the page of s6-envdir.
package envdir

import (
	"bytes"
	"errors"
	"math"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// Clamp is how many bytes of a file s6-envdir reads unless told otherwise; NoLimit is all.
const (
	Clamp   = 4095
	NoLimit = math.MaxInt
)

// Options say how the content of a file becomes a value.
type Options struct {
	Verbatim bool // the whole file rather than its first line
	NoChomp  bool // keep the blanks at the end of the line, or with Verbatim the last newline
	Limit    int  // bytes read of each file; 0 is Clamp
	Null     byte // what a NUL becomes; 0 is a newline
	// Wait is called before the writer of a fifo is waited for; its error is that of the file. nil: nobody is
	// waited for, a fifo is what it holds.
	Wait func() error
}

// FileError is a file of the directory that could not be read.
type FileError struct {
	Name string
	Err  error
}

func (e *FileError) Error() string { return e.Name + ": " + e.Err.Error() }
func (e *FileError) Unwrap() error { return e.Err }

// Read returns the changes to an environment that a directory asks for, as Env.Merge takes them:
// "name=value" sets, "name" alone, for an empty file, unsets. path is relative to dirfd as in openat(2).
// Names that start with a dot or hold a '=' are no variables. The error is an errno for the directory, a
// FileError for a file.
func Read(dirfd int, path string, o Options) (changes []string, err error) {
	if o.Limit == 0 {
		o.Limit = Clamp
	}
	if o.Null == 0 {
		o.Null = '\n'
	}
	dir, err := sys.Open(dirfd, path, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(dir)
	names, err := sys.ReadDirFD(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name[0] == '.' || strings.Contains(name, "=") {
			continue
		}
		text, err := o.read(dir, name)
		if err != nil {
			return nil, &FileError{name, err}
		}
		changes = append(changes, o.change(name, text))
	}
	return changes, nil
}

func (o *Options) read(dir int, name string) ([]byte, error) {
	var st unix.Stat_t
	if o.Wait == nil || unix.Fstatat(dir, name, &st, 0) != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return sys.ReadFile(dir, name, o.Limit)
	}
	if err := o.Wait(); err != nil {
		return nil, err
	}
	return sys.ReadFifo(dir, name, o.Limit)
}

// Missing tells whether err means that the directory itself does not exist.
func Missing(err error) bool {
	var file *FileError
	return errors.Is(err, unix.ENOENT) && !errors.As(err, &file)
}

func (o *Options) change(name string, text []byte) string {
	if len(text) == 0 {
		return name
	}
	switch {
	case !o.Verbatim:
		text, _, _ = bytes.Cut(text, []byte("\n"))
		if !o.NoChomp {
			text = bytes.TrimRight(text, " \t\r") // the page does not say so of \r, but so it is: files come with CRLF
		}
	case !o.NoChomp:
		text = bytes.TrimSuffix(text, []byte("\n"))
	}
	return name + "=" + string(bytes.ReplaceAll(text, []byte{0}, []byte{o.Null}))
}
