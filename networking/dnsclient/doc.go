// Package dnsclient holds the commands of s6-dns: clients of the DNS.
package dnsclient
