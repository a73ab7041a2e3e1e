package execline

import (
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/sys/unix"
)

func TestElements(t *testing.T) {
	for _, c := range []struct {
		options elementOptions
		in      string
		want    []string
		err     error
	}{
		{elementOptions{delims: "\n"}, "a\n\nb", []string{"a", ""}, io.EOF},
		{elementOptions{delims: "\n", keep: true}, "a\n\nb", []string{"a\n", "\n", "b"}, io.EOF},
		{elementOptions{delims: "\n", crunch: true}, "\n\na\n\nb\n", []string{"a", "b"}, io.EOF},
		{elementOptions{delims: "\n", crunch: true, keep: true}, "\na\n\nb", []string{"a\n", "b"}, io.EOF},
		{elementOptions{delims: " :"}, "a b:c", []string{"a", "b"}, io.EOF},
		{elementOptions{delims: "\xe9"}, "a\xc3\xa9b\xe9", []string{"a\xc3\xa9b"}, io.EOF},
		{elementOptions{delims: "\x00"}, "a\nb\x00\x00c", []string{"a\nb", ""}, io.EOF},
		{elementOptions{delims: "\n"}, "a\x00b\nc\n", []string{"a", "c"}, io.EOF},
		{elementOptions{delims: "\n"}, "", nil, io.EOF},
		{elementOptions{}, "1:a,02:bc,0:,", []string{"a", "bc", ""}, io.EOF},
		{elementOptions{crunch: true}, "0:,1:a,0:,", []string{"", "a", ""}, io.EOF},
		{elementOptions{}, "1:a,3:ab", []string{"a"}, unix.EPIPE},
		{elementOptions{}, "1:a,3", []string{"a"}, unix.EPIPE},
		{elementOptions{}, "1:ab", nil, unix.EPROTO},
		{elementOptions{}, ":a,", nil, unix.EPROTO},
		{elementOptions{}, "x", nil, unix.EPROTO},
		{elementOptions{}, "99999999999999999999:", nil, unix.EPROTO},
	} {
		for _, from := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
			e := elements{elementOptions: c.options, from: from, wait: func() {}}
			var got []string
			value, err := e.next()
			for ; err == nil; value, err = e.next() {
				got = append(got, value)
			}
			if !slices.Equal(got, c.want) || err != c.err {
				t.Errorf("%+v %q: %q, %v; want %q, %v", c.options, c.in, got, err, c.want, c.err)
			}
		}
	}
}
