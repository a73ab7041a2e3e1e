// Package mount holds the commands that mount and unmount file systems and swap, and what they read: fstab(5),
// /proc/mounts and /proc/swaps.
package mount
