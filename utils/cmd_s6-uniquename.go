package utils

import (
	"fmt"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/internal/tai"
)

var cmdS6Uniquename = applet.Applet{
	Name:  "s6-uniquename",
	Usage: "[ -n randomlen ] prefix",
	Help: `Prints a file name that nobody else has: the prefix, a timestamp, its own pid, the name of the machine and random
letters, with colons between.

  -n LEN  number of random letters (8); none with 0

Exit codes: 100 wrong usage, 111 stdout can't be written.

Example: s6-uniquename -n 12 /var/spool/app/job
`,
	Run: runUniquename,
}

func runUniquename(inv *applet.Invocation) error {
	length := uint64(8)
	err := inv.Getopt("n:", func(_ byte, value string) (err error) {
		return inv.Uint(&length)(value)
	})
	if err != nil {
		return err
	}
	if len(inv.Args) == 0 || length >= 1<<32 {
		return inv.UsageError()
	}
	name, err := uniqueName(inv.Args[0])
	if err != nil {
		return err
	}
	if length > 0 {
		name += ":"
	}
	for chunk := uint64(0); length > 0; length -= chunk {
		chunk = min(length, 1<<16)
		if err := print(inv, name+sys.RandomName(int(chunk))); err != nil {
			return err
		}
		name = ""
	}
	return print(inv, name+"\n")
}

// uniqueName is the part of a unique name that tells the time, the process and the machine.
func uniqueName(prefix string) (string, error) {
	var uts unix.Utsname
	if err := unix.Uname(&uts); err != nil {
		return "", applet.System(err, "get the name of the machine")
	}
	return fmt.Sprintf("%s:%v:%d:%s", prefix, tai.Now(), unix.Getpid(), unix.ByteSliceToString(uts.Nodename[:])), nil
}
