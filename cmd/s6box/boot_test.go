package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"s6box/internal/needs"
)

// The scripts of testdata/containers/boot boot small trees for real, as process 1 of new namespaces. What a script
// has below root/ is laid over an installed root; `boot CODE [options] command...` boots that and wants
// CODE; the options are those of s6box-boot. A container that does not end by itself is stopped, and a failure.
func TestBoot(t *testing.T) {
	if os.Geteuid() != 0 {
		needs.Missing(t, "booting containers takes root")
	}
	if os.Getenv("S6BOX_REFERENCE") != "" {
		t.Skip("these are about our own messages and directories")
	}
	box, booter, dist := binary(t), buildTool(t, "s6box-boot"), buildTool(t, "s6box-dist")
	repo, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/containers/boot",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("S6BOX_UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
			env.Setenv("BOX", box)
			env.Setenv("BOOT", booter)
			env.Setenv("DIST", dist)
			env.Setenv("REPO", repo)
			if err := os.Chmod(env.WorkDir, 0o755); err != nil {
				return err
			}
			if out, err := combined(exec.Command(box, "install", "-S", env.WorkDir+"/root")); err != nil {
				return fmt.Errorf("%w\n%s", err, out)
			}
			for _, dir := range []string{"var", "tmp", "etc"} {
				os.Mkdir(env.WorkDir+"/root/"+dir, 0o755)
			}
			return os.Symlink("/run", env.WorkDir+"/root/var/run")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": cmdCode, "boot": cmdBoot, "guide": cmdGuide, "dockerfile": cmdDockerfile},
	})
}

// cmdBoot is the script command `boot CODE [options] command...`.
func cmdBoot(ts *testscript.TestScript, neg bool, args []string) {
	at := 1
	for at < len(args) && args[at][0] == '-' {
		at++
	}
	if neg || at >= len(args) {
		ts.Fatalf("usage: boot code [options] command...")
	}
	argv := append([]string{"-k", "10", strconv.Itoa(int(patience.Seconds())), ts.Getenv("BOOT")}, args[1:at]...)
	argv = append(append(argv, "root"), args[at:]...)
	err := ts.Exec("timeout", argv...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got == 124 || got == 137 && args[0] != "137" {
		ts.Fatalf("waited %v for the container to end by itself, with exit code %s; all it has printed stands above", patience, args[0])
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// buildTool builds another program of this project.
func buildTool(t *testing.T, name string) string {
	file := filepath.Join(t.TempDir(), name)
	if out, err := combined(exec.Command("go", "build", "-o", file, "../"+name)); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}
