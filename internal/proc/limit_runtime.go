//go:build s6box_linkname

package proc

import (
	"sync/atomic"
	"syscall"
	_ "unsafe" // for linkname
)

// origRlimitNofile is the limit on open files this process was started with, if package syscall raised it;
// it goes back to programs executed from here.
//
//go:linkname origRlimitNofile syscall.origRlimitNofile
var origRlimitNofile atomic.Pointer[syscall.Rlimit]

// beforeExec keeps the runtime from making threads, which an execve can't have at its side, until afterExec.
//
//go:linkname beforeExec syscall.runtime_BeforeExec
func beforeExec()

//go:linkname afterExec syscall.runtime_AfterExec
func afterExec()

func inheritedFiles() (Limit, bool) {
	l := origRlimitNofile.Load()
	if l == nil {
		return Limit{}, false
	}
	return Limit{l.Cur, l.Max}, true
}
