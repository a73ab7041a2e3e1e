//go:build !s6box_linkname

package proc

// inheritedFiles without access to the record of package syscall: the raised limit is all that is known.
func inheritedFiles() (Limit, bool) { return Limit{}, false }

func beforeExec() {}

func afterExec() {}
