//go:build !s6box_patched

// What scripts/runtime takes out of Go's runtime is off in a plain build too: it would hold two descriptors open from the start.

//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0

package main
