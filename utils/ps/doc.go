// Package ps lists processes: s6-ps.
package ps
