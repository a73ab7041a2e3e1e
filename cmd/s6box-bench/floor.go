package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// floor is a row of what the system's own programs in another row take: n times true, so many at once, started by a fork and
// an exec each and by nothing else. No side can be faster.
func (b *bench) floor(n, atOnce int) row {
	how := "in turn"
	if atOnce > 1 {
		how = "at once"
	}
	return row{name: fmt.Sprintf("(%d × true %s, by fork and exec alone)", n, how), unit: millis, runs: 3, run: func(side) (sample, error) {
		path, err := exec.LookPath("true")
		if err != nil {
			return sample{}, err
		}
		attr := &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}}
		begin := time.Now()
		for range n / atOnce {
			pids := make([]int, atOnce)
			for i := range pids {
				if pids[i], err = syscall.ForkExec(path, []string{"true"}, attr); err != nil {
					return sample{}, err
				}
			}
			for _, pid := range pids {
				if _, err := syscall.Wait4(pid, nil, 0, nil); err != nil {
					return sample{}, err
				}
			}
		}
		return sample{value: time.Since(begin).Seconds()}, nil
	}}
}
