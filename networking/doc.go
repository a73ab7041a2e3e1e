// Package networking holds the commands of s6-networking: super-servers and clients for TCP, and clocks.
package networking
