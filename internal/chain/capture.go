package chain

import (
	"io"

	"s6box/internal/applet"
	"s6box/internal/proc"
)

// Capture runs argv as a child of the virtual process st would be run, with a pipe for its standard output,
// and returns all that was written there until the last descriptor of the pipe was closed, in argv's
// background processes as well. It releases st. Errors are those of Run, and reading the pipe.
func Capture(st *proc.State, argv []string) (out []byte, status proc.Status, err error) {
	defer st.Release()
	r, w, err := proc.Pipe()
	if err != nil {
		return nil, 0, applet.System(err, "pipe")
	}
	defer proc.FD(r).Close()
	if err := st.SetFD(1, w); err != nil {
		return nil, 0, applet.System(err, "move the pipe to descriptor 1")
	}
	p, err := prepare(st, st.SearchPath(), "", argv, false)
	if err != nil {
		return nil, 0, err
	}
	if p.argv == nil || p.applet == nil || !inProcess(p.applet, true) {
		return captureProgram(st, r, p)
	}
	// A pipe holds little: what is evaluated here needs its reader at the same time.
	type result struct {
		out []byte
		err error
	}
	read := make(chan result, 1)
	go func() {
		out, err := io.ReadAll(proc.FD(r))
		read <- result{out, err}
	}()
	status, err = RunRest(st, p.prog, p.argv)
	st.Release()
	got := <-read
	if err == nil && got.err != nil {
		err = applet.System(got.err, "read the output of %s", argv[0])
	}
	return got.out, status, err
}

func captureProgram(st *proc.State, r int, p prepared) (out []byte, status proc.Status, err error) {
	pid := 0
	if status = p.status; p.argv != nil {
		if pid, status, err = spawn(st, p); err != nil {
			return nil, 0, err
		}
	}
	st.Release()
	if out, err = io.ReadAll(proc.FD(r)); err != nil {
		return nil, 0, applet.System(err, "read the output of %s", p.argv[0])
	}
	if pid != 0 {
		status, err = wait(pid, p.argv[0])
	}
	return out, status, err
}
