package linuxinit

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// record is a utmp record of which every byte but those that tell whose it is are set.
func record(kind uint16, pid int32) []byte {
	r := bytes.Repeat([]byte{'x'}, utmpSize())
	binary.NativeEndian.PutUint16(r[typeAt:], kind)
	binary.NativeEndian.PutUint32(r[pidAt:], uint32(pid))
	return r
}

func TestLoggedOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "utmp")
	before := bytes.Join([][]byte{record(userProcess, 1), record(deadProcess, 42), record(userProcess, 42), record(userProcess, 42)}, nil)
	if err := os.WriteFile(file, before, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, pid := range []int32{7, 42} {
		if err := loggedOut(file, pid); err != nil {
			t.Fatal(err)
		}
	}
	after, err := os.ReadFile(file)
	if err != nil || len(after) != len(before) {
		t.Fatalf("%d bytes, %v", len(after), err)
	}
	size := utmpSize()
	for i := range 4 {
		got, was := after[i*size:(i+1)*size], before[i*size:(i+1)*size]
		if i != 2 {
			if !bytes.Equal(got, was) {
				t.Errorf("record %d was changed", i)
			}
			continue
		}
		if binary.NativeEndian.Uint16(got) != deadProcess || bytes.Count(got, []byte{0}) < 32+256 {
			t.Errorf("record %d: %q", i, got)
		}
		if !bytes.Equal(got[pidAt:userAt], was[pidAt:userAt]) || !bytes.Equal(got[size-addressSize+4:], was[size-addressSize+4:]) {
			t.Errorf("record %d: what tells the terminal or the address was changed", i)
		}
	}
	if err := loggedOut(file+".none", 1); err == nil {
		t.Error("a file that is not there is no error")
	}
}

func TestToUnmount(t *testing.T) {
	got := toUnmount("/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\ndev /dev devtmpfs rw 0 0\nproc /srv/a\\040b proc rw 0 0\nsys /sys sysfs rw 0 0\nshort\n")
	if len(got) != 2 || got[0] != "/" || got[1] != "/srv/a b" {
		t.Errorf("%q", got)
	}
}
