//go:build !s6box_linkname

package proc

// Still does nothing without access to the runtime: it wakes an idle process once a minute.
func Still() {}
