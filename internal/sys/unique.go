package sys

import "golang.org/x/sys/unix"

// suffixLen letters follow a unique name's stem: 36 random bits.
const suffixLen = 6

// Unique returns stem and a random suffix.
func Unique(stem string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	var random [suffixLen]byte
	for got := 0; got < suffixLen; {
		n, err := unix.Getrandom(random[got:], 0)
		if err != nil && err != unix.EINTR {
			panic("getrandom: " + err.Error())
		}
		got += max(n, 0)
	}
	for i, r := range random {
		random[i] = letters[r&63]
	}
	return stem + string(random[:])
}

// retryUnique calls f with unique names until it finds one that is free.
func retryUnique(stem string, f func(name string) error) error {
	for {
		if err := f(Unique(stem)); err != unix.EEXIST {
			return err
		}
	}
}
