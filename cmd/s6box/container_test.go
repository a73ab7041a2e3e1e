package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"s6box/internal/needs"
)

// The container of testdata/containers/web, booted for real: nginx and php-fpm on a Debian tree. It takes root, Debian's
// debootstrap and, for half of it, a Docker engine. In CI a part that is missing is a failure.

// webEnv is what `docker run -e` gives the container.
var webEnv = []string{"PUID=1234", "PGID=4321", "GREETING=hello", "EXIT_CODE=42"}

// container is a booted tree, in Docker or in plain namespaces.
type container interface {
	exec(argv ...string) (string, error) // runs a command inside
	stop() (code int)                    // SIGTERM to pid 1, then the exit code
	log() *lines                         // all it prints
}

func TestWebContainer(t *testing.T) {
	if os.Geteuid() != 0 {
		needs.Missing(t, "booting a Debian tree takes root")
	}
	run(t, exec.Command(root+"/scripts/setup"))
	run(t, exec.Command(root+"/scripts/web-base"))
	box := binary(t)
	variants := map[string]func(*testing.T, string){"up names the script": nil, "up is blank": blankUps}
	for name, change := range variants {
		tree := t.TempDir()
		run(t, exec.Command("cp", "-a", root+"/testdata/containers/web/.", tree))
		if change != nil {
			change(t, tree)
		}
		t.Run("docker, "+name, func(t *testing.T) {
			image := dockerImage(t, box, tree)
			webScenario(t, dockerRun(t, image))
		})
		t.Run("namespaces, "+name, func(t *testing.T) {
			webScenario(t, namespaceRun(t, box, tree))
		})
	}
}

