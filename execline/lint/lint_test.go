package lint

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"s6box/execline/lex"
)

func TestFormat(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"", ""},
		{"\n\n", ""},
		{"#!/command/execlineb -P\n\n\n\na   b\t c", "#!/command/execlineb -P\n\na b c\n"},
		{"if {\na\n} b", "if {\n  a\n} b\n"},
		{"if { a {\n b } }\nc", "if { a {\n    b } }\nc\n"},
		{"f {\n{\n  a\n} }\nb", "f {\n  {\n    a\n} }\nb\n"},
		{"a # why  \n  # own line\n  b", "a # why\n# own line\nb\n"},
		{"if {\n# in a block\n}", "if {\n  # in a block\n}\n"},
		{"a \"b\n   c\" \\x\\\n y", "a \"b\n   c\" \\x\\\n y\n"},
		{"a \\\n  b", "a\nb\n"},
		{"a \"\\65", "a \"\\65\"\n"},
		{"a\r\nb\r\n", "a\nb\n"},
	} {
		got, err := Format([]byte(tt.src))
		if err != nil || string(got) != tt.want {
			t.Errorf("%q: got %q, %v; want %q", tt.src, got, err, tt.want)
		}
	}
	for _, src := range []string{"a {", "a\x00b"} {
		if out, err := Format([]byte(src)); err == nil {
			t.Errorf("%q: %q", src, out)
		}
	}
}

// FuzzFormat asks that formatting keeps the meaning and is done at once.
func FuzzFormat(f *testing.F) {
	f.Add([]byte("#!/x\nif { a\n} # b\n c \"d\n\" \\\n"))
	f.Add([]byte("a \"\\65"))
	f.Fuzz(func(t *testing.T, src []byte) {
		want, err := lex.Parse(src)
		if err != nil || bytes.IndexByte(src, 0) >= 0 {
			return
		}
		once, err := Format(src)
		if err != nil {
			t.Fatalf("%q: %v", src, err)
		}
		twice, err := Format(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%q: first %q, then %q, %v", src, once, twice, err)
		}
		if got, _ := lex.Parse(once); !slices.Equal(got, want) {
			t.Errorf("%q became %q", src, once)
		}
	})
}

