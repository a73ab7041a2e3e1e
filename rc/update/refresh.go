package update

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
	"s6box/internal/workers"
	"s6box/supervise"
)

// managed are the files of a service directory that come from the database. What the service or its
// supervisor made there stays, and so do instances, on which supervisors of their own run.
var managed = []string{
	"notification-fd", "lock-fd", "timeout-kill", "timeout-finish", "max-death-tally", "down-signal", "reload-signal",
	"flag-timeout-killpg", "flag-newpidns", "data", "env", "template", "run.user", "finish.user", "finish", "run",
}

// refresh brings the service directory name in the directory to up to date with the compiled one in the directory from.
// The supervisor of a service that is up does not start it again while that happens.
func refresh(from, to int, name string, up bool) error {
	src, err := sys.Open(from, name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(src)
	dst, err := sys.Open(to, name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(dst)
	names, err := present(src, dst)
	if err != nil {
		return err
	}
	var changed []string
	for _, name := range managed {
		if !names[name] {
			continue
		}
		same, err := equal(src, dst, name)
		if err != nil {
			return err
		}
		if !same {
			changed = append(changed, name)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	if up {
		supervise.Control(to, name, "O") // no supervisor, no start
		defer supervise.Control(to, name, "u")
	}
	for _, name := range changed {
		if err := replace(src, dst, name); err != nil {
			return err
		}
	}
	return nil
}

// orders is how long supervisors may take to read an order.
const orders = 5 * time.Second

// wantUp tells supervisors of services in a directory to start them again when they die, where refresh was cut short
// before it did, and waits until they know.
func wantUp(dir int, names []string) {
	deadline := time.Now().Add(orders)
	told := make([]bool, len(names))
	workers.Each(len(names), func(i int) {
		if status, err := supervise.ReadStatus(dir, names[i]); err == nil && !status.WantUp {
			told[i] = supervise.Control(dir, names[i], "u") == nil // one without a supervisor gets one that knows
		}
	})
	for i, name := range names {
		for told[i] && time.Now().Before(deadline) {
			if status, err := supervise.ReadStatus(dir, name); err != nil || status.WantUp {
				break
			}
			time.Sleep(time.Millisecond) // there is no event for this
		}
	}
}

// present returns the names that are in one of two directories.
func present(dirs ...int) (map[string]bool, error) {
	set := map[string]bool{}
	for _, fd := range dirs {
		names, err := sys.ReadDirFD(fd)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			set[name] = true
		}
	}
	return set, nil
}

// replace makes name in dst what it is in src.
func replace(src, dst int, name string) error {
	there, err := sys.Exists(src, name)
	if err != nil {
		return err
	}
	if !there {
		return sys.RemoveAll(dst, name)
	}
	temp := name + ".new"
	if err := sys.RemoveAll(dst, temp); err != nil {
		return err
	}
	err = sys.CopyTree(src, name, dst, temp)
	if err == nil {
		err = sys.ReplaceTree(dst, temp, name)
	}
	if err != nil {
		sys.RemoveAll(dst, temp)
	}
	return err
}

// equal tells whether name is the same in two directories, with all below it.
func equal(a, b int, name string) (bool, error) {
	var sa, sb unix.Stat_t
	ea := unix.Fstatat(a, name, &sa, unix.AT_SYMLINK_NOFOLLOW)
	eb := unix.Fstatat(b, name, &sb, unix.AT_SYMLINK_NOFOLLOW)
	switch {
	case ea == unix.ENOENT && eb == unix.ENOENT:
		return true, nil
	case ea == unix.ENOENT || eb == unix.ENOENT:
		return false, nil
	case ea != nil:
		return false, ea
	case eb != nil:
		return false, eb
	case sa.Mode != sb.Mode || sa.Uid != sb.Uid || sa.Gid != sb.Gid:
		return false, nil
	}
	switch sa.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return sa.Size == sb.Size && sameFile(a, b, name, int(sa.Size)), nil
	case unix.S_IFDIR:
		return equalDirs(a, b, name)
	case unix.S_IFLNK:
		var ba, bb [unix.PathMax]byte
		na, _ := unix.Readlinkat(a, name, ba[:])
		nb, _ := unix.Readlinkat(b, name, bb[:])
		return na > 0 && na == nb && bytes.Equal(ba[:na], bb[:nb]), nil
	}
	return false, nil
}

func sameFile(a, b int, name string, size int) bool {
	da, ea := sys.ReadFile(a, name, size)
	db, eb := sys.ReadFile(b, name, size)
	return ea == nil && eb == nil && bytes.Equal(da, db)
}

func equalDirs(a, b int, name string) (bool, error) {
	da, err := sys.Open(a, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return false, err
	}
	defer unix.Close(da)
	db, err := sys.Open(b, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return false, err
	}
	defer unix.Close(db)
	na, err := sys.ReadDirFD(da)
	if err != nil {
		return false, err
	}
	nb, err := sys.ReadDirFD(db)
	if err != nil || len(na) != len(nb) {
		return false, err
	}
	for _, n := range na { // as many on both sides: one that is missing there makes the difference
		if same, err := equal(da, db, n); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}
