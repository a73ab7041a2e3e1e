package posixre

import (
	"strings"
	"unicode/utf8"

	"s6box/internal/ere"
)

func compileSlow(expr string, flags Flags) (*Regexp, error) {
	special := `\.[*^$`
	if flags&Basic == 0 {
		special += operators
	}
	expr = plain(expr, special)
	if flags&Basic != 0 {
		expr = extended(expr)
	} else {
		expr = digits(expr)
	}
	re, err := ere.Compile(private(expr), flags&FoldCase != 0)
	if err != nil {
		return nil, err
	}
	return &Regexp{slow: re}, nil
}

func (r *Regexp) findSlow(s string) [][2]int {
	wide := private(s)
	loc := r.slow.Match(wide)
	if loc == nil {
		return nil
	}
	groups := make([][2]int, len(loc)/2)
	for i := range groups {
		groups[i] = [2]int{narrow(wide, loc[2*i]), narrow(wide, loc[2*i+1])}
	}
	return groups
}

// narrow turns an offset in private(s) into one in s.
func narrow(wide string, offset int) int {
	if offset < 0 {
		return offset
	}
	return utf8.RuneCountInString(wide[:offset])
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// private makes a character of each byte for package ere: those outside ASCII are private ones, which have no case and
// are in no class.
func private(s string) string {
	if isASCII(s) {
		return s
	}
	const area = 0xf700
	var out strings.Builder
	for i := range len(s) {
		if r := rune(s[i]); r < 0x80 {
			out.WriteRune(r)
		} else {
			out.WriteRune(area + r)
		}
	}
	return out.String()
}

// operators are special bare in extended expressions, and behind a backslash in basic ones.
const operators = "(){}|+?"

// plain writes out the escapes that package ere does not know: \a \e \f \n \r \t \xHH \d \D. A byte that is special needs a
// backslash to mean itself.
func plain(src, special string) string {
	var out strings.Builder
	for i := 0; i < len(src); i++ {
		if src[i] == '[' {
			n := bracketLength(src[i:])
			out.WriteString(src[i : i+n])
			i += n - 1
			continue
		}
		if src[i] != '\\' || i+1 == len(src) {
			out.WriteByte(src[i])
			continue
		}
		i++
		switch c := src[i]; c {
		case 'd':
			out.WriteString("[0-9]")
		case 'D':
			out.WriteString("[^0-9]")
		case 'a', 'e', 'f', 'n', 'r', 't':
			out.WriteByte(control(c))
		case 'x':
			value, n := hex(src[i+1:])
			if strings.IndexByte(special, value) >= 0 {
				out.WriteByte('\\')
			}
			out.WriteByte(value)
			i += n
		default:
			out.WriteString(src[i-1 : i+1])
		}
	}
	return out.String()
}

// digits makes a digit of each back reference of an extended expression that has no group in front of it, as the
// matcher of the C programs' static builds does of all.
func digits(src string) string {
	var out strings.Builder
	groups := 0
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '[':
			n := bracketLength(src[i:])
			out.WriteString(src[i : i+n])
			i += n - 1
			continue
		case c == '\\' && i+1 < len(src):
			i++
			if d := src[i]; d < '1' || d > '9' || int(d-'0') <= groups {
				out.WriteByte(c)
			}
		case c == '(':
			groups++
		}
		out.WriteByte(src[i])
	}
	return out.String()
}

// extended writes a basic expression as an extended one.
func extended(src string) string {
	var out strings.Builder
	fresh := true // at the beginning of the expression, a group or an alternative
	for i := 0; i < len(src); i++ {
		c, atStart := src[i], fresh
		fresh = false
		switch {
		case c == '[':
			n := bracketLength(src[i:])
			out.WriteString(src[i : i+n])
			i += n - 1
		case c == '\\' && i+1 < len(src):
			i++
			if strings.IndexByte(operators, src[i]) < 0 {
				out.WriteByte('\\')
			}
			out.WriteByte(src[i])
			fresh = src[i] == '(' || src[i] == '|'
		case strings.IndexByte(operators, c) >= 0,
			c == '*' && atStart,
			c == '^' && !atStart,
			c == '$' && !endsHere(src[i+1:]):
			out.WriteByte('\\')
			out.WriteByte(c)
		default:
			out.WriteByte(c)
			fresh = c == '^'
		}
	}
	return out.String()
}

// endsHere tells whether a basic expression, a group or an alternative ends before rest.
func endsHere(rest string) bool {
	return rest == "" || strings.HasPrefix(rest, `\)`) || strings.HasPrefix(rest, `\|`)
}

// bracketLength is the length of the bracket expression that s begins with, or all of s if it does not end.
func bracketLength(s string) int {
	i := 1
	if strings.HasPrefix(s[i:], "^") {
		i++
	}
	for first := true; i < len(s); first = false {
		switch {
		case s[i] == ']' && !first:
			return i + 1
		case s[i] == '[' && i+1 < len(s) && strings.IndexByte(":.=", s[i+1]) >= 0:
			end := strings.Index(s[i+2:], s[i+1:i+2]+"]")
			if end < 0 {
				return len(s)
			}
			i += end + 4
		default:
			i++
		}
	}
	return len(s)
}
