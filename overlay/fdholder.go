package overlay

import (
	"context"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/ipc/fdholder"
	"s6box/ipc/unixmessage"
	"s6box/ipc/unixsocket"
	"s6box/rc/db"
	"s6box/rc/live"
)

// pipePrefix begins the identifiers of the pipes between services.
const pipePrefix = "pipe:s6rc-"

// holderRoom is how many descriptors the holder takes besides those of the pipelines there are.
const holderRoom = 256

// holder is the service s6rc-fdholder, which keeps the pipes of pipelines, as a function of this process.
type holder struct {
	dir *live.Dir
}

// serve makes the pipes and answers clients until ctx is done.
func (h *holder) serve(ctx context.Context, ready func()) error {
	dir := h.dir.Servicedir(db.Fdholder)
	names, err := consumers(dir + "/data/autofilled")
	if err != nil {
		return applet.System(err, "read %s/data/autofilled", dir)
	}
	server := fdholder.NewServer(holderRoom + 2*len(names))
	defer server.Close()
	for _, name := range names {
		if err := holdPipe(server, name); err != nil {
			return applet.System(err, "make a pipe for %s", name)
		}
	}
	return unixsocket.Serve(ctx, dir+"/s", ready, func(fd int) { h.client(server, fd) })
}

// client serves one connection of a process that may use the holder.
func (h *holder) client(server *fdholder.Server, fd int) {
	allowed := unixsocket.Trusted(fd)
	file := os.NewFile(uintptr(fd), "client")
	defer file.Close()
	conn, err := unixmessage.NewFile(file)
	if err != nil || !allowed {
		return
	}
	own := func(id string) bool { return strings.HasPrefix(id, pipePrefix) }
	rights := fdholder.Rights{List: true, GetDump: true, SetDump: true, Store: own, Retrieve: own}
	const patience = 30 * time.Second
	server.Serve(conn, rights, patience)
}

// consumers are the services that read a pipe, one a line.
func consumers(file string) ([]string, error) {
	data, err := sys.ReadFile(sys.AT, file, 1<<24)
	if err == unix.ENOENT {
		return nil, nil
	}
	var names []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			names = append(names, line)
		}
	}
	return names, err
}

func holdPipe(server *fdholder.Server, consumer string) error {
	r, w, err := proc.Pipe()
	if err != nil {
		return err
	}
	never := fdholder.Never()
	if err := server.Hold(fdholder.Entry{ID: pipePrefix + "r-" + consumer, FD: r, Limit: never}); err != nil {
		unix.Close(r)
		unix.Close(w)
		return err
	}
	if err := server.Hold(fdholder.Entry{ID: pipePrefix + "w-" + consumer, FD: w, Limit: never}); err != nil {
		unix.Close(w)
		return err
	}
	return nil
}
