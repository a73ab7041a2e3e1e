package cdb

import (
	"bytes"
	"fmt"
	"testing"
)

func build(t *testing.T, records ...string) []byte {
	t.Helper()
	var w Writer
	for i := 0; i < len(records); i += 2 {
		w.Add([]byte(records[i]), []byte(records[i+1]))
	}
	data, err := w.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRoundTrip(t *testing.T) {
	var records []string
	for i := range 1000 {
		records = append(records, fmt.Sprint("key", i), fmt.Sprint("value", i*i))
	}
	records = append(records, "", "empty key", "empty value", "", "twice", "first", "twice", "second")
	r, err := New(build(t, records...))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(records); i += 2 {
		want := records[i+1]
		if records[i] == "twice" {
			want = "first"
		}
		got, ok, err := r.Get([]byte(records[i]))
		if err != nil || !ok || string(got) != want {
			t.Fatalf("Get(%q) = %q, %v, %v", records[i], got, ok, err)
		}
	}
	if got, ok, err := r.Get([]byte("absent")); ok || err != nil {
		t.Errorf("Get(absent) = %q, %v, %v", got, ok, err)
	}
	i := 0
	err = r.All(func(k, v []byte) bool {
		if string(k) != records[i] || string(v) != records[i+1] {
			t.Fatalf("record %d: %q %q", i/2, k, v)
		}
		i += 2
		return true
	})
	if err != nil || i != len(records) {
		t.Errorf("All: %d of %d records, %v", i/2, len(records)/2, err)
	}
}

// TestFormat compares with a database worked out by hand from the description of the format.
func TestFormat(t *testing.T) {
	data := build(t, "one", "Hello")
	record := []byte("\x03\x00\x00\x00\x05\x00\x00\x00oneHello")
	if !bytes.Equal(data[2048:2048+16], record) {
		t.Errorf("record %q", data[2048:2048+16])
	}
	h := hash([]byte("one"))
	if h != 0xb875b81 {
		t.Errorf("hash %#x", h)
	}
	// Tables come in order, 2048+16 being the place of the first; the only one with slots has two.
	if got := data[0x80*8 : 0x80*8+8]; !bytes.Equal(got, []byte("\x10\x08\x00\x00\x00\x00\x00\x00")) {
		t.Errorf("table before: %x", got)
	}
	if got := data[0x81*8 : 0x81*8+8]; !bytes.Equal(got, []byte("\x10\x08\x00\x00\x02\x00\x00\x00")) {
		t.Errorf("table: %x", got)
	}
	if got := data[0x82*8 : 0x82*8+8]; !bytes.Equal(got, []byte("\x20\x08\x00\x00\x00\x00\x00\x00")) {
		t.Errorf("table behind: %x", got)
	}
	if len(data) != 2048+16+16 {
		t.Errorf("size %d", len(data))
	}
}

func TestEmpty(t *testing.T) {
	r, err := New(build(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := r.Get([]byte("x")); ok || err != nil {
		t.Errorf("Get: %v, %v", ok, err)
	}
	if err := r.All(func(k, v []byte) bool { t.Error("a record"); return true }); err != nil {
		t.Error(err)
	}
}

func FuzzReader(f *testing.F) {
	var w Writer
	w.Add([]byte("a"), []byte("1"))
	w.Add([]byte("b"), []byte("2"))
	data, _ := w.Bytes()
	f.Add(data, []byte("a"))
	f.Add(data[:2049], []byte("b"))
	f.Add(make([]byte, 2048), []byte(""))
	f.Fuzz(func(t *testing.T, data, key []byte) {
		r, err := New(data)
		if err != nil {
			return
		}
		r.Get(key)
		r.All(func(k, v []byte) bool { return true })
	})
}
