package inet

import (
	"bytes"
	"strconv"
	"strings"
)

// Addr is an IPv4 or IPv6 address, the zero Addr none. It stands in for net/netip, whose initialisation every command
// would pay for.
type Addr struct {
	raw  [16]byte // of an IPv4 address the first 4
	size int      // bytes of raw: 4, 16 or, of no address, 0
	zone string   // of an IPv6 address: the interface
}

// AddrOf is the address of 4 or 16 bytes, in network order; not ok for another number of them.
func AddrOf(raw []byte) (a Addr, ok bool) {
	if len(raw) != 4 && len(raw) != 16 {
		return a, false
	}
	a.size = copy(a.raw[:], raw)
	return a, true
}

// IsValid tells whether there is an address.
func (a Addr) IsValid() bool { return a.size != 0 }

// Is4 tells whether it is an IPv4 address; one that is mapped to IPv6 is not.
func (a Addr) Is4() bool { return a.size == 4 }

// Is6 tells whether it is an IPv6 address.
func (a Addr) Is6() bool { return a.size == 16 }

// Bytes are the address in network order.
func (a Addr) Bytes() []byte { return bytes.Clone(a.raw[:a.size]) }

// Bits is how many bits the address has.
func (a Addr) Bits() int { return 8 * a.size }

// Zone is the interface that an address is on, "" if none was named.
func (a Addr) Zone() string { return a.zone }

// Network is the address with all but the first bits set to zero, without its zone.
func (a Addr) Network(bits int) Addr {
	n := Addr{size: a.size}
	whole := bits / 8
	copy(n.raw[:], a.raw[:whole])
	if rest := bits % 8; rest > 0 {
		n.raw[whole] = a.raw[whole] & (0xff << (8 - rest))
	}
	return n
}

// String writes an address the way upstream does: without its zone, and a mapped IPv4 address has no dots.
func (a Addr) String() string {
	switch a.size {
	case 4:
		return strings.Join(numbers(a.raw[:4], 1, 10), ".")
	case 16:
		words := numbers(a.raw[:], 2, 16)
		from, to := longestZeros(words)
		if to-from < 2 {
			return strings.Join(words, ":")
		}
		return strings.Join(words[:from], ":") + "::" + strings.Join(words[to:], ":")
	}
	return "no address"
}

// numbers writes raw, size bytes at a time.
func numbers(raw []byte, size, base int) (words []string) {
	for ; len(raw) > 0; raw = raw[size:] {
		n := uint64(raw[0])
		if size == 2 {
			n = n<<8 | uint64(raw[1])
		}
		words = append(words, strconv.FormatUint(n, base))
	}
	return words
}

func longestZeros(words []string) (from, to int) {
	for i := 0; i < len(words); i++ {
		j := i
		for j < len(words) && words[j] == "0" {
			j++
		}
		if j-i > to-from {
			from, to = i, j
		}
	}
	return from, to
}

// ParseAddr reads an IPv4 or IPv6 address, the latter with %zone behind it or not. The numbers of an IPv4 address are
// decimal, zeros in front or not.
func ParseAddr(text string) (a Addr, ok bool) {
	text, zone, zoned := strings.Cut(text, "%")
	if zoned && zone == "" {
		return Addr{}, false
	}
	raw, ok := parse4(text)
	if !ok || zoned {
		raw, ok = parse6(text)
	}
	if !ok {
		return Addr{}, false
	}
	a, ok = AddrOf(raw)
	a.zone = zone
	return a, ok
}

func parse4(text string) (raw []byte, ok bool) {
	for part := range strings.SplitSeq(text, ".") {
		for len(part) > 1 && part[0] == '0' {
			part = part[1:]
		}
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil {
			return nil, false
		}
		raw = append(raw, byte(n))
	}
	return raw, len(raw) == 4
}

func parse6(text string) (raw []byte, ok bool) {
	head, tail, gap := strings.Cut(text, "::")
	front, ok := groups(head, !gap)
	back, ok2 := groups(tail, true)
	if !ok || !ok2 || gap && len(front)+len(back) > 14 || !gap && len(front) != 16 {
		return nil, false
	}
	raw = make([]byte, 16)
	copy(raw, front)
	copy(raw[16-len(back):], back)
	return raw, true
}

// groups reads groups of an IPv6 address; the last group of all may be an IPv4 address.
func groups(text string, last bool) (raw []byte, ok bool) {
	if text == "" {
		return nil, true
	}
	words := strings.Split(text, ":")
	for i, word := range words {
		if four, ok := parse4(word); ok && last && i == len(words)-1 {
			return append(raw, four...), len(raw) <= 12
		}
		n, err := strconv.ParseUint(word, 16, 16)
		if err != nil || len(word) > 4 {
			return nil, false
		}
		raw = append(raw, byte(n>>8), byte(n))
	}
	return raw, len(raw) <= 16
}

// AddrPort is an address with a port.
type AddrPort struct {
	Addr Addr
	Port uint16
}
