// Package rc holds the commands of s6-rc. What they do is in the packages below it: source is read, compile makes a db
// of it, plan decides how to get from one state of the live directory to another, and change carries that out.
package rc
