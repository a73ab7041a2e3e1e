package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"s6box/internal/sys"
	"s6box/supervise"
)

// scandir is a scan directory of n services and the s6-svscan of one side that runs it.
type scandir struct {
	side     side
	dir      string
	services []string
	scan     *exec.Cmd
}

// newScandir makes the directory; the services are execline scripts that end in one sleep.
func newScandir(s side, scratch string, n int) (*scandir, error) {
	dir, err := os.MkdirTemp(scratch, "scan")
	if err != nil {
		return nil, err
	}
	d := &scandir{side: s, dir: dir}
	run := "#!" + s.find("execlineb") + " -P\nfdmove -c 2 1\nsleep 1000000\n"
	for i := range n {
		name := filepath.Join(dir, fmt.Sprintf("s%05d", i))
		if err := os.Mkdir(name, 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(name+"/run", []byte(run), 0o755); err != nil {
			return nil, err
		}
		d.services = append(d.services, name)
	}
	return d, nil
}

// start runs s6-svscan and waits until every service is up.
func (d *scandir) start() error {
	d.scan = d.side.command("s6-svscan", "-C", strconv.Itoa(len(d.services)+1100), d.dir)
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	d.scan.Args = append(d.scan.Args[:1], append([]string{"-d", "3"}, d.scan.Args[1:]...)...)
	d.scan.ExtraFiles = []*os.File{w}
	d.scan.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} // nothing stays behind
	if err := d.scan.Start(); err != nil {
		return err
	}
	w.Close()
	r.Read(make([]byte, 1)) // ready to take commands
	for _, s := range d.services {
		if err := waitFor(s + "/supervise/status"); err != nil {
			return err
		}
	}
	return d.svwait("-u")
}

// notify gives the services a readiness notification and restarts them.
func (d *scandir) notify() error {
	run := "#!/bin/sh\necho >&3\nexec 3>&-\nexec sleep 1000000\n"
	for _, dir := range d.services {
		if err := os.WriteFile(dir+"/notification-fd", []byte("3\n"), 0o644); err != nil {
			return err
		}
		if err := os.WriteFile(dir+"/run", []byte(run), 0o755); err != nil {
			return err
		}
		if err := supervise.Control(sys.AT, dir, "r"); err != nil {
			return err
		}
	}
	return d.svwait("-U")
}

func (d *scandir) svwait(how string) error {
	return d.side.command(append([]string{"s6-svwait", how, "-t", "100000"}, d.services...)...).Run()
}

// stop ends everything and waits for it.
func (d *scandir) stop() error {
	if err := d.side.command("s6-svscanctl", "-t", d.dir).Run(); err != nil {
		return err
	}
	if err := d.scan.Wait(); err != nil {
		return err
	}
	return os.RemoveAll(d.dir)
}

// waitFor waits until a file is there. Both sides make it in their own time, and say so in no other way.
func waitFor(file string) error {
	for deadline := time.Now().Add(100 * time.Second); time.Now().Before(deadline); {
		if exists(file) {
			return nil
		}
		time.Sleep(200 * time.Microsecond)
	}
	return fmt.Errorf("%s never appeared", file)
}

// ours are the processes below pid, itself included, that are not the services' own programs.
func supervisors(pid int) []int {
	pids := []int{pid}
	for i := 0; i < len(pids); i++ {
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pids[i], pids[i]))
		for _, word := range strings.Fields(string(children)) {
			child, _ := strconv.Atoi(word)
			comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", child))
			if strings.TrimSpace(string(comm)) != "sleep" {
				pids = append(pids, child)
			}
		}
	}
	return pids
}

// pss is the proportional memory of the processes, in KiB.
func pss(pids []int) float64 {
	total := 0.0
	for _, pid := range pids {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		for line := range bytes.Lines(text) {
			if value, ok := bytes.CutPrefix(line, []byte("Pss:")); ok {
				n, _ := strconv.ParseFloat(strings.Fields(string(value))[0], 64)
				total += n
			}
		}
	}
	return total
}

// switches is how often the threads of the processes have gone to sleep or were made to.
func switches(pids []int) float64 {
	total := 0.0
	for _, pid := range pids {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
		for _, file := range threads {
			text, _ := os.ReadFile(file)
			for line := range strings.Lines(string(text)) {
				if fields := strings.Fields(line); strings.Contains(line, "ctxt_switches:") {
					n, _ := strconv.ParseFloat(fields[1], 64)
					total += n
				}
			}
		}
	}
	return total
}

func kill(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }
