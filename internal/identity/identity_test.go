package identity

import (
	"slices"
	"testing"
)

func TestParseGids(t *testing.T) {
	for _, tt := range []struct {
		list string
		want []int
		ok   bool
	}{
		{"", []int{}, true},
		{"5", []int{5}, true},
		{"5,6", []int{5, 6}, true},
		{"5,6,", []int{5, 6}, true},
		{"5, 6", []int{5, 6}, true},
		{"1,,2", []int{1, 2}, true},
		{"1;2:3", []int{1, 2, 3}, true},
		{",1", nil, false},
		{" 1", nil, false},
		{"5,x", nil, false},
		{"-1", nil, false},
		{"4294967295", nil, false},
	} {
		got, ok := ParseGids(tt.list)
		if ok != tt.ok || !slices.Equal(got, tt.want) || ok && got == nil {
			t.Errorf("ParseGids(%q) = %v, %v", tt.list, got, ok)
		}
	}
}
