package shell

import (
	"strconv"
	"strings"
	"time"

	"s6box/internal/zone"
)

func builtinPrintf(sh *Shell, words []string) int {
	name := ""
	args, bad := flagsOf(words, "v:", func(_ byte, value string) { name = value })
	if bad != "" {
		return sh.invalidOption("printf", bad)
	}
	if name != "" && !parseRef(name).valid() {
		sh.complain("printf: %s", notIdentifier(name))
		return 2
	}
	if len(args) == 0 {
		return sh.misuse("printf")
	}
	f := formatter{sh: sh, args: args[1:], variable: name != ""}
	for {
		before := len(f.args)
		if f.run(args[0]); f.stop || len(f.args) == 0 || len(f.args) == before {
			break
		}
	}
	if name == "" {
		return max(sh.print("printf", f.out.String()), f.status)
	}
	text := f.out.String()
	if i := strings.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	return max(sh.assignResult("printf", name, text), f.status)
}

// formatter is a run of printf.
type formatter struct {
	sh       *Shell
	args     []string
	out      strings.Builder
	status   int
	stop     bool // \c or a bad format
	variable bool // the output is for one
}

func (f *formatter) complain(format string, args ...any) {
	f.warn(format, args...)
	f.status = 1
}

// warn complains about what leaves the exit code alone.
func (f *formatter) warn(format string, args ...any) {
	if i := strings.LastIndexByte(f.out.String(), '\n') + 1; i > 0 && !f.variable { // complete lines are out by now
		text := f.out.String()
		f.out.Reset()
		f.out.WriteString(text[i:])
		f.sh.print("printf", text[:i])
	}
	f.sh.complain("printf: "+format, args...)
}

func (f *formatter) next() (string, bool) {
	if len(f.args) == 0 {
		return "", false
	}
	s := f.args[0]
	f.args = f.args[1:]
	return s, true
}

// run formats once through the format.
func (f *formatter) run(format string) {
	for i := 0; i < len(format) && !f.stop; {
		switch c := format[i]; {
		case c == '\\' && i+1 < len(format):
			i += 1 + f.escape(format[i+1:])
		case c == '%':
			i += f.directive(format[i:])
		default:
			f.out.WriteByte(c)
			i++
		}
	}
}

// escape writes an escape of the format. It returns its length.
func (f *formatter) escape(s string) int {
	n := escape(&f.out, s, escPrintf)
	switch {
	case n == 1 && s[0] == 'x':
		f.warn("missing hex digit for \\x")
	case n == 1 && (s[0] == 'u' || s[0] == 'U'):
		f.warn("missing unicode digit for \\%c", s[0])
	}
	return n
}

// spec is one conversion of a format.
type spec struct {
	flags     string
	width     int
	precision int // -1: none
	verb      byte
	layout    string // of %(layout)T
}

// directive formats the conversion at the start of s and returns its length.
func (f *formatter) directive(s string) int {
	if strings.HasPrefix(s, "%%") {
		f.out.WriteByte('%')
		return 2
	}
	sp := spec{precision: -1}
	i := 1
	for i < len(s) && strings.IndexByte("-+ #0'", s[i]) >= 0 {
		sp.flags += s[i : i+1]
		i++
	}
	sp.width, i = f.number(s, i)
	if sp.width < 0 {
		sp.flags += "-"
		sp.width = -sp.width
	}
	if i < len(s) && s[i] == '.' {
		sp.precision, i = f.number(s, i+1)
	}
	if i < len(s) && s[i] == '(' {
		return f.timeDirective(sp, s, i)
	}
	for i < len(s) && strings.IndexByte("hlLjzt", s[i]) >= 0 {
		i++
	}
	if i == len(s) {
		f.complain("`%s': missing format character", s)
		f.stop = true
		return len(s)
	}
	sp.verb = s[i]
	if strings.IndexByte("diouxXeEfFgGaAcsbqQn", sp.verb) < 0 {
		f.complain("`%c': invalid format character", sp.verb)
		f.stop = true
		return len(s)
	}
	f.convert(sp)
	return i + 1
}

// timeDirective formats the %(layout)T at the start of s, whose parenthesis is at open. What has no T behind it is plain text.
func (f *formatter) timeDirective(sp spec, s string, open int) int {
	end, depth := open, 0
	for ; end < len(s); end++ {
		switch s[end] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			break
		}
	}
	behind := "\x00"
	if end+1 < len(s) {
		behind = s[end+1 : end+2]
	}
	if behind != "T" {
		f.warn("warning: `%s': invalid time format specification", behind)
		f.out.WriteString(s[:open+1])
		return open + 1
	}
	sp.layout, sp.verb = s[open+1:end], 'T'
	f.convert(sp)
	return end + 2
}

