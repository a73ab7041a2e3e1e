package linuxinit

import (
	"slices"
	"testing"

	"s6box/internal/mounts"
)

func TestToUnmount(t *testing.T) {
	table := mounts.Parse("/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\ndev /dev devtmpfs rw 0 0\nproc /srv/a\\040b proc rw 0 0\n" +
		"sys /sys sysfs rw 0 0\n/dev/sdb1 /srv/a\u3000b ext4 rw 0 0\n")
	if got := toUnmount(table); !slices.Equal(got, []string{"/", "/srv/a b", "/srv/a\u3000b"}) {
		t.Errorf("%q", got)
	}
}
