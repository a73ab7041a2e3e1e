package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// side is one of the two contestants: where its programs are.
type side struct {
	name string
	dirs string
}

// has tells whether there are all of some programs, their names separated by spaces.
func (s side) has(progs string) bool {
	return !slices.ContainsFunc(strings.Fields(progs), func(prog string) bool { return s.find(prog) == "" })
}

func (s side) find(prog string) string {
	for _, dir := range filepath.SplitList(s.dirs) {
		if file := filepath.Join(dir, prog); exists(file) {
			return file
		}
	}
	return ""
}

func exists(file string) bool { _, err := os.Stat(file); return err == nil }

// command makes a command that finds its programs on this side first.
func (s side) command(argv ...string) *exec.Cmd {
	path := argv[0]
	if file := s.find(path); file != "" {
		path = file
	}
	cmd := exec.Command(path, argv[1:]...)
	cmd.Args[0] = argv[0]
	cmd.Env = []string{"PATH=" + s.dirs + ":/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "TMPDIR=/tmp"}
	cmd.Stderr = os.Stderr
	return cmd
}

// row is one comparison. run does the work of one run on a side and returns what was measured.
type row struct {
	name   string
	needs  string // programs the C side must have, separated by spaces
	unit   unit
	runs   int // 0: the default
	run    func(side) (sample, error)
	theirs func(side) (sample, error) // what stands for C, where that is not run itself
}

// sample is the outcome of one run.
type sample struct {
	value float64   // in the row's unit
	again *exec.Cmd // what ran, to measure the memory it takes; nil: unknown
}

type unit struct {
	format string
	scale  float64
}

var (
	millis = unit{"%.2f ms", 1e3} // values in seconds
	rate   = unit{"%.0f MB/s", 1}
	kib    = unit{"%.1f KiB", 1}
)

type bench struct {
	ours, theirs side
	nothing      string
	scratch      string
	runs         int

	root, referenceRoot string // to boot; "" none
}

// print measures a row, A B A B …, one uncounted run of each first.
func (b *bench) print(r row) {
	runs := r.runs
	if runs == 0 {
		runs = b.runs
	}
	theirs := r.theirs
	if theirs == nil && r.needs != "" && b.theirs.has(r.needs) {
		theirs = r.run
	}
	var ours, ref []sample
	for i := range runs + 1 {
		a, err := r.run(b.ours)
		if err != nil {
			fmt.Printf("%-44s %v\n", r.name, err)
			return
		}
		if i > 0 || runs == 1 {
			ours = append(ours, a)
		}
		if theirs == nil {
			continue
		}
		c, err := theirs(b.theirs)
		if err != nil {
			fmt.Printf("%-44s C: %v\n", r.name, err)
			return
		}
		if i > 0 || runs == 1 {
			ref = append(ref, c)
		}
	}
	a := median(ours)
	memory, err := peak(a.again)
	if err != nil {
		fmt.Printf("%-44s memory: %v\n", r.name, err)
		return
	}
	if len(ref) == 0 {
		fmt.Printf("%-44s %12s %12s %8s %10s\n", r.name, r.unit.show(a.value), "-", "-", memory)
		return
	}
	c := median(ref)
	fmt.Printf("%-44s %12s %12s %8.2f %10s\n", r.name, r.unit.show(a.value), r.unit.show(c.value), a.value/c.value, memory)
}

func (u unit) show(v float64) string { return fmt.Sprintf(u.format, v*u.scale) }

func median(s []sample) sample {
	slices.SortFunc(s, func(a, b sample) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	return s[len(s)/2]
}

// timed runs cmd to its end and measures the whole process.
func timed(cmd *exec.Cmd) (sample, error) { return timedCode(cmd, 0) }

// timedCode is timed for a command that has to exit with code.
func timedCode(cmd *exec.Cmd, code int) (sample, error) {
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	if got := cmd.ProcessState.ExitCode(); got != code {
		return sample{}, fmt.Errorf("%v: exit code %d: %w", cmd.Args, got, err)
	}
	return sample{took.Seconds(), cmd}, nil
}

// drain reads n bytes from a command's output and returns how many arrived a second, in MB.
func drain(cmd *exec.Cmd, n int64) (sample, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return sample{}, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	got, err := io.CopyBuffer(io.Discard, onlyReader{out}, make([]byte, 1<<16))
	took := time.Since(start)
	if werr := cmd.Wait(); err == nil {
		err = werr
	}
	if err == nil && got != n {
		err = fmt.Errorf("%v: %d bytes arrived, not %d", cmd.Args, got, n)
	}
	return sample{value: float64(got) / 1e6 / took.Seconds()}, err
}

type onlyReader struct{ io.Reader }
