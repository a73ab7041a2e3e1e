//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"s6box/internal/applet"
	"s6box/internal/needs"
	"s6box/internal/proc"
)

// The test binary is the shell when it is called by the name of one.
func TestMain(m *testing.M) {
	applet.Use(&Commands)
	switch name := filepath.Base(os.Args[0]); name {
	case "umask": // by which proc.State.Spawn sets the mask of a child
		mask, _ := strconv.ParseInt(os.Args[1], 8, 32)
		syscall.Umask(int(mask))
		syscall.Exec(os.Args[2], os.Args[2:], os.Environ())
		os.Exit(126)
	case "bash", "sh", hiddenName:
		os.Exit(Main(proc.Inherit(os.Args), name, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// snippet is a script that two judges run: this shell and bash.
type snippet struct {
	file, name string
	text       string
	posix      bool // as sh
	command    bool // with -c
	stdin      bool // from standard input
	quiet      bool // messages may differ
}

// snippets reads testdata/*.txt: scripts separated by lines "### name", behind which options may stand: posix, -c, stdin,
// stderr (messages may differ).
func snippets(t *testing.T) []snippet {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no snippets: ", err)
	}
	var out []snippet
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range strings.Split("\n"+string(text), "\n### ") {
			if i == 0 {
				continue
			}
			head, body, _ := strings.Cut(part, "\n")
			head, options, _ := strings.Cut(head, " | ")
			s := snippet{file: filepath.Base(file), name: head, text: body + "\n"}
			for _, o := range strings.Fields(options) {
				switch o {
				case "posix":
					s.posix = true
				case "-c":
					s.command = true
				case "stdin":
					s.stdin = true
				case "stderr":
					s.quiet = true
				default:
					t.Fatalf("%s: %s: unknown option %s", file, head, o)
				}
			}
			out = append(out, s)
		}
	}
	return out
}

type outcome struct {
	stdout, stderr string
	code           int
}

// run runs the snippet with the shell at path in an empty directory.
func (s *snippet) run(t *testing.T, path string) outcome {
	dir := t.TempDir()
	args := []string{"bash"}
	if s.posix {
		args = append(args, "--posix")
	}
	switch {
	case s.command:
		args = append(args, "-c", s.text)
	case s.stdin:
	default:
		if err := os.WriteFile(dir+"/script", []byte(s.text), 0o666); err != nil {
			t.Fatal(err)
		}
		args = append(args, "script", "one", "two words", "three")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path)
	cmd.Args = args
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=/home/someone", "LC_ALL=C.UTF-8", "TZ=UTC", "PWD=" + dir, "D=" + dir}
	cmd.Stdin = strings.NewReader("first line\nsecond line\n")
	if s.stdin {
		cmd.Stdin = strings.NewReader(s.text)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	o := outcome{stdout: stdout.String(), stderr: stderr.String()}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		o.code = -1
	case errors.As(err, &exit):
		o.code = exit.ExitCode()
		if ws := exit.Sys().(syscall.WaitStatus); ws.Signaled() {
			o.code = 1000 + int(ws.Signal())
		}
	case err != nil:
		t.Fatal(err)
	}
	o.stdout = strings.ReplaceAll(o.stdout, dir, "DIR")
	o.stderr = plainMessages(strings.ReplaceAll(o.stderr, dir, "DIR"))
	return o
}

var (
	prefix = regexp.MustCompile(`(?m)^(bash|script|environment|DIR/\S+|\./\S+|[a-z./]+): (-c: )?(line \d+: *)?`)
	digits = regexp.MustCompile(`\b\d{2,}\b`)
	spaces = regexp.MustCompile(`(?m)[ \t]+`)
)

// plainMessages removes from messages what depends on the judge.
func plainMessages(s string) string {
	s = prefix.ReplaceAllString(s, "")
	s = digits.ReplaceAllString(s, "N")
	return spaces.ReplaceAllString(s, " ")
}

// TestConfirm compares this shell with bash.
func TestConfirm(t *testing.T) {
	reference, err := exec.LookPath("bash")
	if err != nil {
		needs.Missing(t, "bash is the judge, and is not here")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range snippets(t) {
		t.Run(s.file+"/"+s.name, func(t *testing.T) {
			t.Parallel()
			want := s.run(t, reference)
			got := s.run(t, self)
			if s.quiet {
				want.stderr, got.stderr = "", ""
			}
			if got != want {
				t.Errorf("%s\n%s", s.text, diff(got, want))
			}
		})
	}
}

func diff(got, want outcome) string {
	var b strings.Builder
	if got.code != want.code {
		fmt.Fprintf(&b, "code %d, bash %d\n", got.code, want.code)
	}
	if got.stdout != want.stdout {
		fmt.Fprintf(&b, "stdout:\n%s\nbash:\n%s\n", got.stdout, want.stdout)
	}
	if got.stderr != want.stderr || got.code != want.code {
		fmt.Fprintf(&b, "stderr:\n%s\nbash:\n%s\n", got.stderr, want.stderr)
	}
	return b.String()
}
