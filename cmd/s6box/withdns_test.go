package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"s6box/internal/dnstest"
)

// withDNSProg is the name by which withDNS is called.
const withDNSProg = "with-dns"

// insideDNS is the first word of the call that has the namespaces.
const insideDNS = "--inside"

// withDNS is a program for tests: with-dns FILE PROG... runs PROG where all of 127.0.0.0/8 and ::1 is its own, a server of the
// zone in FILE being at 127.0.0.1, at ::1 and at the addresses that FILE has behave, and
// /etc is the directory etc, or empty if there is none. The exit code is that of PROG. argv is the command line.
func withDNS(argv []string) int {
	if len(argv) < 3 {
		return failDNS(errors.New("usage: " + withDNSProg + " FILE PROG..."))
	}
	if argv[1] != insideDNS {
		return separateDNS(argv)
	}
	if err := prepareDNS(argv[2]); err != nil {
		return failDNS(err)
	}
	return runDNS(exec.Command(argv[3], argv[4:]...))
}

// separateDNS runs this program once more, with namespaces of its own.
func separateDNS(argv []string) int {
	self, err := os.Executable()
	if err != nil {
		return failDNS(err)
	}
	cmd := exec.Command(self)
	cmd.Args = append([]string{argv[0], insideDNS}, argv[1:]...)
	cmd.SysProcAttr = ownNamespaces()
	return runDNS(cmd)
}

// dnsPossible tells whether the system lets withDNS have what it needs.
func dnsPossible() bool {
	cmd := exec.Command("/bin/true")
	cmd.SysProcAttr = ownNamespaces()
	return cmd.Run() == nil
}

// ownNamespaces gives a process a network and mounts of its own.
func ownNamespaces() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS}
	if uid := os.Geteuid(); uid != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{HostID: uid, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	return attr
}

func runDNS(cmd *exec.Cmd) int {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL // who gives this program up wants neither
	runtime.LockOSThread()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return failDNS(err)
	}
	return cmd.ProcessState.ExitCode()
}

func failDNS(err error) int {
	fmt.Fprintf(os.Stderr, "%s: %v\n", withDNSProg, err)
	const broken = 120
	return broken
}

func prepareDNS(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	zone, err := dnstest.Parse(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := loopback(); err != nil {
		return fmt.Errorf("lo: %w", err)
	}
	// A root that is no mount is that of a chroot, and whoever made that has seen to it.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil && err != unix.EINVAL {
		return fmt.Errorf("private mounts: %w", err)
	}
	if _, err = os.Stat("etc"); err == nil {
		err = unix.Mount("etc", "/etc", "", unix.MS_BIND, "")
	} else {
		err = unix.Mount("tmpfs", "/etc", "tmpfs", 0, "")
	}
	if err != nil {
		return fmt.Errorf("/etc: %w", err)
	}
	server := dnstest.New(zone)
	addresses := append([]string{"127.0.0.1", "::1"}, zone.Servers...)
	slices.Sort(addresses)
	for _, ip := range slices.Compact(addresses) {
		if _, err := server.Serve(net.JoinHostPort(ip, "53")); err != nil {
			return err
		}
	}
	return nil
}

func loopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}
