// Command s6box is every command of the s6-overlay family in one program: the name it is called by says
// which. The commands are listed in commands.go.
package main

import (
	"os"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

func main() {
	st := proc.Inherit(os.Args)
	applet.Use(commands[:]...)
	os.Exit(dispatch(st, os.Args))
}
