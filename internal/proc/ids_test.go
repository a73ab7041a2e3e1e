package proc

import (
	"reflect"
	"testing"
)

func TestIds(t *testing.T) {
	for _, ids := range []Ids{
		{Uid: -1, Gid: -1}, {Uid: 0, Gid: 0, Groups: []int{}}, {Uid: 1000, Gid: 100, Groups: []int{100, 7}}, {Uid: 5, Gid: -1},
	} {
		if got, err := ParseIds(ids.String()); err != nil || !reflect.DeepEqual(got, ids) {
			t.Errorf("%s: %+v, %v", ids, got, err)
		}
	}
	for _, bad := range []string{"", "1", "1:2:x", "x:1:-"} {
		if got, err := ParseIds(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}
