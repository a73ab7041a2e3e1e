package subst

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestApply(t *testing.T) {
	a := One("A", "V")
	list := Var{"L", []string{"1", "2", "3"}}
	for _, tt := range []struct {
		vars []Var
		word string
		want []string
	}{
		{[]Var{a}, "$A", []string{"V"}},
		{[]Var{a}, "x${A}y$A", []string{"xVyV"}},
		{[]Var{a}, "$AB $A/x", []string{"$AB $A/x"}},
		{[]Var{a}, "$A} $$A${$A} ${A", []string{"V} $V${V} ${A"}},
		{[]Var{a}, "$A}", []string{"V}"}},
		{[]Var{a}, `$A\x`, []string{`V\x`}},
		{[]Var{a}, `\$A`, []string{"$A"}},
		{[]Var{a}, `\\$A`, []string{`\V`}},
		{[]Var{a}, `\\\${A}`, []string{`\${A}`}},
		{[]Var{a}, `\\\\$A\$A\\$A`, []string{`\\V$A\V`}},
		{[]Var{a}, `\\$B\$B`, []string{`\\$B\$B`}},
		{[]Var{a}, `$\A$`, []string{`$\A$`}},
		{[]Var{One("A", "$B"), One("B", "$A")}, "$A$B", []string{"$B$A"}},
		{[]Var{One("A", `\`)}, "$A$A", []string{`\\`}},
		{[]Var{One("a b/c", "V")}, "$a b/c${a b/c}", []string{"VV"}},
		{[]Var{One("$", "V"), One("A}", "V")}, "$$ ${A}}", []string{"$$ ${A}}"}},
		{[]Var{list}, " x$L", []string{" x1", " x2", " x3"}},
		{[]Var{list}, "${L}x${L}", []string{"1x1", "1x2", "1x3", "2x1", "2x2", "2x3", "3x1", "3x2", "3x3"}},
		{[]Var{list, {"M", []string{"a", "b"}}}, `${M}\${L}$L`, []string{"a${L}1", "a${L}2", "a${L}3", "b${L}1", "b${L}2", "b${L}3"}},
		{[]Var{{"N", nil}, list}, "$L$N", nil},
		{[]Var{{"N", nil}}, `\$N`, []string{"$N"}},
	} {
		got, err := Apply([]string{"first", tt.word, "last"}, tt.vars...)
		want := append(append([]string{"first"}, tt.want...), "last")
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q in %q: got %q, %v", tt.vars, tt.word, got, err)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	for _, vars := range [][]Var{{One("", "x")}, {One("A", "x"), One("A", "y")}, manyVars("A7")} {
		if _, err := Apply([]string{"x"}, vars...); !errors.Is(err, ErrKey) {
			t.Errorf("%q: %v", vars, err)
		}
	}
	list := Var{"L", make([]string, 1000)}
	if _, err := Apply([]string{"$L$L$L"}, list); !errors.Is(err, errTooLong) {
		t.Error(err)
	}
}

func TestApplyMany(t *testing.T) {
	got, err := Apply([]string{"$A1", "$A19", "$A20"}, manyVars("B")...)
	if want := []string{"1", "19", "$A20"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

func manyVars(last string) []Var {
	var vars []Var
	for i := range 20 {
		n := strings.TrimLeft(string([]byte{'0' + byte(i/10), '0' + byte(i%10)}), "0")
		vars = append(vars, One("A"+n, n))
	}
	return append(vars, One(last, ""))
}

func TestTransform(t *testing.T) {
	for _, tt := range []struct {
		opts, delim, value string
		want               []string
	}{
		{"", Blank, " a b ", []string{" a b "}},
		{"s", Blank, "", nil},
		{"s", Blank, " ", []string{""}},
		{"s", Blank, "  a  b ", []string{"", "", "a", "", "b"}},
		{"s", "ab", "1a2b3ab", []string{"1", "2", "3", ""}},
		{"n", Blank, "a \n", []string{"a "}},
		{"n", Blank, "", []string{""}},
		{"ns", Blank, "a b", []string{"a"}},
		{"ns", Blank, "a b ", []string{"a", "b"}},
		{"ns", Blank, "a  ", []string{"a"}},
		{"ns", Blank, " ", nil},
		{"C", Blank, "\ta \nb  ", []string{"\ta b "}},
		{"Cns", Blank, "  a  b  ", []string{"", "a", "b"}},
		{"Cns", "", "1:a,2:bb,0:,3:1:x,", []string{"a", "bb", "", "1:x"}},
		{"s", "", "", nil},
		{"s", "", "01:a,", []string{"a"}},
		{"Cn", "", "1:a,", []string{"1:a,"}},
	} {
		tr := Transform{strings.Contains(tt.opts, "C"), strings.Contains(tt.opts, "n"), strings.Contains(tt.opts, "s"), tt.delim}
		got, err := tr.Apply(tt.value)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("-%s -d %q %q: got %q, %v; want %q", tt.opts, tt.delim, tt.value, got, err, tt.want)
		}
	}
	for _, bad := range []string{"x", "1:a", "1:ab", ":,", "-1:a,", "1:a,2", "9999999999999999999999:a,", " 1:a,", "+1:a,"} {
		if got, err := parseNetstrings(bad); !errors.Is(err, errNetstrings) {
			t.Errorf("%q: got %q, %v", bad, got, err)
		}
	}
}

// naive is Apply for one word, written by the definition: replace the first key, then go on with what is
// behind it, for each value.
func naive(word string, vars []Var) []string {
	for i := range len(word) {
		for _, v := range vars {
			for _, form := range []string{"${" + v.Key + "}", "$" + v.Key} {
				rest, found := strings.CutPrefix(word[i:], form)
				if !found || strings.ContainsAny(v.Key, `\${}`) || (form[1] != '{' && rest != "" && !strings.ContainsAny(rest[:1], `\${}`)) {
					continue
				}
				before := strings.TrimRight(word[:i], `\`)
				n := i - len(before)
				before += strings.Repeat(`\`, n/2)
				values := v.Values
				if n%2 == 1 {
					values = []string{form}
				}
				var out []string
				for _, value := range values {
					for _, tail := range naive(rest, vars) {
						out = append(out, before+value+tail)
					}
				}
				return out
			}
		}
	}
	return []string{word}
}

// FuzzApply compares Apply to naive.
func FuzzApply(f *testing.F) {
	f.Add(`\\${A}$B`, "A", "x", "y", "B", "")
	f.Add(`$A\$B ${A`, "B", "$A", `\`, "A", "1")
	f.Fuzz(func(t *testing.T, word, key1, value1, value2, key2, value3 string) {
		vars := []Var{{key1, []string{value1, value2}}, {key2, []string{value3}}}
		if strings.Count(word, "$") > 8 {
			return
		}
		got, err := Apply([]string{word}, vars...)
		if bad := key1 == "" || key2 == "" || key1 == key2; bad || err != nil {
			if bad != (err != nil) {
				t.Errorf("keys %q, %q: %v", key1, key2, err)
			}
			return
		}
		if want := naive(word, vars); !slices.Equal(got, want) {
			t.Errorf("%q in %q: got %q, want %q", vars, word, got, want)
		}
	})
}

func BenchmarkApply(b *testing.B) {
	argv := strings.Fields(strings.Repeat("foreground echo ${A} plain words x${A}y ", 20))
	vars := []Var{One("A", "value")}
	b.ReportAllocs()
	for b.Loop() {
		Apply(argv, vars...)
	}
}
