package pattern

import "strings"

type compiler struct {
	text   string
	at     int
	mode   Mode
	groups bool
}

// sequence reads nodes up to one of the characters in stop, which it leaves, or the end.
func (c *compiler) sequence(stop string) nodes {
	var out nodes
	for c.at < len(c.text) {
		b := c.text[c.at]
		if stop != "" && strings.IndexByte(stop, b) >= 0 {
			return out
		}
		if n, ok := c.group(b); ok {
			out = append(out, n)
			continue
		}
		switch b {
		case '*':
			c.at++
			if len(out) == 0 || out[len(out)-1].kind != star {
				out = append(out, node{kind: star})
			}
		case '?':
			c.at++
			out = append(out, node{kind: anyChar})
		case '[':
			if set, length := readSet(c.text[c.at:], c.mode); length > 0 {
				c.at += length
				out = append(out, node{kind: bracket, set: set})
			} else {
				out = append(out, c.literal())
			}
		default:
			if b == '\\' && c.at+1 < len(c.text) {
				c.at++
			}
			out = append(out, c.literal())
		}
	}
	return out
}

func (c *compiler) literal() node {
	r, n := next(c.text[c.at:], c.mode)
	c.at += n
	return node{kind: literal, char: r}
}

// group reads an extended group, if one that is closed begins here.
func (c *compiler) group(op byte) (node, bool) {
	if c.mode&ExtGlob == 0 || strings.IndexByte("?*+@!", op) < 0 || c.at+1 >= len(c.text) || c.text[c.at+1] != '(' {
		return node{}, false
	}
	saved := *c
	c.at += 2
	n := node{kind: group, op: op}
	for {
		n.alts = append(n.alts, c.sequence("|)"))
		if c.at >= len(c.text) {
			*c = saved
			return node{}, false
		}
		c.at++
		if c.text[c.at-1] == ')' {
			c.groups = true
			return n, true
		}
	}
}

// set is a bracket expression.
type set struct {
	negate  bool
	ranges  [][2]rune
	classes []string
}

// readSet reads the bracket expression at the start of text; length 0 means that there is none.
func readSet(text string, mode Mode) (s *set, length int) {
	s = &set{}
	i := 1
	if i < len(text) && (text[i] == '!' || text[i] == '^') {
		s.negate = true
		i++
	}
	for first := true; i < len(text); first = false {
		if text[i] == ']' && !first {
			return s, i + 1
		}
		if name, n := className(text[i:]); n > 0 {
			s.classes = append(s.classes, name)
			i += n
			continue
		}
		lo, n := setChar(text[i:], mode)
		if n == 0 {
			return nil, 0
		}
		i += n
		hi := lo
		if i+1 < len(text) && text[i] == '-' && text[i+1] != ']' {
			if hi, n = setChar(text[i+1:], mode); n == 0 {
				return nil, 0
			}
			i += 1 + n
		}
		s.ranges = append(s.ranges, [2]rune{lo, hi})
	}
	return nil, 0
}

// className reads "[:name:]".
func className(text string) (name string, length int) {
	if !strings.HasPrefix(text, "[:") {
		return "", 0
	}
	name, _, ok := strings.Cut(text[2:], ":]")
	if !ok || strings.ContainsAny(name, "[]\\") {
		return "", 0
	}
	return name, len(name) + 4
}

// setChar reads one character of a bracket expression: plain, escaped, or the only one of "[.x.]", "[=x=]".
func setChar(text string, mode Mode) (rune, int) {
	if len(text) >= 5 && text[0] == '[' && (text[1] == '.' || text[1] == '=') {
		if inner, _, ok := strings.Cut(text[2:], text[1:2]+"]"); ok && inner != "" {
			r, n := next(inner, mode)
			if n == len(inner) {
				return r, n + 4
			}
		}
	}
	if text[0] == '\\' && len(text) > 1 {
		r, n := next(text[1:], mode)
		return r, n + 1
	}
	return next(text, mode)
}
