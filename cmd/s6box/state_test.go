package main

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// probe prints all a process inherits that /proc tells of. What differs from process to process is left out.
const probe = `
fd=0
while test $fd -lt 99; do # a list made by a child may show the pipe to it
	test ! -e /proc/$$/fd/$fd || echo "fd $fd $(readlink /proc/$$/fd/$fd) $(grep flags: /proc/$$/fdinfo/$fd)"
	fd=$((fd + 1))
done
readlink /proc/$$/cwd
while read -r line; do # without a child: to start one, a shell may block signals for a moment
	case $line in
	Umask*|Uid*|Gid*|Groups*|SigBlk*|SigIgn*|SigCgt*|Cap*|NoNewPrivs*|Seccomp*|Cpus_allowed*|Mems_allowed*|CoreDumping*|THP_enabled*|Name*|Threads*)
		echo "$line" ;;
	esac
done </proc/$$/status
cat /proc/$$/limits /proc/$$/oom_score_adj /proc/$$/cgroup
cut -d' ' -f7,8,18,19,20,40,41 /proc/$$/stat
for field in 5 6; do test "$(cut -d' ' -f$field /proc/$$/stat)" = $$ && echo "leader $field"; done
cat /proc/$$/timerslack_ns /proc/$$/personality 2>/dev/null
tr '\000' '\n' </proc/$$/environ
tr '\000' '|' </proc/$$/cmdline
`

// stateEnv is an environment that a library would not hand on as it is.
var stateEnv = []string{"A=1", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "A=2", "noequals", "", "=odd", "MULTI=a\nb", "EMPTY=", "\xff=\xfe"}

// TestStateSurvivesTheChain runs a probe directly and behind chains of our commands that change nothing in
// the end, from a process whose every attribute is unusual. The probe has to tell the same.
func TestStateSurvivesTheChain(t *testing.T) {
	bin := t.TempDir()
	link(t, bin, binary(t))
	want := observe(t, "/bin/sh", "sh", "-c", probe, "NAME")
	if !strings.Contains(want, "fd 3 ") || !strings.Contains(want, "(deleted)") {
		t.Fatalf("the probe sees nothing:\n%s", want)
	}
	commands := strings.Fields(`export Q r unexport Q getpid Q unexport Q fdmove -c 59 3 fdmove 60 59 fdclose 60 fdswap 3 4 fdswap 4 3
		fdblock 4 define K v multidefine -d : a:b X Y . redirfd -r 59 /dev/null fdclose 59 piperw 59 60 fdclose 59 fdclose 60
		exec posix-umask 027 umask 0027 if s6-true . if -n eltest a = b . heredoc 59 text fdclose 59 tryexec -n s6-true .`)
	for i, word := range commands {
		if word == "." {
			commands[i] = ""
		}
	}
	for name, chain := range map[string][]string{
		"chain":     commands,
		"execlineb": {"execlineb", "-P", "-c", "export Q r unexport Q foreground { s6-true } unexport ? sh -c \"${0}\" NAME"},
		"block":     {"if", " export", " Q", " r", " unexport", " Q"},
	} {
		t.Run(name, func(t *testing.T) {
			argv := slices.Clone(chain)
			switch name {
			case "chain":
				argv = append(argv, "sh", "-c", probe, "NAME")
			case "execlineb":
				argv[3] = strings.Replace(argv[3], "${0}", quote(probe), 1)
			case "block":
				argv = append(argv, " sh", " -c", " "+probe, " NAME", "", "s6-true")
			}
			want := want
			if name == "block" {
				want = strings.ReplaceAll(strings.ReplaceAll(want, "leader 5\n", ""), "leader 6\n", "")
			}
			if got := observe(t, filepath.Join(bin, argv[0]), argv...); got != want {
				t.Errorf("the probe sees another state:\n%s", difference(want, got))
			}
		})
	}
}

