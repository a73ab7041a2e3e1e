// Package utils holds the commands of s6-portable-utils and s6-linux-utils.
package utils
