package accessrules

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"s6box/internal/cdb"
	"s6box/internal/sys"
)

// ruleset makes a ruleset directory with those files; a name that ends in a slash is a directory.
func ruleset(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var example = map[string]string{
	"uid/0/allow": "", "uid/0/env/A": "one\n", "uid/0/env/GONE": "", "uid/0/exec": "echo $A\n",
	"uid/5/allow": "", "uid/5/deny": "",
	"uid/6/deny":       "",
	"uid/7/exec":       "neither allow nor deny",
	"uid/default/deny": "",
	"gid/7/allow":      "", "gid/self/allow": "", "gid/self/env/NL": "a\x00b\n",
}

func TestCheckIDs(t *testing.T) {
	dir := ruleset(t, example)
	data, err := Compile(dir, func(string) { t.Error("truncated") })
	if err != nil {
		t.Fatal(err)
	}
	reader, err := cdb.New(data)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		uid, gid uint32
		want     Result
	}{
		{0, 0, Result{Allow, []string{"A=one", "GONE"}, "echo $A\n"}},
		{5, 0, Result{Verdict: Allow}},
		{6, 7, Result{Verdict: Deny}},
		{7, 7, Result{Verdict: Allow}},
		{8, 70, Result{Allow, []string{"NL=a\nb"}, ""}}, // gid is the server's
		{80, 8, Result{Verdict: Deny}},                  // default
	}
	for _, tt := range tests {
		for name, rules := range map[string]Rules{"directory": Dir{sys.AT, dir}, "compiled": Compiled{reader}} {
			got, err := CheckIDs(rules, tt.uid, tt.gid, 80, 70)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s %d:%d: %+v, %v; want %+v", name, tt.uid, tt.gid, got, err, tt.want)
			}
		}
	}
	if got, err := CheckIDs(Dir{sys.AT, ruleset(t, nil)}, 1, 1, 1, 1); err != nil || got.Verdict != NotFound {
		t.Errorf("empty ruleset: %+v, %v", got, err)
	}
}

func TestDecompile(t *testing.T) {
	data, err := Compile(ruleset(t, example), nil)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := cdb.New(data)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	if err := Decompile(reader, dir); err != nil {
		t.Fatal(err)
	}
	again, err := Compile(dir, nil)
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("a decompiled ruleset compiles to something else: %v", err)
	}
	if err := Decompile(reader, dir); err == nil {
		t.Error("a directory that exists was accepted")
	}
}

func TestDecompileStaysInside(t *testing.T) {
	for _, key := range []string{"../x", "/x", "uid/../../x", "", "uid//x", "."} {
		var w cdb.Writer
		w.Add([]byte(key), []byte("D"))
		data, _ := w.Bytes()
		reader, _ := cdb.New(data)
		if err := Decompile(reader, filepath.Join(t.TempDir(), "out")); err == nil {
			t.Errorf("key %q was accepted", key)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("D"))
	f.Add([]byte("A\x00\x04A=b\x00\x00\x02ls"))
	f.Add([]byte("A\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, value []byte) {
		r, err := decode(value)
		if err != nil {
			return
		}
		back, err := decode(r.Encode())
		if err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%q: %+v, then %+v, %v", value, r, back, err)
		}
	})
}
