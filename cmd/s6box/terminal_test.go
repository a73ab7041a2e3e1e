package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"s6box/internal/needs"
)

// TestInterrupt starts a container from a shell in a terminal, as `make run` does, and presses Ctrl-C. That is for the
// container alone, which ends with exit code 0: the shell lives to tell.
func TestInterrupt(t *testing.T) {
	if os.Geteuid() != 0 {
		needs.Missing(t, "booting containers takes root")
	}
	dir := filepath.Join(t.TempDir(), "root")
	if out, err := combined(exec.Command(binary(t), "install", dir)); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	keyboard, terminal := openTerminal(t)
	cmd := exec.Command("sh", "-c", `"$0" "$1" /init; echo the container exited $?; read line; echo got $line`, buildTool(t, "s6box-boot"), dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	over := guard(cmd, patience)
	terminal.Close()
	press := func(when, keys string, screen *bytes.Buffer) {
		for !bytes.Contains(screen.Bytes(), []byte(when)) {
			var buf [4096]byte
			n, err := keyboard.Read(buf[:])
			if err != nil {
				t.Fatalf("%v; no %q on the terminal:\n%s", err, when, screen)
			}
			screen.Write(buf[:n])
		}
		if _, err := keyboard.WriteString(keys); err != nil {
			t.Fatal(err)
		}
	}
	var screen bytes.Buffer
	press("legacy-services successfully started", "\x03", &screen)
	press("the container exited 0", "word\n", &screen)
	press("got word", "", &screen)
	if err := cmd.Wait(); err != nil || over() {
		t.Errorf("%v\n%s", err, &screen)
	}
}

// openTerminal returns both ends of a new terminal.
func openTerminal(t *testing.T) (keyboard, terminal *os.File) {
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keyboard.Close() })
	n, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return keyboard, terminal
}
