package logging

import (
	"strconv"
	"strings"
)

// address is an IP address and a port. It stands in for net/netip, whose initialisation every command would
// pay for.
type address struct {
	ip   []byte // 4 or 16 bytes; nil: none
	port uint16
}

// parseAddress parses ip or ip_port, or ip:port for IPv4. Without a port it is that of syslog.
func parseAddress(text string) (a address, ok bool) {
	host, port, found := strings.Cut(text, "_")
	if i := strings.IndexByte(text, ':'); !found && i >= 0 && i == strings.LastIndexByte(text, ':') {
		host, port, found = text[:i], text[i+1:], true
	}
	if !found {
		port = "514"
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if a.ip, ok = parse4(host); !ok {
		a.ip, ok = parse6(host)
	}
	a.port = uint16(n)
	return a, ok && err == nil
}

func parse4(text string) (ip []byte, ok bool) {
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil || len(part) > 1 && part[0] == '0' {
			return nil, false
		}
		ip = append(ip, byte(n))
	}
	return ip, len(ip) == 4
}

func parse6(text string) (ip []byte, ok bool) {
	head, tail, gap := strings.Cut(text, "::")
	front, ok := groups(head, !gap)
	back, ok2 := groups(tail, true)
	if !ok || !ok2 || gap && len(front)+len(back) > 14 || !gap && len(front) != 16 {
		return nil, false
	}
	ip = make([]byte, 16)
	copy(ip, front)
	copy(ip[16-len(back):], back)
	return ip, true
}

// groups parses groups of an IPv6 address; the last group of all may be an IPv4 address.
func groups(text string, last bool) (ip []byte, ok bool) {
	if text == "" {
		return nil, true
	}
	words := strings.Split(text, ":")
	for i, word := range words {
		if four, ok := parse4(word); ok && last && i == len(words)-1 {
			return append(ip, four...), len(ip) <= 12
		}
		n, err := strconv.ParseUint(word, 16, 16)
		if err != nil || len(word) > 4 {
			return nil, false
		}
		ip = append(ip, byte(n>>8), byte(n))
	}
	return ip, len(ip) <= 16
}

// host writes the address without the port, IPv6 in the form of RFC 5952.
func (a address) host() string {
	if len(a.ip) == 4 {
		words := make([]string, 4)
		for i, b := range a.ip {
			words[i] = strconv.Itoa(int(b))
		}
		return strings.Join(words, ".")
	}
	words := make([]string, 8)
	for i := range words {
		words[i] = strconv.FormatUint(uint64(a.ip[2*i])<<8|uint64(a.ip[2*i+1]), 16)
	}
	from, to := longestZeros(words)
	if to-from < 2 {
		return strings.Join(words, ":")
	}
	return strings.Join(words[:from], ":") + "::" + strings.Join(words[to:], ":")
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

func (a address) String() string { return a.host() + "_" + strconv.Itoa(int(a.port)) }
