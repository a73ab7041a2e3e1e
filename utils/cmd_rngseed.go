package utils

import (
	"encoding/binary"
	"io"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
)

var cmdRngseed = applet.Applet{
	Name:  "rngseed",
	Usage: "[ -d seeddir ] [ -v verbosity ] [ -r | -R ] [ -n | -N ] [ -w | -W ]",
	Help: `Seeds the kernel's random number generator from a file, waits until it is ready, writes a new seed for the
next boot: in that order, and nothing but the wait without options.

  -d DIR    the seed is DIR/seed (default /var/lib/rngseed); -w and -W make DIR, with mode 0700
  -v LEVEL  0 errors only, 1 warnings too (default), 2 what is done
  -r        read the seed, which is deleted. Its bits count as entropy only if its mode is 0400
  -R        the same, and they never count
  -w        write a seed: with mode 0400 if the generator is ready, else 0600
  -W        the same, and its mode is 0600
  -N        wait until the generator is ready (default)
  -n        don't wait

Exit codes: 100 wrong usage or an empty seed, 111 a system call failed. Seeding takes CAP_SYS_ADMIN.

Example: rngseed -rw
`,
	Run: runRngseed,
}

// The seed file. See rngseed.html of s6-linux-utils.
const (
	seedDir      = "/var/lib/rngseed"
	seedCredited = 0o400 // the mode of a seed that counts as entropy
	seedPlain    = 0o600
	longestSeed  = 512
	randomDevice = "/dev/urandom"
	poolsizeFile = "/proc/sys/kernel/random/poolsize"
)

type rngseed struct {
	*applet.Invocation
	dir, file   string
	level       uint64
	read, write bool
	credit      bool // what is read may count
	mark        bool // what is written may be marked as counting
	wait        bool

	random func(buf []byte, flags int) error // getrandom
}

