// Command s6box is every command of the s6-overlay family in one program: the name it is called by says
// which. Its imports are the list of what is in the binary.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

import (
	"os"

	"s6box/internal/proc"
)

func main() {
	proc.InheritSignals()
	st := proc.Inherit(os.Args)
	os.Exit(dispatch(st, os.Args))
}