// TestIgnoredChildren runs chains in a process that ignores SIGCHLD, so that nobody learns how a child has ended, and
// blocks SIGTERM. What is expected here is what the C programs do.
func TestIgnoredChildren(t *testing.T) {
	bin := t.TempDir()
	link(t, bin, binary(t))
	// The last five digits: signals 32 and 33 are ignored if a C library has spawned who runs this.
	const show, kept, reset = ` sed -n "s/Sig[BI][lg]..............//p" /proc/self/status`, "04000\n10200\n", "00000\n00200\n"
	for _, tt := range []struct {
		script, want string
		code         int
	}{
		{"export A b" + show, kept, 0},
		{"umask 022 background {" + show + " } wait { }" + show, kept + kept, 0},
		{"background -d {" + show + " } s6-true", kept, 0}, // the pipe of its output tells when it is done
		{"foreground {" + show + " } s6-echo", kept, 111},
		{"if {" + show + " } s6-echo", kept, 111},
		{"backtick V {" + show + " } s6-echo", "", 111},
		{"forx i { 1 2 }" + show, reset + reset, 0},
		{"pipeline { s6-echo a } forstdin i" + show, reset, 0},
		{"forbacktickx i { s6-echo a }" + show, reset, 0},
	} {
		t.Run(tt.script, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestStateHelper$", "--", filepath.Join(bin, "execlineb"), "execlineb", "-Pc", tt.script)
			cmd.Env = []string{"S6BOX_STATE_HELPER=children", "PATH=" + bin + ":/usr/bin:/bin"}
			out, err := output(cmd, patience)
			if out != tt.want || cmd.ProcessState.ExitCode() != tt.code {
				t.Errorf("%q, %v; want %q and exit code %d", out, err, tt.want, tt.code)
			}
		})
	}
}

func quote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}

// observe runs a program in the unusual state and returns what it prints.
func observe(t *testing.T, path string, argv ...string) string {
	dir := t.TempDir()
	for _, name := range []string{"in", "out", "hidden"} {
		writeFile(t, filepath.Join(dir, name), name)
	}
	cmd := exec.Command(os.Args[0], append([]string{"-test.run=^TestStateHelper$", "--", path}, argv...)...)
	cmd.Env = []string{"S6BOX_STATE_HELPER=1"}
	cmd.Dir = filepath.Join(dir, "gone")
	if err := os.Mkdir(cmd.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, open := range []struct {
		name string
		flag int
	}{{"in", os.O_RDONLY}, {"out", os.O_WRONLY | os.O_APPEND}, {"hidden", os.O_RDONLY}} {
		f, err := os.OpenFile(filepath.Join(dir, open.name), open.flag, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := output(cmd, patience)
	if err != nil {
		t.Fatalf("%q: %v", argv, err)
	}
	text := strings.ReplaceAll(out, dir, "DIR")
	return regexp.MustCompile(`pipe:\[\d+\]`).ReplaceAllString(text, "pipe:[N]")
}

// TestStateHelper is the process that observe starts: it takes the unusual state on and executes the program
// that its arguments name.
func TestStateHelper(t *testing.T) {
	if os.Getenv("S6BOX_STATE_HELPER") == "" {
		t.Skip("only as a process of its own")
	}
	at := slices.Index(os.Args, "--")
	path, argv := os.Args[at+1], os.Args[at+2:]
	runtime.LockOSThread() // nice and the signal mask belong to the thread
	var blocked unix.Sigset_t
	if os.Getenv("S6BOX_STATE_HELPER") == "children" {
		signal.Ignore(unix.SIGCHLD, unix.SIGUSR1)
		blocked.Val[0] = 1 << (unix.SIGTERM - 1)
		unix.PthreadSigmask(unix.SIG_BLOCK, &blocked, nil)
		t.Fatal(syscall.Exec(path, argv, os.Environ()))
	}
	signal.Ignore(unix.SIGHUP, unix.SIGINT, unix.SIGUSR1, unix.SIGPIPE, unix.SIGTTOU, unix.Signal(40))
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(unix.Setpriority(unix.PRIO_PROCESS, 0, 5))
	check(unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 0, Max: 1 << 20}))
	check(unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 77, Max: 99}))
	check(unix.Prctl(unix.PR_SET_TIMERSLACK, 60000, 0, 0, 0))
	for _, sig := range []unix.Signal{unix.SIGUSR2, unix.SIGQUIT, unix.SIGTERM, unix.SIGCHLD} {
		blocked.Val[0] |= 1 << (sig - 1)
	}
	check(unix.PthreadSigmask(unix.SIG_BLOCK, &blocked, nil))
	unix.CloseOnExec(5)
	unix.Umask(0o027)
	wd, err := os.Getwd()
	check(err)
	check(os.Remove(wd))
	check(syscall.Exec(path, argv, stateEnv))
}

func writeFile(t *testing.T, name, text string) {
	if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// difference lists the lines that only one of two texts has.
func difference(want, got string) string {
	var out strings.Builder
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range a {
		if !slices.Contains(b, line) {
			out.WriteString("- " + line + "\n")
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			out.WriteString("+ " + line + "\n")
		}
	}
	return out.String()
}
