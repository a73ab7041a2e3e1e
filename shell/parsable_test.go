package shell

import (
	"strings"
	"testing"
)

// FuzzParsable asks that a rewritten script is the script but for a newline a warning.
func FuzzParsable(f *testing.F) {
	f.Add("x=$(cat <<EOF\nEOF)\n")
	f.Add("cat <(cat <<-'E'; cat <<F\n\tE\nF )")
	f.Add("case x in a) $((1 << 2)) `echo \"${x-'}\"` ;; esac # <<")
	f.Fuzz(func(t *testing.T, text string) {
		u := unit{}
		out, late := u.parsable(text, false)
		if len(out) != len(text)+len(late) || len(u.parted) != len(late) || strings.ReplaceAll(out, "\n", "") != strings.ReplaceAll(text, "\n", "") {
			t.Errorf("%q becomes %q, with %d warnings", text, out, len(late))
		}
		u.parsable(text, true)
	})
}
