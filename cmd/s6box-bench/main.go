// Command s6box-bench times s6box and the C programs side by side, in turn, in one run, and prints their
// ratio. scripts/bench builds it and runs it where the C programs are.
//
//	s6box-bench [-n runs] [-only substring] OURS REFERENCE NOTHING
//
// OURS is a directory of links to s6box, REFERENCE a directory list with the C programs ("" for none),
// NOTHING a Go program with an empty main. Rows whose C programs are missing are printed without a ratio.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
)

func main() {
	runs := flag.Int("n", 10, "counted runs of each command of a row")
	root := flag.String("root", "", "a root with a shell and s6box installed, to boot")
	referenceRoot := flag.String("reference-root", "", "a root with a shell and s6-overlay installed")
	only := flag.String("only", "", "only rows whose name contains this")
	flag.Parse()
	if flag.NArg() != 3 {
		fmt.Fprintln(os.Stderr, "usage: s6box-bench [-n runs] [-only substring] OURS REFERENCE NOTHING")
		os.Exit(100)
	}
	scratch, err := os.MkdirTemp("", "s6box-bench")
	if err != nil {
		fmt.Fprintln(os.Stderr, "s6box-bench: fatal:", err)
		os.Exit(111)
	}
	defer os.RemoveAll(scratch)
	b := &bench{
		ours:    side{"s6box", flag.Arg(0)},
		theirs:  side{"C", flag.Arg(1)},
		nothing: flag.Arg(2), scratch: scratch, runs: *runs, root: *root, referenceRoot: *referenceRoot,
	}
	runtime.LockOSThread() // the daemons it starts die with this thread
	fmt.Printf("%-44s %12s %12s %8s %10s\n", "row (median)", "s6box", "C", "ratio", "peak KiB")
	for _, r := range b.rows() {
		if strings.Contains(r.name, *only) {
			b.print(r)
		}
	}
}
