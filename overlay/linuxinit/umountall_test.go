package linuxinit

import "testing"

func TestToUnmount(t *testing.T) {
	got := toUnmount("/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\ndev /dev devtmpfs rw 0 0\nproc /srv/a\\040b proc rw 0 0\nsys /sys sysfs rw 0 0\nshort\n")
	if len(got) != 2 || got[0] != "/" || got[1] != "/srv/a b" {
		t.Errorf("%q", got)
	}
}
