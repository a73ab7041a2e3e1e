package shell

import "strings"

// conditionMessage words what is wrong with the [[ … ]] that the offset at of text is in, as bash does; found is false where it is in
// none, or in one that is right. Some errors have no message.
func conditionMessage(text string, at int) (message string, found bool) {
	for until := min(at+2, len(text)); ; {
		i := strings.LastIndex(text[:until], "[[")
		if i < 0 {
			return "", false
		}
		if until = i + 1; !startsCommand(text[:i]) {
			continue
		}
		c := conditionReader{text: text, pos: i + 2}
		c.next()
		message, ok := c.whole()
		return message, !ok && at <= c.pos+2 // else the trouble is further on
	}
}

// conditionReader reads the tokens of a condition: words, operators, "newline", and "" at the end of the text.
type conditionReader struct {
	text string
	pos  int
	tok  string
	word bool
}

func (c *conditionReader) next() {
	for c.pos < len(c.text) && (c.text[c.pos] == ' ' || c.text[c.pos] == '\t' || strings.HasPrefix(c.text[c.pos:], "\\\n")) {
		if c.text[c.pos] == '\\' {
			c.pos++
		}
		c.pos++
	}
	start := c.pos
	c.tok, c.word = "", false
	if start == len(c.text) {
		return
	}
	const operators = ";&|<>()"
	switch b := c.text[start]; {
	case b == '\n':
		c.pos++
		c.tok = "newline"
		return
	case strings.IndexByte(operators, b) >= 0:
		if c.pos++; c.pos < len(c.text) && c.text[c.pos] == b && (b == '&' || b == '|' || b == ';') {
			c.pos++
		}
		c.tok = c.text[start:c.pos]
		return
	}
	for c.pos < len(c.text) && strings.IndexByte(operators+" \t\n", c.text[c.pos]) < 0 {
		switch c.text[c.pos] {
		case '\\':
			c.pos++
		case '\'', '"', '`':
			c.to(skipQuoted(c.text, c.pos))
		case '$':
			if strings.HasPrefix(c.text[c.pos:], "${") {
				c.to(matchBrace(c.text, c.pos+2))
			}
		}
		c.pos++
		if c.pos < len(c.text) && c.text[c.pos] == '(' {
			c.to(matchParen(c.text, c.pos+1)) // of $(…), or of a pattern
			c.pos++
		}
	}
	c.pos = min(c.pos, len(c.text))
	c.tok = c.text[start:c.pos]
	c.word = c.tok != "]]"
}

// to goes on to offset i, or to the end if there is none.
func (c *conditionReader) to(i int) {
	if c.pos = i; i < 0 {
		c.pos = len(c.text)
	}
}

// regexp reads the right side of =~, in which parentheses are ordinary.
func (c *conditionReader) regexp() {
	for c.pos < len(c.text) && (c.text[c.pos] == ' ' || c.text[c.pos] == '\t') {
		c.pos++
	}
	if c.pos < len(c.text) && c.text[c.pos] == '(' {
		c.to(matchParen(c.text, c.pos+1))
		c.pos++
		for c.pos < len(c.text) && strings.IndexByte(" \t\n", c.text[c.pos]) < 0 {
			c.pos++
		}
		c.pos = min(c.pos, len(c.text))
		c.tok, c.word = "(", true
		return
	}
	c.next()
}

func (c *conditionReader) whole() (message string, ok bool) {
	if message, ok = c.list(); !ok || c.tok == "]]" {
		return message, ok
	}
	for c.tok == "newline" {
		c.next()
	}
	switch {
	case c.tok == "":
		return "unexpected EOF while looking for `]]'", false
	case c.word:
		return "syntax error in conditional expression", false
	}
	return "syntax error in conditional expression: unexpected token `" + c.tok + "'", false
}

func (c *conditionReader) list() (message string, ok bool) {
	for {
		if message, ok = c.term(); !ok || c.tok != "&&" && c.tok != "||" {
			return message, ok
		}
		c.next()
	}
}

func (c *conditionReader) term() (message string, ok bool) {
	for c.tok == "!" || c.tok == "newline" {
		c.next()
	}
	first := c.tok
	switch {
	case first == "(":
		c.next()
		if message, ok = c.list(); !ok {
			return message, false
		}
		if c.tok != ")" {
			return "unexpected token `" + c.tok + "', expected `)'", false
		}
		c.next()
		return "", true
	case !c.word:
		return "", false
	}
	c.next()
	if len(first) == 2 && first[0] == '-' && strings.IndexByte("abcdefghknoprstuvwxzGLNORS", first[1]) >= 0 {
		return c.argument("unary")
	}
	switch c.tok {
	case "]]", "&&", "||", ")", "":
		return "", true
	case "=~":
		c.regexp()
		return c.argument("binary")
	case "<", ">", "=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
		c.next()
		return c.argument("binary")
	}
	if c.word {
		return "conditional binary operator expected", false
	}
	return "unexpected token `" + c.tok + "', conditional binary operator expected", false
}

func (c *conditionReader) argument(kind string) (message string, ok bool) {
	if !c.word {
		return "unexpected argument `" + c.tok + "' to conditional " + kind + " operator", false
	}
	c.next()
	return "", true
}
