//go:build s6box_linkname

package proc

import _ "unsafe" // for linkname

// initSigmask is the signal mask that the runtime found at start. See fwdSig.
//
//go:linkname initSigmask runtime.initSigmask
var initSigmask kernelSigset

func inheritedMask() kernelSigset { return initSigmask }