func runRngseed(inv *applet.Invocation) error {
	r := rngseed{Invocation: inv, dir: seedDir, level: 1, wait: true, random: getrandom}
	err := inv.Getopt("rRnNwWd:v:", func(opt byte, value string) error {
		switch opt {
		case 'r', 'R':
			r.read, r.credit = true, opt == 'r'
		case 'w', 'W':
			r.write, r.mark = true, opt == 'w'
		case 'n', 'N':
			r.wait = opt == 'N'
		case 'd':
			r.dir = value
		case 'v':
			n, ok := applet.ParseUint(value)
			if !ok {
				return inv.UsageError()
			}
			r.level = n
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.file = r.dir + "/seed"
	if r.write {
		if err := makeDirs(r.dir); err != nil {
			return err
		}
	}
	if r.read {
		if err := r.feed(); err != nil {
			return err
		}
	}
	if r.wait {
		r.tell("waiting for the entropy pool to initialize")
		if err := r.random(make([]byte, 1), 0); err != nil {
			return applet.System(err, "getrandom")
		}
	}
	if r.write {
		return r.save()
	}
	return nil
}

func (r *rngseed) tell(format string, args ...any) {
	if r.level >= 2 {
		r.Info(format, args...)
	}
}

func (r *rngseed) caution(format string, args ...any) {
	if r.level >= 1 {
		r.Warn(format, args...)
	}
}

// makeDirs makes dir, for its owner alone, and what it lies in.
func makeDirs(dir string) error {
	for i := 1; i <= len(dir); i++ {
		mode := uint32(0o755)
		if i == len(dir) {
			mode = 0o700
		} else if dir[i] != '/' {
			continue
		}
		if err := unix.Mkdir(dir[:i], mode); err != nil && err != unix.EEXIST {
			if ok, _ := sys.Exists(sys.AT, dir[:i]); ok {
				continue // a read-only file system says so before it looks
			}
			return applet.System(err, "mkdir %s", dir[:i])
		}
	}
	return nil
}

// feed gives the seed to the kernel, after it is deleted for good: no seed is used twice.
func (r *rngseed) feed() error {
	r.tell("reading seed from %s", r.file)
	fd, err := sys.Open(sys.AT, r.file, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return applet.System(err, "open %s", r.file)
	}
	defer unix.Close(fd)
	pool := make([]byte, 8+longestSeed) // struct rand_pool_info: bits that count, bytes, the bytes
	n, err := io.ReadFull(proc.FD(fd), pool[8:])
	var st unix.Stat_t
	if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF { // all there is
		err = unix.Fstat(fd, &st)
	}
	switch {
	case err != nil:
		return applet.System(err, "read from %s", r.file)
	case n == 0:
		return applet.Fatal(applet.ExitUsage, "empty %s (delete it; rngseed -w makes a new one)", r.file)
	}
	device, err := sys.Open(sys.AT, randomDevice, unix.O_RDONLY, 0)
	if err != nil {
		return applet.System(err, "open %s", randomDevice)
	}
	defer unix.Close(device)
	if err := unix.Unlink(r.file); err != nil {
		return applet.System(err, "unlink %s", r.file)
	}
	if err := sys.Sync(sys.AT, r.dir); err != nil {
		return applet.System(err, "unlink %s", r.file)
	}
	bits, without := 8*n, ""
	if r.credit && st.Mode&0o7777 != seedCredited {
		r.caution("%s was not marked as creditable", r.file)
		r.credit = false
	}
	if !r.credit {
		bits, without = 0, " without crediting"
	}
	r.tell("seeding with %d bits%s", 8*n, without)
	binary.NativeEndian.PutUint32(pool, uint32(bits))
	binary.NativeEndian.PutUint32(pool[4:], uint32(n))
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(device), unix.RNDADDENTROPY, uintptr(unsafe.Pointer(&pool[0])))
	if errno != 0 {
		return applet.System(errno, "seed")
	}
	return nil
}

// save writes a new seed. It is there whole, with the mode that it is to have, or the old one stays.
func (r *rngseed) save() error {
	seed := make([]byte, r.poolsize())
	r.tell("reading %d bits of random to make the seed", 8*len(seed))
	mode := uint32(seedPlain)
	if r.mark {
		mode = seedCredited
	}
	if err := r.random(seed, unix.GRND_NONBLOCK); err != nil {
		if err := readDevice(seed); err != nil {
			return err
		}
		if r.mark {
			r.caution("unable to make the seed creditable")
		}
		mode = seedPlain
	}
	r.tell("writing seed to %s", r.file)
	if err := replaceSeed(r.file, seed, mode); err != nil {
		return applet.System(err, "write to %s", r.file)
	}
	return nil
}

// poolsize is how many bytes make a seed.
func (r *rngseed) poolsize() int {
	data, err := sys.ReadFile(sys.AT, poolsizeFile, 64)
	if err != nil {
		r.caution("unable to open %s: %s", poolsizeFile, applet.Reason(err))
		return longestSeed
	}
	bits, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil || bits < 8 {
		return longestSeed
	}
	return min(bits/8, longestSeed)
}

// replaceSeed has file hold seed, and be on the disk, before anybody can read it.
func replaceSeed(file string, seed []byte, mode uint32) error {
	temp := file + ".new"
	if err := unix.Unlink(temp); err != nil && err != unix.ENOENT {
		return err
	}
	if err := createSeed(temp, seed, mode); err != nil {
		return err
	}
	if err := unix.Rename(temp, file); err != nil {
		unix.Unlink(temp)
		return err
	}
	return sys.Sync(sys.AT, file[:strings.LastIndexByte(file, '/')])
}

func createSeed(name string, seed []byte, mode uint32) error {
	return sys.CreateWith(sys.AT, name, seed, seedPlain, func(fd int) error {
		if err := unix.Fchmod(fd, mode); err != nil {
			return err
		}
		return sys.Flush(fd)
	})
}

// readDevice fills buf from a generator that is not ready.
func readDevice(buf []byte) error {
	fd, err := sys.Open(sys.AT, randomDevice, unix.O_RDONLY, 0)
	if err != nil {
		return applet.System(err, "open %s", randomDevice)
	}
	defer unix.Close(fd)
	if _, err := io.ReadFull(proc.FD(fd), buf); err != nil {
		return applet.System(err, "read from %s", randomDevice)
	}
	return nil
}

// getrandom fills buf by the system call itself, no generator of the process's; EAGAIN where flags say not to wait.
func getrandom(buf []byte, flags int) error {
	for len(buf) > 0 {
		n, _, errno := unix.Syscall(unix.SYS_GETRANDOM, uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), uintptr(flags))
		if errno == 0 {
			buf = buf[n:]
		} else if errno != unix.EINTR {
			return errno
		}
	}
	return nil
}
