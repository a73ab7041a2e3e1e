//go:build s6box_linkname

package proc

import _ "unsafe" // for linkname

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

func init() {
	const crash = 1
	islibrary = false
	tracebackEnv &^= crash
	tracebackCache &^= crash
	initsig(false)
	holdStd()
}
