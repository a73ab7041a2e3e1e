//go:build s6box_linkname

package proc

import _ "unsafe" // for linkname

// fwdSig holds the dispositions the runtime found at start. Linking to it takes -checklinkname=0, which
// the Makefile passes together with this build tag.
//
//go:linkname fwdSig runtime.fwdSig
var fwdSig [65]uintptr

func inheritedIgnored(sig int) bool { return fwdSig[sig] == 1 }
