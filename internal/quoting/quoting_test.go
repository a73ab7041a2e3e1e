package quoting

import (
	"bytes"
	"testing"
)

// What is quoted reads back as it was, whatever it is enclosed in, and is printable.
func FuzzQuotedReadsBack(f *testing.F) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	f.Add(every, `"`)
	f.Add([]byte(`it's "that"`), `'"`)
	f.Add([]byte{}, " ")
	f.Add([]byte("x"), "x")
	f.Fuzz(func(t *testing.T, text []byte, delims string) {
		if delims == "" {
			return
		}
		quoted, err := Append(nil, text, delims, false)
		if err != nil {
			return
		}
		if i := bytes.IndexFunc(quoted, func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
			t.Errorf("%q in %q: %q is not printable", text, delims, quoted)
		}
		if bytes.IndexByte([]byte(delims), 's') >= 0 || bytes.IndexByte([]byte(delims), '\\') >= 0 {
			return // can enclose, but not be read back
		}
		plain, end, err := Unquote(quoted, delims)
		if err != nil || end != len(quoted)-1 || !bytes.Equal(plain, text) {
			t.Errorf("%q in %q: %q reads back as %q, end %d, error %v", text, delims, quoted, plain, end, err)
		}
	})
}
