package ps

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// symbols are kernel addresses with names, in ascending order.
type symbols []symbol

type symbol struct {
	address uint64
	name    string
}

// parseSymbols reads lines "address type name [module]", as in System.map.
func parseSymbols(text string) (s symbols) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 3 {
			continue
		}
		if address, err := strconv.ParseUint(words[0], 16, 64); err == nil {
			s = append(s, symbol{address, words[2]})
		}
	}
	sort.SliceStable(s, func(i, j int) bool { return s[i].address < s[j].address })
	return s
}

// name is the function at address: - for none, the address where no names are known, ? if it is not between two
// symbols. Where addresses are hidden they are all 0, which is no place for a function.
func (s symbols) name(address uint64) string {
	i := sort.Search(len(s), func(i int) bool { return s[i].address > address })
	switch {
	case address == 0:
		return "-"
	case len(s) == 0:
		return fmt.Sprintf("(0x%x)", address)
	case i == 0, i == len(s), s[i-1].address == 0:
		return "?"
	}
	return s[i-1].name
}
