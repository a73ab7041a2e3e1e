package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// bootRows time whole containers: roots in namespaces of their own with a new /run, one with s6box
// installed and, if there is one, one with s6-overlay.
func (b *bench) bootRows() []row {
	if b.root == "" {
		return nil
	}
	rows := []row{{name: "boot: exec of /init to CMD, no services", unit: millis, runs: 5, run: b.bootRow(0), theirs: b.bootRow(0)}}
	for _, n := range []int{100, 400, 1000, 10000} {
		theirs := b.bootRow(n)
		if n > 400 {
			theirs = nil // more than the C programs take
		}
		if n == 100 {
			rows = append(rows, b.floor(n, n))
		}
		rows = append(rows, row{name: fmt.Sprintf("boot: %d longruns up, to CMD", n), unit: millis, runs: 2, run: b.bootRow(n), theirs: theirs})
	}
	rows = append(rows, row{name: "stop: SIGTERM to exit, no services, defaults", unit: millis, runs: 3, run: b.stopRow, theirs: b.stopRow})
	for _, n := range []int{0, 100, 1000} {
		rows = append(rows, row{name: fmt.Sprintf("PSS of a container with %d longruns", n), unit: kib, runs: 1, run: b.memoryRow(n), theirs: b.memoryRow(min(n, 400))})
	}
	if b.referenceRoot == "" {
		for i := range rows {
			rows[i].theirs = nil
		}
	}
	return rows
}

// boot is a running container.
type boot struct {
	cmd   *exec.Cmd
	out   *bufio.Reader
	begin time.Time
}

// start boots the root of a side with argv as CMD; "" in front means without /init, to know what the rest costs.
func (b *bench) start(root string, argv ...string) (*boot, error) {
	script := `mount -t tmpfs tmpfs "$0/run" && mount -t proc proc "$0/proc" && { test -c "$0/dev/null" || mount --rbind /dev "$0/dev"; } && exec chroot "$0" "$@"`
	cmd := exec.Command("unshare", append([]string{"-pfm", "--kill-child", "sh", "-c", script, root}, argv...)...)
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "S6_VERBOSITY=1", "S6_CMD_WAIT_FOR_SERVICES_MAXTIME=0"}
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c := &boot{cmd: cmd, out: bufio.NewReader(out), begin: time.Now()}
	return c, cmd.Start()
}

// cmdStarted waits until CMD, which prints a line, has begun.
func (c *boot) cmdStarted() (time.Duration, error) {
	_, err := c.out.ReadString('\n')
	return time.Since(c.begin), err
}

func (b *bench) rootOf(s side) string {
	if s.name == b.ours.name {
		return b.root
	}
	return b.referenceRoot
}

func (b *bench) bootRow(n int) func(side) (sample, error) {
	return func(s side) (sample, error) {
		root := b.rootOf(s)
		if err := b.longruns(root, n); err != nil {
			return sample{}, err
		}
		bare, err := b.toCmd(root, "/bin/echo", "here")
		if err != nil {
			return sample{}, err
		}
		full, err := b.toCmd(root, "/init", "/bin/echo", "here")
		return sample{value: (full - bare).Seconds()}, err
	}
}

func (b *bench) toCmd(root string, argv ...string) (time.Duration, error) {
	c, err := b.start(root, argv...)
	if err != nil {
		return 0, err
	}
	took, err := c.cmdStarted()
	if err != nil {
		return 0, fmt.Errorf("%v: CMD never ran: %w", argv, err)
	}
	return took, c.cmd.Wait()
}

func (b *bench) stopRow(s side) (sample, error) {
	root := b.rootOf(s)
	if err := b.longruns(root, 0); err != nil {
		return sample{}, err
	}
	c, err := b.start(root, "/init", "sh", "-c", "echo here; exec sleep 1000000")
	if err != nil {
		return sample{}, err
	}
	if _, err := c.cmdStarted(); err != nil {
		return sample{}, err
	}
	begin := time.Now()
	syscall.Kill(c.pid1(), syscall.SIGTERM)
	c.cmd.Wait()
	return sample{value: time.Since(begin).Seconds()}, nil
}

func (b *bench) memoryRow(n int) func(side) (sample, error) {
	return func(s side) (sample, error) {
		root := b.rootOf(s)
		if err := b.longruns(root, n); err != nil {
			return sample{}, err
		}
		c, err := b.start(root, "/init", "sh", "-c", "echo here; exec sleep 1000000")
		if err != nil {
			return sample{}, err
		}
		if _, err := c.cmdStarted(); err != nil {
			return sample{}, err
		}
		time.Sleep(3 * time.Second) // at rest
		value := pss(supervisors(c.pid1()))
		syscall.Kill(c.pid1(), syscall.SIGTERM)
		c.cmd.Wait()
		return sample{value: value}, nil
	}
}

// pid1 is the namespace's pid 1 as this side sees it.
func (c *boot) pid1() int {
	var pid int
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", c.cmd.Process.Pid, c.cmd.Process.Pid))
	fmt.Sscan(string(text), &pid)
	return pid
}

// longruns leaves exactly n of our longruns in the root's definitions.
func (b *bench) longruns(root string, n int) error {
	const prefix = "bench-"
	source := filepath.Join(root, "etc/s6-overlay/s6-rc.d")
	contents := filepath.Join(root, "etc/s6-overlay/user-bundles.d/user/contents.d")
	for _, dir := range []string{source, contents} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), prefix) {
				if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
					return err
				}
			}
		}
	}
	for i := range n {
		name := fmt.Sprintf("%s%05d", prefix, i)
		dir := filepath.Join(source, name)
		if err := os.MkdirAll(dir+"/dependencies.d", 0o755); err != nil {
			return err
		}
		for file, text := range map[string]string{
			dir + "/type": "longrun\n", dir + "/dependencies.d/base": "", contents + "/" + name: "",
			dir + "/run": "#!/command/execlineb -P\nfdmove -c 2 1\nsleep 1000000\n",
		} {
			if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
				return err
			}
		}
	}
	return nil
}
