// Package supervise is process supervision as s6 does it: service directories, their status and control
// files, the programs that keep services running and those that talk to them. Files and fifos are those of
// s6 2.15, so each side works with s6's own other side.
//
// Functions taking dirfd and a path are relative to that descriptor, as in openat(2); sys.AT is the working
// directory.
//
// # The engine
//
// One process supervises all services of a scan directory. An Engine is its event loop: descriptors,
// deadlines, signals and the deaths of children, worked off by the one goroutine in Engine.Run. A Scan is a
// scan directory on an engine. s6-svscan and s6-supervise are thin programs on these, and so is pid 1:
//
//	e, err := supervise.New(supervise.Options{Prog: "init", Env: env, Stderr: stderr,
//		Signals: []os.Signal{unix.SIGTERM}, OnSignal: func(sig unix.Signal) { … }})
//	sc, err := supervise.NewScan(e, "/run/service", supervise.ScanOptions{
//		Max:    160000,
//		Native: map[string]supervise.Native{"s6rc-oneshot-runner": serveOneshots},
//		Ended:  e.Stop,
//	})
//	go boot(e, sc)
//	sc.Start()     // .s6-svscan/control is read; the first scan is done
//	err = e.Run()  // until e.Stop
//
// What the loop owns is touched in the loop only: all methods of Scan, and Engine.Stop and Engine.Reap,
// belong there. Another goroutine gets there by Engine.Post, or by Engine.Do, which waits. Nothing in the
// loop may block: it is what restarts services.
//
//	Scan.Scan, Scan.Command    look for new services; what s6-svscanctl -ABC does
//	Scan.Control               what s6-svc -ABC does, without the control fifo
//	Scan.Status, Scan.Watch    how a service is, and every event of its event directory
//	Engine.Child               start a process and be told of its death
//
// The loop reaps every child of this process. So nothing else in it may wait for one: os/exec and proc.Wait
// are out, Engine.Child is the way; a goroutine can call it.
//
// A service is supervised as soon as the turn after the scan that found it, and says so by the event s. A
// service directory is known by device and inode and reached through a descriptor: it may be renamed at
// any time. A Native service is a function of this process and looks like any other on disk.
//
// A panic in what is done for one service is reported and leaves the others alone.
package supervise
