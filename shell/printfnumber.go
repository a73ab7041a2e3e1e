package shell

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"

	"s6box/shell/pattern"
)

// integer reads an argument: a C integer constant, or a quote and a character, whose code it is.
func (f *formatter) integer(s string) int64 { return f.number64(s, false) }

func (f *formatter) number64(s string, unsigned bool) int64 {
	if s == "" {
		return 0
	}
	if s[0] == '\'' || s[0] == '"' {
		return f.charCode(s[1:])
	}
	n, rest, overflow := cInteger(strings.TrimLeft(s, " \t\n\v\f\r"), unsigned)
	if overflow {
		f.warn("warning: %s: Numerical result out of range", s)
	}
	if rest != "" {
		f.complain("%s: invalid %snumber", s, numberKind(s))
	}
	return n
}

// charCode is the code of the first character of s, in a locale of bytes or for what is no character that of its first byte.
func (f *formatter) charCode(s string) int64 {
	if s == "" {
		return 0
	}
	r, n := utf8.DecodeRuneInString(s)
	if f.sh.charMode() == pattern.Bytes || r == utf8.RuneError && n == 1 {
		return int64(s[0])
	}
	return int64(r)
}

// numberKind says what kind of number s begins like, if it is not decimal.
func numberKind(s string) string {
	switch {
	case strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X"):
		return "hex "
	case strings.HasPrefix(s, "0") && len(s) > 1 && isDigit(s[1]):
		return "octal "
	}
	return ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// cInteger reads the integer constant that s begins with, as strtol does or, unsigned, strtoul: a value that is too large is the
// largest there is.
func cInteger(s string, unsigned bool) (n int64, rest string, overflow bool) {
	digits := strings.TrimLeft(s[:min(1, len(s))], "+-") + s[min(1, len(s)):]
	negative := strings.HasPrefix(s, "-")
	base := uint64(10)
	switch {
	case len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' && hexDigit(digits[2]) >= 0:
		base, digits = 16, digits[2:]
	case len(digits) > 1 && digits[0] == '0':
		base = 8
	}
	value, i := uint64(0), 0
	for ; i < len(digits); i++ {
		d := hexDigit(digits[i])
		if d < 0 || uint64(d) >= base {
			break
		}
		high, low := bits.Mul64(value, base)
		next, carry := bits.Add64(low, uint64(d), 0)
		overflow = overflow || high != 0 || carry != 0
		value = next
	}
	if i == 0 {
		return 0, s + " ", false
	}
	switch {
	case overflow && unsigned:
		return -1, digits[i:], true
	case !unsigned && (overflow || value > math.MaxInt64 && !(negative && value == 1<<63)):
		if negative {
			return math.MinInt64, digits[i:], true
		}
		return math.MaxInt64, digits[i:], true
	case negative:
		return -int64(value), digits[i:], false
	}
	return int64(value), digits[i:], false
}

func hexDigit(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// extended is the precision of a long double, in which printf computes.
const extended = 64

func (f *formatter) float(sp spec, arg string) {
	n := new(big.Float).SetPrec(extended)
	text := strings.TrimLeft(arg, " \t\n")
	special := ""
	switch {
	case arg == "":
	case arg[0] == '\'' || arg[0] == '"':
		n.SetInt64(f.integer(arg))
	case isSpecial(text):
		special = strings.ToLower(strings.TrimLeft(text, "+-"))[:3]
		if strings.HasPrefix(text, "-") {
			n.Neg(n)
		}
	default:
		end := len(text)
		for end > 0 {
			if _, _, err := n.Parse(text[:end], 0); err == nil && !strings.Contains(text[:end], "_") && decimal(text[:end]) {
				break
			}
			end--
		}
		if end == 0 {
			n.SetInt64(0)
		}
		if end < len(text) || end == 0 {
			f.complain("%s: invalid number", arg)
		}
	}
	negative := n.Signbit()
	digits := special
	if digits == "" {
		digits = floatText(n.Abs(n), sp)
	} else {
		sp.flags = strings.ReplaceAll(sp.flags, "0", "")
	}
	if sp.verb < 'a' {
		digits = strings.ToUpper(digits)
	}
	f.padNumber(sp, sp.sign(negative), digits)
}

func isSpecial(s string) bool {
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case "inf", "infinity", "nan":
		return true
	}
	return false
}

// decimal tells whether C takes s for a number of base 10 or 16; leading zeros mean nothing, and there is no 0b or 0o.
func decimal(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return len(s) < 2 || s[0] != '0' || strings.IndexByte("bBoOpP", s[1]) < 0
}

// floatText is the absolute value n as the conversion shows it.
func floatText(n *big.Float, sp spec) string {
	precision := sp.precision
	if precision < 0 {
		precision = 6
	}
	alternate := strings.Contains(sp.flags, "#")
	switch sp.verb | 0x20 {
	case 'g':
		return general(n, max(precision, 1), alternate)
	case 'a':
		return hexFloat(n, sp.precision)
	}
	text := n.Text(sp.verb|0x20, precision)
	if alternate && precision == 0 {
		digits, exponent, _ := strings.Cut(text, "e")
		if text = digits + "."; exponent != "" {
			text += "e" + exponent
		}
	}
	return text
}

// hexFloat is C's %a of a long double: four bits in front of the point.
func hexFloat(n *big.Float, precision int) string {
	if n.Sign() == 0 {
		return strings.Replace(n.Text('x', max(precision, 0)), "p+00", "p+0", 1)
	}
	mantissa := new(big.Float)
	exponent := n.MantExp(mantissa) - 4
	mantissa.SetMantExp(mantissa, extended)
	value, _ := mantissa.Uint64()
	if precision >= 0 && precision < 15 {
		drop := uint(4 * (15 - precision))
		half := uint64(1) << (drop - 1)
		low := value & (1<<drop - 1)
		value >>= drop
		if low > half || low == half && value&1 != 0 {
			value++
		}
		if value>>(4*(uint(precision)+1)) != 0 {
			value >>= 4
			exponent += 4
		}
		value <<= drop
	}
	digits := strconv.FormatUint(value, 16)
	fraction := digits[1:]
	if precision < 0 {
		fraction = strings.TrimRight(fraction, "0")
	} else {
		fraction = (fraction + strings.Repeat("0", precision))[:precision]
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	sign := "+"
	if exponent < 0 {
		sign = ""
	}
	return "0x" + digits[:1] + fraction + "p" + sign + strconv.Itoa(exponent)
}

// general is C's %g: the shorter of %e and %f, without zeros at the end.
func general(n *big.Float, precision int, keep bool) string {
	e := n.Text('e', precision-1)
	at := strings.IndexByte(e, 'e')
	exponent, _ := strconv.Atoi(e[at+1:])
	if exponent < -4 || exponent >= precision {
		return cutZeros(e[:at], keep) + e[at:]
	}
	return cutZeros(n.Text('f', max(0, precision-1-exponent)), keep)
}

func cutZeros(s string, keep bool) string {
	switch {
	case keep && !strings.Contains(s, "."):
		return s + "."
	case keep || !strings.Contains(s, "."):
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