func blankUps(t *testing.T, tree string) {
	ups, err := filepath.Glob(tree + "/etc/s6-overlay/s6-rc.d/init-*/up")
	if err != nil || len(ups) != 3 {
		t.Fatalf("%d up files: %v", len(ups), err)
	}
	for _, up := range ups {
		if err := os.WriteFile(up, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func webScenario(t *testing.T, c container) {
	log := c.log()
	log.wait(t, "service svc-stdout successfully started")
	// What scripts print and what s6-rc says are two streams: only each of them has an order.
	log.inOrder(t, "service init-nginx successfully started", "service init-usermod: starting",
		"service init-usermod successfully started", "service svc-php82-fpm: starting",
		"service svc-php82-fpm successfully started", "service svc-nginx: starting",
		"service svc-nginx successfully started", "service svc-stdout: starting")
	log.inOrder(t, "init-nginx: done", "init-usermod: www-data is now 1234:4321", "svc-nginx: php-fpm is ready")
	wantPage(t, c)

	before := mustExec(t, c, "s6-svstat", "-o", "pid", "/run/service/svc-nginx")
	mustExec(t, c, "bash", "-c", "s6-svlisten1 -R /run/service/svc-nginx kill "+strings.TrimSpace(before))
	if after := mustExec(t, c, "s6-svstat", "-o", "pid", "/run/service/svc-nginx"); after == before {
		t.Errorf("svc-nginx is still pid %s after it was killed", after)
	}
	wantPage(t, c)
	log.wait(t, "GET /index.php") // svc-stdout tails the access log

	if code := c.stop(); code != 42 {
		t.Errorf("exit code %d, want the 42 of the exitcode file\n%s", code, log)
	}
	log.inOrder(t, "service svc-stdout: stopping", "service svc-stdout successfully stopped", "service svc-nginx: stopping",
		"service svc-nginx successfully stopped", "service svc-php82-fpm: stopping", "service svc-php82-fpm successfully stopped",
		"service init-nginx: stopping")
	log.inOrder(t, "svc-nginx: php-fpm is ready", "svc-nginx: finish 0 0")
}

func wantPage(t *testing.T, c container) {
	t.Helper()
	page := mustExec(t, c, "bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET /index.php HTTP/1.0\r\n\r\n' >&3; cat <&3`)
	if !strings.Contains(page, "uid=1234 gid=4321 greeting=hello") {
		t.Errorf("page: %s\n%s", page, c.log())
	}
}

// TestDerivedImage adds a service to an image that is already built, with nothing else changed.
func TestDerivedImage(t *testing.T) {
	if os.Geteuid() != 0 {
		needs.Missing(t, "making the Debian tree takes root")
	}
	run(t, exec.Command(root+"/scripts/setup"))
	run(t, exec.Command(root+"/scripts/web-base"))
	base := dockerImage(t, binary(t), root+"/testdata/containers/web")
	context := t.TempDir()
	for name, text := range map[string]string{
		"svc-extra/type": "longrun\n", "svc-extra/dependencies.d/svc-nginx": "", "user/contents.d/svc-extra": "",
		"svc-extra/run": "#!/command/with-contenv bash\necho \"svc-extra: $GREETING\"\nexec sleep infinity\n",
	} {
		file := context + "/s6-rc.d/" + name
		os.MkdirAll(filepath.Dir(file), 0o755)
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := dockerRun(t, dockerBuild(t, context, "FROM "+base+"\nCOPY s6-rc.d /etc/s6-overlay/s6-rc.d\n"))
	c.log().wait(t, "svc-extra: hello")
	c.log().wait(t, "service svc-extra successfully started")
	wantPage(t, c)
	c.stop()
}

func run(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := output(cmd, longPatience)
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return strings.TrimSpace(out)
}

func mustExec(t *testing.T, c container, argv ...string) string {
	t.Helper()
	out, err := c.exec(argv...)
	if err != nil {
		t.Fatalf("%v: %v\n%s\n%s", argv, err, out, c.log())
	}
	return out
}

// lines collects what a container prints; wait blocks until a line is there.
type lines struct {
	mu   sync.Mutex
	cond sync.Cond
	all  []string
	eof  bool
	late bool // the wait has taken too long
}

func collect(r io.Reader) *lines {
	l := &lines{}
	l.cond.L = &l.mu
	go func() {
		in := bufio.NewScanner(r)
		for in.Scan() {
			l.mu.Lock()
			l.all = append(l.all, in.Text())
			l.cond.Broadcast()
			l.mu.Unlock()
		}
		l.close()
	}()
	return l
}

// close says that nothing more will come.
func (l *lines) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.eof = true
	l.cond.Broadcast()
}

// giveUp ends a wait.
func (l *lines) giveUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.late = true
	l.cond.Broadcast()
}

func (l *lines) wait(t *testing.T, text string) {
	t.Helper()
	l.inOrder(t, text)
}

func (l *lines) find(text string, from int) int {
	for i := from; i < len(l.all); i++ {
		if strings.Contains(l.all[i], text) {
			return i
		}
	}
	return -1
}

// inOrder blocks until the texts are there, in lines one after the other.
func (l *lines) inOrder(t *testing.T, texts ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	defer time.AfterFunc(patience, l.giveUp).Stop()
	at := 0
	for _, text := range texts {
		i := l.find(text, at)
		for ; i < 0; i = l.find(text, at) {
			log := strings.Join(l.all, "\n")
			switch {
			case l.late:
				t.Fatalf("waited %v for the line %q behind line %d of the log; the log so far:\n%s", patience, text, at, log)
			case l.eof:
				t.Fatalf("the log ends and has no line %q behind line %d:\n%s", text, at, log)
			}
			l.cond.Wait()
		}
		at = i + 1
	}
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.all, "\n")
}

// dockerContainer is a container of the Docker engine.
type dockerContainer struct {
	t    *testing.T
	id   string
	text *lines
}

func dockerImage(t *testing.T, box, tree string) string {
	t.Helper()
	if out, err := combined(exec.Command("docker", "version")); err != nil {
		needs.Missing(t, "no Docker engine answers: "+err.Error()+"\n"+out)
	}
	context := t.TempDir()
	run(t, exec.Command(box, "install", context+"/root"))
	run(t, exec.Command("cp", "-a", tree+"/.", context+"/root"))
	return dockerBuild(t, context, "FROM "+dockerBase(t)+"\nCOPY root/ /\nENTRYPOINT [\"/init\"]\n")
}

// dockerBase imports the Debian tree, once.
func dockerBase(t *testing.T) string {
	const tag = "s6box-test-web-base"
	if finish(exec.Command("docker", "image", "inspect", tag), patience) != nil {
		run(t, exec.Command("sh", "-c", "tar -C "+root+"/build/web-base -c . | docker import - "+tag))
	}
	return tag
}

func dockerBuild(t *testing.T, context, dockerfile string) string {
	t.Helper()
	if err := os.WriteFile(context+"/Dockerfile", []byte(dockerfile), 0o644); err != nil {
		t.Fatal(err)
	}
	image := run(t, exec.Command("docker", "build", "-q", context))
	t.Cleanup(func() { finish(exec.Command("docker", "rmi", "-f", image), patience) })
	return image
}

func dockerRun(t *testing.T, image string) container {
	t.Helper()
	args := []string{"run", "-d", "-e", "S6_VERBOSITY=2"}
	for _, kv := range webEnv {
		args = append(args, "-e", kv)
	}
	id := run(t, exec.Command("docker", append(args, image)...))
	t.Cleanup(func() { finish(exec.Command("docker", "rm", "-f", id), patience) })
	logs := exec.Command("docker", "logs", "-f", id)
	return dockerContainer{t, id, start(t, logs)}
}

func (c dockerContainer) exec(argv ...string) (string, error) {
	path := "PATH=/command:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	return combined(exec.Command("docker", append([]string{"exec", "-e", path, c.id}, argv...)...))
}

func (c dockerContainer) stop() int {
	if out, err := combined(exec.Command("docker", "stop", c.id)); err != nil {
		c.t.Fatalf("docker stop: %v\n%s\nthe log so far:\n%s", err, out, c.text)
	}
	var code int
	fmt.Sscan(run(c.t, exec.Command("docker", "inspect", "-f", "{{.State.ExitCode}}", c.id)), &code)
	return code
}

func (c dockerContainer) log() *lines { return c.text }

// namespaceContainer is pid 1 of its own namespaces.
type namespaceContainer struct {
	t    *testing.T
	cmd  *exec.Cmd
	root string
	text *lines
	done chan struct{}
}

func namespaceRun(t *testing.T, box, tree string) container {
	t.Helper()
	dir := t.TempDir()
	run(t, exec.Command("cp", "-a", root+"/build/web-base/.", dir))
	run(t, exec.Command(box, "install", dir))
	run(t, exec.Command("cp", "-a", tree+"/.", dir))
	cmd := exec.Command("unshare", "-pfmn", "--kill-child", "sh", "-c", `
		mount -t tmpfs tmpfs "$0/run" && mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" &&
		ip link set lo up && exec chroot "$0" /init`, dir)
	cmd.Env = append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "S6_VERBOSITY=2"}, webEnv...)
	c := &namespaceContainer{t: t, cmd: cmd, root: dir, done: make(chan struct{})}
	c.text = start(t, cmd)
	go func() { cmd.Wait(); close(c.done) }()
	t.Cleanup(func() {
		cmd.Process.Kill()
		await(t, "the container to end by SIGKILL", c.done, c.text)
	})
	return c
}

// init1 is the pid of the namespace's pid 1 as this side sees it.
func (c *namespaceContainer) init1() string {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", c.cmd.Process.Pid, c.cmd.Process.Pid))
	if err != nil || len(children) == 0 {
		c.t.Fatalf("pid 1 is gone: %v\n%s", err, c.text)
	}
	return strings.TrimSpace(string(children))
}

func (c *namespaceContainer) exec(argv ...string) (string, error) {
	path := "PATH=/command:/usr/sbin:/usr/bin:/sbin:/bin"
	args := append([]string{"-t", c.init1(), "-m", "-p", "-n", "-r", "-w", "env", "-i", path}, argv...)
	return combined(exec.Command("nsenter", args...))
}

func (c *namespaceContainer) stop() int {
	var pid int
	fmt.Sscan(c.init1(), &pid)
	syscall.Kill(pid, syscall.SIGTERM)
	await(c.t, "process 1 to end after SIGTERM", c.done, c.text)
	return c.cmd.ProcessState.ExitCode()
}

func (c *namespaceContainer) log() *lines { return c.text }

// start starts cmd and collects both its outputs.
func start(t *testing.T, cmd *exec.Cmd) *lines {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { r.Close() })
	return collect(r)
}
