// Package execline holds the commands of execline. Each is specified by the upstream page of its name.
package execline
