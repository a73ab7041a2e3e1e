package utils

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"s6box/internal/applet"
)

// cutRange is the places from first up to end, counted from 0.
type cutRange struct{ first, end uint64 }

// cutList reads a list of numbers and ranges. They are returned in their order, and none touches the next.
func cutList(list string) (ranges []cutRange, ok bool) {
	for list != "" {
		item := list
		if at := strings.IndexAny(list, ", \t"); at >= 0 {
			item, list = list[:at], list[at+1:]
		} else {
			list = ""
		}
		r, ok := cutItem(item)
		if !ok {
			return nil, false
		}
		ranges = append(ranges, r)
	}
	slices.SortFunc(ranges, func(a, b cutRange) int { return cmp.Compare(a.first, b.first) })
	return joinRanges(ranges), true
}

// cutItem reads a number or a range.
func cutItem(item string) (r cutRange, ok bool) {
	low, high, isRange := strings.Cut(item, "-")
	first, end := uint64(1), uint64(math.MaxUint64)
	if low != "" || !isRange {
		if first, ok = applet.ParseUint(low); !ok {
			return r, false
		}
	}
	if !isRange {
		end = first
	} else if high != "" {
		if end, ok = applet.ParseUint(high); !ok {
			return r, false
		}
	}
	return cutRange{first - 1, end}, 1 <= first && first <= end
}

// joinRanges makes one of sorted ranges that touch.
func joinRanges(ranges []cutRange) (joined []cutRange) {
	for _, r := range ranges {
		if last := len(joined) - 1; last >= 0 && r.first <= joined[last].end {
			joined[last].end = max(joined[last].end, r.end)
		} else {
			joined = append(joined, r)
		}
	}
	return joined
}
