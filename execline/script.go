package execline

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

// source returns the text of the script and leaves its arguments in inv.Args.
func (o *execlineb) source(inv *applet.Invocation) ([]byte, error) {
	if o.command {
		o.zero = inv.Argv0
		return []byte(o.script), nil
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	o.script, inv.Args = inv.Args[0], inv.Args[1:]
	o.zero = o.script
	fd, err := inv.Proc.Open(o.script, unix.O_RDONLY, 0)
	if err != nil {
		return nil, applet.System(err, "open %s for reading", o.script)
	}
	defer unix.Close(fd)
	src, err := readAll(proc.FD(fd))
	if err != nil {
		return nil, applet.System(err, "parse script in file %s", o.script)
	}
	if bytes.HasPrefix(src, []byte("\x7fELF")) {
		return nil, applet.Fatal(applet.ExitUsage, "syntax error in file %s: it is a program, not a script", o.script)
	}
	if isDOS(src) {
		inv.Warn("file %s has CR LF line ends, reading them as LF (dos2unix would mend it)", o.script)
		src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	}
	return src, nil
}

// isDOS tells whether every line of src ends in CR LF.
func isDOS(src []byte) bool {
	lines := bytes.Count(src, []byte("\n"))
	return lines > 0 && bytes.Count(src, []byte("\r\n")) == lines
}

// dropCarriageReturn mends options that come from the first line of a script with CR LF line ends: the
// kernel passes the CR on as part of them.
func dropCarriageReturn(inv *applet.Invocation) {
	if len(inv.Args) > 0 && strings.HasPrefix(inv.Args[0], "-") {
		if word, found := strings.CutSuffix(inv.Args[0], "\r"); found {
			inv.Args = append([]string{word}, inv.Args[1:]...)
		}
	}
}

// readAll reads fd to its end.
func readAll(fd proc.FD) ([]byte, error) {
	buf := make([]byte, 0, startSize(fd))
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := fd.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// startSize is one more than the size of a file, so that its end is seen without growing.
func startSize(fd proc.FD) int {
	var st unix.Stat_t
	if unix.Fstat(int(fd), &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size > 1<<30 {
		return 4096
	}
	return int(st.Size) + 1
}
