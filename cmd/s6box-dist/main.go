// Command s6box-dist writes one part of what an image gets as a tar archive to standard output, byte for
// byte the same on every machine.
//
//	s6box-dist PART COMMANDS [ BINARY ]
//
// PART is the name of the part, COMMANDS a file with the names of the commands there are (s6box --list),
// and BINARY the program for the architecture, where the part holds it.
package main

import (
	"archive/tar"
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"s6box/overlay/layout"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: s6box-dist part commands [ binary ]")
		os.Exit(100)
	}
	binary := ""
	if len(os.Args) > 3 {
		binary = os.Args[3]
	}
	if err := run(os.Stdout, layout.Part(os.Args[1]), os.Args[2], binary); err != nil {
		fmt.Fprintln(os.Stderr, "s6box-dist: fatal:", err)
		os.Exit(111)
	}
}

func run(out io.Writer, part layout.Part, commands, binary string) error {
	if !slices.Contains(layout.Parts[:], part) {
		return fmt.Errorf("unknown part %s", part)
	}
	list, err := os.ReadFile(commands)
	if err != nil {
		return err
	}
	names := strings.Fields(string(list))
	has := func(name string) bool { return slices.Contains(names, name) }
	buffered := bufio.NewWriter(out)
	archive := tar.NewWriter(buffered)
	for _, e := range layout.Entries(part, has) {
		if err := add(archive, e, binary); err != nil {
			return fmt.Errorf("%s: %w", e.Path, err)
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return buffered.Flush()
}

// epoch is the modification time of everything: the bytes of an archive depend on its content alone.
var epoch = time.Unix(0, 0)

func add(archive *tar.Writer, e layout.Entry, binary string) error {
	h := &tar.Header{Name: "./" + e.Path, Mode: int64(e.Mode.Perm()), ModTime: epoch, Format: tar.FormatUSTAR}
	text := []byte(e.Text)
	switch {
	case e.Mode&fs.ModeDir != 0:
		h.Typeflag, h.Name = tar.TypeDir, h.Name+"/"
	case e.Mode&fs.ModeSymlink != 0:
		h.Typeflag, h.Linkname = tar.TypeSymlink, e.Link
	case e.Binary:
		var err error
		if text, err = os.ReadFile(binary); err != nil {
			return err
		}
	}
	if h.Typeflag == 0 {
		h.Typeflag, h.Size = tar.TypeReg, int64(len(text))
	}
	if err := archive.WriteHeader(h); err != nil {
		return err
	}
	_, err := archive.Write(text)
	return err
}
