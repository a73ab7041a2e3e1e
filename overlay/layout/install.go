package layout

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Install lays entries out below root, which is made if it is not there. program is the file that the program
// is copied from. What is there already is replaced, except directories, which stay as they are: also those
// that are links; and programs of the image's own in /usr/bin. Nothing outside root is touched, whatever
// links are in it. The error is a PathError.
func Install(root, program string, entries []Entry) error {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	defer r.Close()
	for _, e := range entries {
		if err := install(r, program, e); err != nil {
			return &fs.PathError{Op: "install", Path: path.Join(root, e.Path), Err: err}
		}
	}
	return nil
}

func install(r *os.Root, program string, e Entry) error {
	if e.Mode.IsDir() {
		return directory(r, e)
	}
	if info, err := r.Lstat(e.Path); err == nil && strings.HasPrefix(e.Path, "usr/bin/") && info.Mode().IsRegular() {
		return nil
	}
	temp := e.Path + ".s6box-new"
	if err := r.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := create(r, temp, program, e); err != nil {
		r.Remove(temp)
		return err
	}
	return r.Rename(temp, e.Path)
}

func directory(r *os.Root, e Entry) error {
	err := r.Mkdir(e.Path, e.Mode.Perm())
	if err == nil {
		return r.Chmod(e.Path, e.Mode.Perm())
	}
	if errors.Is(err, fs.ErrExist) {
		if info, serr := r.Stat(e.Path); serr != nil || info.IsDir() {
			return serr
		}
	}
	return err
}

func create(r *os.Root, name, program string, e Entry) error {
	if e.Link != "" {
		return r.Symlink(e.Link, name)
	}
	f, err := r.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, e.Mode.Perm())
	if err != nil {
		return err
	}
	defer f.Close()
	if e.Binary {
		err = copyFile(f, program)
	} else {
		_, err = f.WriteString(e.Text)
	}
	if err == nil {
		err = f.Chmod(e.Mode.Perm())
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func copyFile(to io.Writer, name string) error {
	from, err := os.Open(name)
	if err != nil {
		return err
	}
	defer from.Close()
	_, err = io.Copy(to, from)
	return err
}
