package sys

import "golang.org/x/sys/unix"

// suffixLen letters follow a unique name's stem: 36 random bits.
const suffixLen = 6

// Unique returns stem and a random suffix.
func Unique(stem string) string { return stem + RandomName(suffixLen) }

// RandomName returns n random characters that may stand in a file name, of 64 different ones.
func RandomName(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	random := make([]byte, n)
	Random(random)
	for i, r := range random {
		random[i] = letters[r&63]
	}
	return string(random)
}

// Random fills buf with random bytes.
func Random(buf []byte) {
	for len(buf) > 0 {
		n, err := unix.Getrandom(buf, 0)
		if err != nil && err != unix.EINTR {
			panic("getrandom: " + err.Error())
		}
		buf = buf[max(n, 0):]
	}
}
