// Package ipc holds the commands that serve, connect and guard Unix sockets.
package ipc
