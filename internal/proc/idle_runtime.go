//go:build s6box_linkname

package proc

import _ "unsafe" // for linkname

// forcegcperiod is how many nanoseconds the runtime lets pass before it collects garbage unasked; twice as
// often its monitor wakes up to see.
//
//go:linkname forcegcperiod runtime.forcegcperiod
var forcegcperiod int64

// Still keeps the runtime from waking this process up while it has nothing to do. Garbage is collected when
// memory is needed, as ever. It is for daemons, before they start other goroutines.
func Still() { forcegcperiod = 1 << 60 }
