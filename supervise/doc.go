// Package supervise is process supervision as s6 does it: service directories, their status and control
// files, the programs that keep services running and those that talk to them. Files and fifos are those of
// s6 2.15, so each side works with s6's own other side.
//
// Functions taking dirfd and a path are relative to that descriptor, as in openat(2); sys.AT is the working
// directory.
package supervise
