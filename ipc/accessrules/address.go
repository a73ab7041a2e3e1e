package accessrules

import (
	"strconv"
	"strings"

	"s6box/internal/inet"
)

// CheckIP looks an address up: ip4/ADDRESS_32 to ip4/0.0.0.0_0, or ip6/ADDRESS_128 to ip6/::_0. The rule of the
// smallest network decides.
func CheckIP(rules Rules, ip inet.Addr) (Result, error) {
	kind := "ip6/"
	if ip.Is4() {
		kind = "ip4/"
	}
	for bits := ip.Bits(); bits >= 0; bits-- {
		result, err := rules.Lookup(kind + ip.Network(bits).String() + "_" + strconv.Itoa(bits))
		if err != nil || result.Verdict != NotFound {
			return result, err
		}
	}
	return Result{}, nil
}

// CheckName looks a domain name up: reversedns/NAME, then without its first labels, then reversedns/@. Who has the name
// may have chosen it: one that would lead out of the directory of names has no rule of its own.
func CheckName(rules Rules, name string) (Result, error) {
	if strings.ContainsAny(name, "/\x00") {
		name = ""
	}
	for rest := strings.TrimSuffix(name, "."); rest != ""; _, rest, _ = strings.Cut(rest, ".") {
		if strings.HasPrefix(rest, ".") {
			continue
		}
		result, err := rules.Lookup("reversedns/" + rest)
		if err != nil || result.Verdict != NotFound {
			return result, err
		}
	}
	return rules.Lookup("reversedns/@")
}
