// Package linuxinit is the commands of s6-linux-init that boot a machine or a container: the directory it is booted
// from, the first program, and the daemons beside it.
package linuxinit
