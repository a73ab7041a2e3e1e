package arith

import "testing"

type vars map[string]string

func (v vars) Value(name, index string, sub bool) (string, error) {
	if sub {
		name += "[" + index + "]"
	}
	return v[name], nil
}

func (v vars) Assign(name, index string, sub bool, n int64) error {
	if sub {
		name += "[" + index + "]"
	}
	v[name] = string(rune('0' + n))
	return nil
}

func (v vars) Index(_, index string) (string, error) { return index, nil }

func TestEval(t *testing.T) {
	for _, c := range []struct {
		text string
		want int64
	}{
		{"", 0}, {" 7 ", 7}, {"1+2*3", 7}, {"(1+2)*3", 9}, {"2**3**2", 512}, {"-2**2", 4}, {"7/2", 3}, {"-7%3", -1},
		{"1<<4|1", 17}, {"5>3&&2<1", 0}, {"0||3", 1}, {"!0", 1}, {"~0", -1}, {"1?2:3", 2}, {"0?2:0?3:4", 4},
		{"0x1f", 31}, {"010", 8}, {"2#101", 5}, {"36#z", 35}, {"64#_", 63}, {"16#Ff", 255}, {"--3", 3}, {"1 - -1", 2},
		{"a", 5}, {"b", 6}, {"a++", 5}, {"a", 6}, {"++a", 7}, {"a+=1", 8}, {"a=3,a*2", 6}, {"c[1+1]=4", 4}, {"c[1+1]", 4},
		{"0&&(z=1)", 0}, {"z", 0}, {"1||z/0", 1}, {"a==3", 1}, {"a=b=2", 2}, {"1,2", 2}, {"x=y?1:2", 2},
		{"9223372036854775807+1", -9223372036854775808},
	} {
		if c.text == "a" && c.want == 5 {
			shared = vars{"a": "5", "b": "a+1"}
		}
		got, err := Eval(c.text, shared)
		if err != nil || got != c.want {
			t.Errorf("%s = %d, %v; want %d", c.text, got, err, c.want)
		}
	}
}

var shared = vars{}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"1+ ", `1+ : syntax error: operand expected (error token is "+ ")`},
		{"1/0", `1/0: division by 0 (error token is "0")`},
		{"08", `08: value too great for base (error token is "08")`},
		{"a b", `a b: syntax error in expression (error token is "b")`},
		{"1=2", `1=2: attempted assignment to non-variable (error token is "=2")`},
		{"(1", "(1: missing `)' (error token is \"1\")"},
		{"1?2", "1?2: `:' expected for conditional expression (error token is \"2\")"},
		{"2**-1", `2**-1: exponent less than 0 (error token is "1")`},
		{"3 $ 4", `3 $ 4: syntax error: invalid arithmetic operator (error token is "$ 4")`},
		{"65#1", `65#1: invalid arithmetic base (error token is "65#1")`},
		{"16#", `16#: invalid integer constant (error token is "16#")`},
		{"1++", `1++: syntax error: operand expected (error token is "+")`},
		{"a[", `a[: bad array subscript (error token is "a[")`},
		{"loop", `loop: expression recursion level exceeded (error token is "loop")`},
	} {
		_, err := Eval(c.text, vars{"loop": "loop"})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.text, err, c.want)
		}
	}
}

func FuzzEval(f *testing.F) {
	f.Add("a=1+2*(3<<4)?b++:--c[1]")
	f.Fuzz(func(t *testing.T, text string) { Eval(text, vars{"a": "1", "b": "a"}) })
}