// widest keeps a field from taking all memory.
const widest = 1 << 24

// number reads digits, or "*" for the next argument.
func (f *formatter) number(s string, i int) (n, next int) {
	if i < len(s) && s[i] == '*' {
		arg, _ := f.next()
		return int(min(max(f.integer(arg), -widest), widest)), i + 1
	}
	start := i
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	n, _ = strconv.Atoi(s[start:i])
	return min(n, widest), i
}

func (f *formatter) convert(sp spec) {
	arg, given := f.next()
	switch sp.verb {
	case 's':
		f.pad(sp, truncate(arg, sp.precision))
	case 'b':
		text, stop := escapes(arg, escB)
		f.pad(sp, truncate(text, sp.precision))
		f.stop = stop
	case 'q':
		f.pad(sp, truncate(quoteBackslash(arg), sp.precision))
	case 'Q':
		f.pad(sp, quoteBackslash(truncate(arg, sp.precision)))
	case 'c':
		if arg == "" {
			f.pad(sp, "\x00")
			return
		}
		f.pad(sp, arg[:1])
	case 'n':
		f.count(arg)
	case 'T':
		f.pad(sp, truncate(f.date(sp.layout, arg, given), sp.precision))
	case 'd', 'i':
		f.decimal(sp, f.integer(arg))
	case 'o', 'u', 'x', 'X':
		f.unsigned(sp, uint64(f.number64(arg, true)))
	default:
		f.float(sp, arg)
	}
}

// count is %n: the variable gets the number of bytes so far.
func (f *formatter) count(name string) {
	if name == "" {
		return
	}
	if !parseRef(name).valid() {
		f.complain("`%s': not a valid identifier", name)
		f.stop = true
		return
	}
	f.sh.assignResult("printf", name, strconv.Itoa(f.out.Len()))
}

func truncate(s string, n int) string {
	if n < 0 || n >= len(s) {
		return s
	}
	return s[:n]
}

func (f *formatter) pad(sp spec, s string) {
	fill := max(0, sp.width-len(s))
	if strings.Contains(sp.flags, "-") {
		f.out.WriteString(s + strings.Repeat(" ", fill))
		return
	}
	f.out.WriteString(strings.Repeat(" ", fill) + s)
}

// padNumber pads with zeros behind the sign where the flag says so.
func (f *formatter) padNumber(sp spec, sign, digits string) {
	if sp.precision >= 0 && strings.IndexByte("diouxX", sp.verb) >= 0 {
		if sp.precision == 0 && digits == "0" {
			digits = ""
		}
		digits = strings.Repeat("0", max(0, sp.precision-len(digits))) + digits
	} else if strings.Contains(sp.flags, "0") && !strings.Contains(sp.flags, "-") {
		digits = strings.Repeat("0", max(0, sp.width-len(sign)-len(digits))) + digits
	}
	f.pad(sp, sign+digits)
}

func (sp spec) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case strings.Contains(sp.flags, "+"):
		return "+"
	case strings.Contains(sp.flags, " "):
		return " "
	}
	return ""
}

func (f *formatter) decimal(sp spec, n int64) {
	digits := strings.TrimPrefix(strconv.FormatInt(n, 10), "-")
	f.padNumber(sp, sp.sign(n < 0), digits)
}

func (f *formatter) unsigned(sp spec, n uint64) {
	prefix, base := "", 10
	switch sp.verb {
	case 'o':
		prefix, base = "0", 8
	case 'x':
		prefix, base = "0x", 16
	case 'X':
		prefix, base = "0X", 16
	}
	digits := strconv.FormatUint(n, base)
	if sp.verb == 'X' {
		digits = strings.ToUpper(digits)
	}
	if !strings.Contains(sp.flags, "#") || n == 0 {
		prefix = ""
	}
	f.padNumber(sp, prefix, digits)
}

// date is %(layout)T: of the time the argument gives in seconds, now (-1, or none) or the shell's start (-2).
func (f *formatter) date(layout, arg string, given bool) string {
	n := int64(-1)
	if given {
		n = f.integer(arg)
	}
	t := time.Now()
	switch n {
	case -1:
	case -2:
		t = time.Unix(f.sh.sys.start, 0)
	default:
		t = time.Unix(n, 0)
	}
	if layout == "" {
		layout = "%X"
	}
	return strftime(layout, t.In(f.sh.zone()))
}

// zone is the time zone of the variable TZ, or of the system.
func (sh *Shell) zone() *time.Location {
	return zone.Local(sh.get("TZ"))
}
