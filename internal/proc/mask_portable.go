//go:build !s6box_linkname

package proc

// inheritedMask without access to the runtime's own record: signals that it unblocks for itself stay so.
func inheritedMask() kernelSigset { return kernelSigset{} }
