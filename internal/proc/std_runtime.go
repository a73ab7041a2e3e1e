//go:build s6box_linkname

package proc

import (
	_ "unsafe" // for linkname

	"golang.org/x/sys/unix"
)

// islibrary keeps the runtime from opening /dev/null for standard descriptors that are closed when it starts:
// who is no library could not tell which ones were. What else it means is undone by init. See fwdSig.
//
//go:linkname islibrary runtime.islibrary
var islibrary = true

// tracebackEnv and tracebackCache say what a panic prints, and with bit 0 that it ends in SIGABRT.
//
//go:linkname tracebackEnv runtime.traceback_env
var tracebackEnv uint32

//go:linkname tracebackCache runtime.traceback_cache
var tracebackCache uint32

// initsig installs the handlers of signals.
//
//go:linkname initsig runtime.initsig
func initsig(preinit bool)

// epfd is what the runtime's poller waits with, or -1, and netpollEventFd what wakes it.
//
//go:linkname epfd runtime.epfd
var epfd int32

//go:linkname netpollEventFd runtime.netpollEventFd
var netpollEventFd uintptr

func init() {
	const crash = 1
	islibrary = false
	tracebackEnv &^= crash
	tracebackCache &^= crash
	initsig(false)
	movePoller()
	holdStd()
}

// movePoller gives the descriptors of the runtime's poller other numbers than those of standard ones: package os has
// started it by now where one of them is non-blocking, and has filled the first numbers that were closed. Nothing waits
// with it yet.
func movePoller() {
	if epfd < 0 {
		return
	}
	if moved, ok := aboveStd(int(epfd)); ok {
		old := int(epfd)
		epfd = int32(moved)
		unix.Close(old)
	}
	if moved, ok := aboveStd(int(netpollEventFd)); ok {
		old := int(netpollEventFd)
		netpollEventFd = uintptr(moved)
		unix.Close(old)
	}
}

// aboveStd is a copy of fd that is no standard descriptor, if fd is one.
func aboveStd(fd int) (int, bool) {
	if fd > 2 {
		return 0, false
	}
	moved, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	return moved, err == nil
}
