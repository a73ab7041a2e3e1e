// Package layout is the table of everything we put into an image: each file, link and directory of the five
// tarballs, with its mode. It has no other source; tarballs and `s6box install` are made from it.
package layout

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"

	"s6box/internal/upstream"
)

// Version is the release of s6-overlay whose place in an image we take.
const Version = "3.2.3.2"

// Package is the directory of the overlay's own files in an image.
const Package = "/package/admin/s6-overlay"

// Binary is the program, relative to the root: everything else that can be executed is a link or a script
// that leads to it.
const Binary = "package/admin/s6box/command/s6box"

// Entry is one thing in an image. A path is relative to the root. A directory has neither Link nor Text.
type Entry struct {
	Path   string
	Mode   fs.FileMode // type and permissions
	Link   string      // symbolic links: target
	Text   string      // files: content
	Binary bool        // the file is the program itself
}

// Part is one of the tarballs.
type Part string

// The parts by the names of their tarballs.
const (
	Noarch         Part = "s6-overlay-noarch"
	Arch           Part = "s6-overlay" // the architecture follows
	SymlinksNoarch Part = "s6-overlay-symlinks-noarch"
	SymlinksArch   Part = "s6-overlay-symlinks-arch"
	Syslogd        Part = "syslogd-overlay-noarch"
)

// Parts are all of them, in the order of their installation.
var Parts = [...]Part{Noarch, Arch, SymlinksNoarch, SymlinksArch, Syslogd}

// rootfs holds the text files, below the name of their part, as they are in an image but for the version
// in the name of the overlay's package.
//
//go:embed rootfs
var rootfs embed.FS

const (
	dirMode  = fs.ModeDir | 0o755
	linkMode = fs.ModeSymlink | 0o777
)

// Entries returns what belongs to a part, parents before their children. has tells which commands the
// program knows.
func Entries(part Part, has func(command string) bool) []Entry {
	var entries []Entry
	switch part {
	case Noarch:
		entries = append(texts("rootfs/noarch"), noarch()...)
	case Arch:
		entries = arch(has)
	case SymlinksNoarch:
		entries = userLinks(overlayCommands)
	case SymlinksArch:
		entries = append(userLinks([]string{"s6box"}), userLinks(known(has))...)
	case Syslogd:
		entries = texts("rootfs/syslogd")
	}
	return complete(entries)
}

// Shipped returns the text of a file of the noarch part as it is installed. name is relative to Package.
func Shipped(name string) (string, bool) {
	data, err := rootfs.ReadFile("rootfs/noarch" + Package + "/" + name)
	return string(data), err == nil
}

// texts are the files of a tree of rootfs. Scripts may be executed.
func texts(tree string) []Entry {
	var entries []Entry
	fs.WalkDir(rootfs, tree, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := rootfs.ReadFile(name)
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(string(data), "#!") && path.Base(name) != "run" {
			mode = 0o755
		}
		entries = append(entries, Entry{Path: versioned(strings.TrimPrefix(name, tree+"/")), Mode: mode, Text: string(data)})
		return err
	})
	return entries
}

// versioned puts the version into the path of the overlay's package.
func versioned(name string) string {
	if rest, ok := strings.CutPrefix(name, Package[1:]+"/"); ok {
		return Package[1:] + "-" + Version + "/" + rest
	}
	return name
}

func noarch() []Entry {
	entries := []Entry{
		{Path: "etc/s6-overlay/s6-rc.d", Mode: dirMode},
		{Path: "etc/s6-overlay/user-bundles.d/user/contents.d", Mode: dirMode},
		{Path: "etc/s6-overlay/user-bundles.d/user2/contents.d", Mode: dirMode},
		{Path: Package[1:], Mode: linkMode, Link: path.Base(Package) + "-" + Version},
	}
	for _, name := range overlayCommands {
		entries = append(entries, Entry{Path: "command/" + name, Mode: linkMode, Link: ".." + Package + "/command/" + name})
	}
	return entries
}

func arch(has func(string) bool) []Entry {
	entries := []Entry{
		{Path: Binary, Mode: 0o755, Binary: true},
		{Path: "command/s6box", Mode: linkMode, Link: "../" + Binary},
	}
	for _, p := range upstream.Packages {
		if !slices.ContainsFunc(p.Commands(), has) {
			continue
		}
		dir := "package/" + p.Category + "/" + p.Name
		command := "../" + dir + "/command/"
		entries = append(entries, Entry{Path: dir, Mode: linkMode, Link: p.Name + "-" + p.Version})
		dir += "-" + p.Version
		for _, name := range p.Commands() {
			if !has(name) {
				continue
			}
			entries = append(entries,
				Entry{Path: dir + "/command/" + name, Mode: linkMode, Link: "../../../" + strings.TrimPrefix(Binary, "package/")},
				Entry{Path: "command/" + name, Mode: linkMode, Link: command + name})
		}
	}
	return entries
}

// overlayCommands are the scripts of the overlay itself.
var overlayCommands = []string{"logutil-newfifo", "logutil-service", "printcontenv", "with-contenv", "with-retries"}

// known are the commands of all packages that the program has.
func known(has func(string) bool) []string {
	var names []string
	for _, p := range upstream.Packages {
		for _, name := range p.Commands() {
			if has(name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// userLinks make commands reachable in /usr/bin.
func userLinks(names []string) []Entry {
	var entries []Entry
	for _, name := range names {
		entries = append(entries, Entry{Path: "usr/bin/" + name, Mode: linkMode, Link: "../../command/" + name})
	}
	return entries
}

// complete adds the directories that entries are in, and sorts.
func complete(entries []Entry) []Entry {
	there := make(map[string]bool)
	for _, e := range entries {
		there[e.Path] = true
	}
	for _, e := range entries {
		for dir := path.Dir(e.Path); dir != "." && !there[dir]; dir = path.Dir(dir) {
			there[dir] = true
			entries = append(entries, Entry{Path: dir, Mode: dirMode})
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	return entries
}
