//go:build amd64 || arm64

package main

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// changing are the system calls that may change something outside of the process, by number. Of openat those count that
// do not only read.
var changing = map[uint64]string{
	unix.SYS_OPENAT: "openat", unix.SYS_MKDIRAT: "mkdirat", unix.SYS_MKNODAT: "mknodat", unix.SYS_LINKAT: "linkat",
	unix.SYS_SYMLINKAT: "symlinkat", unix.SYS_UNLINKAT: "unlinkat", unix.SYS_RENAMEAT: "renameat", unix.SYS_RENAMEAT2: "renameat2",
	unix.SYS_WRITE: "write", unix.SYS_PWRITE64: "pwrite64", unix.SYS_FTRUNCATE: "ftruncate", unix.SYS_FCHMOD: "fchmod",
	unix.SYS_FCHMODAT: "fchmodat", unix.SYS_FCHOWN: "fchown", unix.SYS_FCHOWNAT: "fchownat", unix.SYS_UTIMENSAT: "utimensat",
	unix.SYS_CONNECT: "connect", unix.SYS_SENDMSG: "sendmsg",
}

// syscallInfo is struct ptrace_syscall_info of ptrace(2), as it is at the entry to a call.
type syscallInfo struct {
	op, _, _, _ uint8
	arch        uint32
	ip, sp      uint64
	nr          uint64
	args        [6]uint64
	_           [8]uint64
}

// killBefore runs a command and kills it before its nth system call that changes something, counted from 0: the call
// is not made. It returns the names of those it has made, and code, which is -1 if it was killed. Processes that the
// command has started live on.
func killBefore(t *testing.T, n int, cmd *exec.Cmd) (calls []string, code int) {
	t.Helper()
	runtime.LockOSThread() // only the thread that traces a process may do so
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := cmd.Process.Pid
	defer cmd.Process.Release()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil || !status.Stopped() {
		t.Fatal("ptrace: ", err, status)
	}
	if err := syscall.PtraceSetOptions(pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL); err != nil {
		t.Fatal(err)
	}
	syscall.PtraceSyscall(pid, 0)
	threads := map[int]bool{pid: true}
	for {
		tid, err := syscall.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			t.Fatal("wait: ", err)
		case !status.Stopped():
			if tid == pid {
				return calls, status.ExitStatus()
			}
			continue
		}
		signal := 0
		switch stop := status.StopSignal(); {
		case stop == unix.SIGTRAP|0x80:
			if name := entered(tid); name != "" && len(calls) == n {
				syscall.Kill(pid, syscall.SIGKILL)
			} else if name != "" {
				calls = append(calls, name)
			}
		case stop == unix.SIGTRAP: // an event
		case !threads[tid]: // a new thread
			threads[tid] = true
		default:
			signal = int(stop)
		}
		syscall.PtraceSyscall(tid, signal)
	}
}

// entered is the name of the system call that a thread is about to make, if it may change something.
func entered(tid int) string {
	const entry = 1
	var info syscallInfo
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 || info.op != entry {
		return ""
	}
	name := changing[info.nr]
	if name == "openat" && info.args[2]&(unix.O_WRONLY|unix.O_RDWR|unix.O_CREAT) == 0 {
		return ""
	}
	return name
}

// everywhere kills a command at every step, or unless S6BOX_ALL_STEPS is set, at each fifth of those that only make or remove
// files, and on either side of those that put something in force. before is called each time before it, after behind it, with
// the number of the step and the call that was not made.
func everywhere(t *testing.T, command func() *exec.Cmd, before, after func(step int, call string)) {
	t.Helper()
	run := func(step int) (calls []string, code int) {
		before(step, "")
		cmd := command()
		cmd.Env = append(os.Environ(), "S6BOX_GOMAXPROCS=1", "S6BOX_GOGC=off") // as few calls as possible, and always in the same order
		stderr, err := os.Create(t.TempDir() + "/stderr")
		if err != nil {
			t.Fatal(err)
		}
		defer stderr.Close()
		cmd.Stderr = stderr
		if calls, code = killBefore(t, step, cmd); code > 0 {
			text, _ := os.ReadFile(stderr.Name())
			t.Fatalf("%v exited %d: %s", cmd, code, text)
		}
		return calls, code
	}
	calls, _ := run(-1)
	after(-1, "")
	all, done := os.Getenv("S6BOX_ALL_STEPS") != "", 0
	for step, call := range calls {
		if all || step%5 == 0 || decides(call) || step > 0 && decides(calls[step-1]) {
			run(step)
			after(step, call)
			done++
		}
	}
	t.Logf("%d of %d steps", done, len(calls))
}

// decides tells whether a call puts something in force, or tells others.
func decides(call string) bool {
	switch call {
	case "openat", "write", "mkdirat", "mknodat", "symlinkat", "fchmod", "fchmodat", "unlinkat":
		return false
	}
	return true
}
