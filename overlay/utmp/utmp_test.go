package utmp

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// record is a utmp record of which every byte but those that tell whose it is are set.
func record(kind uint16, pid int32) []byte {
	r := bytes.Repeat([]byte{'x'}, size())
	binary.NativeEndian.PutUint16(r[typeAt:], kind)
	binary.NativeEndian.PutUint32(r[pidAt:], uint32(pid))
	return r
}

func TestLogOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "utmp")
	before := bytes.Join([][]byte{record(userProcess, 1), record(deadProcess, 42), record(userProcess, 42), record(userProcess, 42)}, nil)
	if err := os.WriteFile(file, before, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, pid := range []int32{7, 42} {
		if err := LogOut(file, pid); err != nil {
			t.Fatal(err)
		}
	}
	after, err := os.ReadFile(file)
	if err != nil || len(after) != len(before) {
		t.Fatalf("%d bytes, %v", len(after), err)
	}
	each := size()
	for i := range 4 {
		got, was := after[i*each:(i+1)*each], before[i*each:(i+1)*each]
		if i != 2 {
			if !bytes.Equal(got, was) {
				t.Errorf("record %d was changed", i)
			}
			continue
		}
		if binary.NativeEndian.Uint16(got) != deadProcess || bytes.Count(got, []byte{0}) < 32+256 {
			t.Errorf("record %d: %q", i, got)
		}
		timeAt, timeSize, _ := layout(runtime.GOARCH)
		if len(bytes.Trim(got[timeAt:timeAt+timeSize], "\x00")) > 0 {
			t.Errorf("record %d: the time stands: %q", i, got)
		}
		if !bytes.Equal(got[pidAt:userAt], was[pidAt:userAt]) || !bytes.Equal(got[sessionAt:timeAt], was[sessionAt:timeAt]) ||
			!bytes.Equal(got[timeAt+timeSize:], was[timeAt+timeSize:]) {
			t.Errorf("record %d: what tells the terminal, the session or the address was changed", i)
		}
	}
	if err := LogOut(file+".none", 1); err != nil {
		t.Errorf("no file: %v", err)
	}
}

// TestLayout has the sizes that the headers of the C library make.
func TestLayout(t *testing.T) {
	for arch, want := range map[string]int{"amd64": 384, "386": 384, "arm": 384, "arm64": 400, "ppc64le": 384, "riscv64": 384, "s390x": 400} {
		timeAt, timeSize, size := layout(arch)
		const address, unused, word = 16, 20, 8
		if size != want || (timeAt+timeSize+address+unused+word-1)&^(word-1) != size {
			t.Errorf("%s: %d bytes, the time from %d to %d", arch, size, timeAt, timeAt+timeSize)
		}
	}
}

func TestUsers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "utmp")
	here := record(userProcess, 1)
	copy(here[userAt:], "somebody\x00")
	if err := os.WriteFile(file, bytes.Join([][]byte{record(deadProcess, 2), here, record(userProcess, 3), []byte("cut off")}, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	users, err := Users(file)
	if err != nil || !slices.Equal(users, []string{"somebody", strings.Repeat("x", userSize)}) {
		t.Errorf("%q, %v", users, err)
	}
	if users, err := Users(file + ".none"); err != nil || len(users) > 0 {
		t.Errorf("no file: %q, %v", users, err)
	}
}
