package utils

import (
	"path"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// linkTree is a place in a tree of links: a link to a source, or, when several sources have something there, a
// directory of such places.
type linkTree struct {
	target  string
	entries map[string]*linkTree // nil: a link
}

// conflict is a source that can't be laid over what other sources have in that place.
type conflict struct{ place, source string }

func (c *conflict) Error() string {
	return "destination " + c.place + " conflicts with source " + c.source
}

// add lays source over t, which is at place: files of the source win, directories are merged. A directory that
// would hold the same names as the source, all linked to it, is a link to the source.
func (t *linkTree) add(source, place string) error {
	if err := t.expand(source); err != nil || t.entries == nil {
		return err
	}
	names, err := sys.ReadDir(sys.AT, source)
	if err == unix.ENOTDIR {
		return &conflict{place, source}
	}
	if err != nil {
		return err
	}
	same := len(names) == len(t.entries)
	for _, name := range names {
		from := source + "/" + name
		entry := t.entries[name]
		if entry == nil {
			t.entries[name] = &linkTree{target: from}
			same = false
			continue
		}
		if err := entry.add(from, path.Join(place, name)); err != nil {
			return err
		}
		same = same && entry.entries == nil && entry.target == from
	}
	if same {
		*t = linkTree{target: source}
	}
	return nil
}

// expand makes a link to a directory a directory of links. A link to anything else becomes one to source.
func (t *linkTree) expand(source string) error {
	if t.entries != nil {
		return nil
	}
	names, err := sys.ReadDir(sys.AT, t.target)
	if err == unix.ENOTDIR {
		t.target = source
		return nil
	}
	if err != nil {
		return err
	}
	t.entries = make(map[string]*linkTree, len(names))
	for _, name := range names {
		t.entries[name] = &linkTree{target: t.target + "/" + name}
	}
	return nil
}

// create makes the tree at name, where nothing must be.
func (t *linkTree) create(name string) error {
	if t.entries == nil {
		return unix.Symlink(t.target, name)
	}
	if err := unix.Mkdir(name, 0o777); err != nil {
		return err
	}
	for entry, below := range t.entries {
		if err := below.create(name + "/" + entry); err != nil {
			return err
		}
	}
	return nil
}