func usage(command string) string {
	return map[string]string{
		"if": "[ -X ] [ -n ] [ -t | -x exitcode ] { block } remainder...", "export": "variable value prog...",
		"define":          "[ -N | -n ] [ -s ] [ -C | -c ] [ -d delim ] key value prog...",
		"importas":        "[ -i | -D default ] [ -u ] [ -S ] [ -s ] key var prog...",
		"multisubstitute": "{ directives... } prog...", "multidefine": "[ -r ] value { vars... } prog...",
		"elgetpositionals": "[ -P sharp ] prog...", "redirfd": "-[ r | w ] [ -f ] [ -E | -e ] fd|var file prog...",
		"forx": "[ -E | -e ] [ -p | -P maxpar ] variable { values... } loop...",
		"case": "[ -s ] value { re1 { prog1... } ... } progdefault...", "exit": "[ exitcode ]", "eltest": "expression...",
		"posix-cd": "[ -L | -P ] [ - | path ] [ prog... ]", "ifelse": "[ -n ] { block-if } { block-then } remainder...",
	}[command]
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want string // findings without the file, separated by a semicolon
	}{
		{"", ""},
		{"if {\n a", "1:4 unmatched {: the block of if has no end"},
		{"if -n { eltest -z a } export A b server --x", ""},
		{"if true", "1:4 if wants a block here and gets true"},
		{"export A b if -n\n true", "2:2 if wants a block here and gets true"},
		{"if -z { a } b", "1:4 if has no option -z"},
		{"if { if -q { a } b } c", "1:9 if has no option -q"},
		{"if -x", "1:4 if: option -x wants a value"},
		{"if -nx3 { a } b", ""},
		{"if -x 3 -- { a } b", ""},
		{"ifelse { a } b", "1:14 ifelse wants a block here and gets b"},
		{"ifelse { a }", "1:1 ifelse wants a block"},
		{"export A", "1:1 export wants more arguments"},
		{"export A b", "1:1 export: nothing follows for it to execute"},
		{"export $A b", ""},
		{"if $opts a", ""},
		{"redirfd -w 1 file if a", "1:22 if wants a block here and gets a"},
		{"case $x { a { if b } } c", "1:18 if wants a block here and gets b"},
		{"posix-cd -L", ""},
		{"exit 3", ""},
		{"forx i { if -z } a", ""},
		{"/command/if a", "1:13 /command/if wants a block here and gets a"},
		{"unknown -z if a", ""},
		{"multisubstitute { define A b frob } a", "1:30 multisubstitute has no directive frob"},
		{"multisubstitute { import -D0 A } a", "1:19 multisubstitute has no directive import any more: for import X write importas X X"},
		{"multisubstitute { define -q A b } a", "1:26 define has no option -q"},
		{"importas -S A server ${A}", ""},
		{"echo a > b", "1:8 > is a word like any other: execline has no redirections, pipes and lists of the shell"},
		{"if { echo a 2>&1 } b", "1:13 2>&1 is a word like any other: execline has no redirections, pipes and lists of the shell"},
		{"echo a >/dev/null", "1:8 >/dev/null is a word like any other: execline has no redirections, pipes and lists of the shell"},
		{"echo a | b", "1:8 | is a word like any other: execline has no redirections, pipes and lists of the shell"},
		{"echo \"|\" \\> >x \">/a\"", ""},
		{"if { eltest a < b } if { s6-expr 1 | 2 } find / -exec rm {} ;", ""},
		{"echo ${A}", ""}, // not known to be run with -P
		{"#!/command/execlineb -P\necho ${A} x${B}y\n", "2:6 ${A} is not replaced: nothing in this script defines it;2:11 ${B} is not replaced: nothing in this script defines it"},
		{"#!/command/execlineb -P\ndefine A b importas -S C multidefine x { D } echo ${A} ${C} $D \\\\${E}", ""},
		{"#!/command/execlineb -P\nmultisubstitute { define A b importas C D } echo $A $C", ""},
		{"#!/command/execlineb -P\nforx i { a } echo $i", "2:19 ${i} is not replaced: forx puts it into the environment; add its option -E, or importas"},
		{"#!/command/execlineb -P\nforx -E i { a } echo $i", ""},
		{"#!/command/execlineb -P\nsh -c \"echo $A\" $B", ""},
		{"#!/command/execlineb -P\nif { echo $1 } a", "2:11 ${1} is not replaced: nothing in this script defines it"},
		{"#!/command/execlineb -S1\nif { echo $1 $@ } a", ""},
		{"#!/command/execlineb -P\nelgetpositionals echo $1", ""},
		{"#!/command/with-contenv execlineb -P\necho $A", "2:6 ${A} is not replaced: nothing in this script defines it"},
		{"#!/command/execlineb\necho $A", ""},
		{"#!/command/execlineb -P\necho a$ $/ ^a$b 10$", ""},
		{"\xef\xbb\xbfif { a } b", "1:1 a byte order mark is in front: it is part of the first word"},
		{"if { a } b\nc\x00d", "2:2 a NUL byte ends the script here"}, {"a\n\x00\n", ""},
		{"if { é if -q if -z\n} if {", "2:6 unmatched {: the block of if has no end"},
		{"if { if -q }\nif { é } export é é if -z x", "1:9 if has no option -q;2:24 if has no option -z"},
		{"/bin/if a", "1:9 /bin/if wants a block here and gets a"},
		{"/etc/mdev/if a", ""}, // somebody else's
		{"sh -i -l", ""},
		{"#!/command/execlineb -P\nchroot {} define t {} forx -E i { a } elglob f * s6-rmrf $t $i $f $u", "2:67 ${u} is not replaced: nothing in this script defines it"},
		{"#!/command/execlineb -P\nchroot root if { backtick -E v { ls } forx n { b } s6-mkdir ${v} ${n} } x",
			"2:66 ${n} is not replaced: forx puts it into the environment; add its option -E, or importas"},
		{"#!/command/execlineb -P\nimport -u A ./command/importas B C s6-echo $A ${B} $C", ""},
		{"#!/command/execlineb -P\nbacktick -n A { ls } import A s6-echo $A", ""},
		{"#!/command/execlineb -P\nfdmove -c 2 1 s6-echo $1", "2:23 ${1} is not replaced: nothing in this script defines it"},
	} {
		var got []string
		for _, f := range Check([]byte(tt.src), usage, false) {
			got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Col, f.Msg))
		}
		if strings.Join(got, ";") != tt.want {
			t.Errorf("%q:\n got %q\nwant %q", tt.src, strings.Join(got, ";"), tt.want)
		}
	}
	if len(Check([]byte("echo ${A}"), usage, true)) != 1 {
		t.Error("a script without a first line, run with -P, is not checked for variables")
	}
}

func TestParseUsage(t *testing.T) {
	s := parseUsage("-[ r | w ] [ -N | -n ] [ -d delim ] [ -a num | -b ] fd|var { block } { values... } { re1 { prog1... } ... } prog...")
	if want := []param{word, instruction, list, cases}; !slices.Equal(s.params, want) || !s.chain || s.vague {
		t.Errorf("%+v", s)
	}
	for letter, value := range map[byte]bool{'r': false, 'w': false, 'N': false, 'n': false, 'd': true, 'a': true, 'b': false} {
		if got, known := s.options[letter]; !known || got != value {
			t.Errorf("option -%c: %v, %v", letter, got, known)
		}
	}
}
