package execline

import (
	"bytes"
	"fmt"
	"strings"
)

// parseEnvfile reads the assignments of a file in the format of the page envfile, as "key=value". A NUL byte
// ends it.
func parseEnvfile(src []byte) ([]string, error) {
	if i := bytes.IndexByte(src, 0); i >= 0 {
		src = src[:i]
	}
	p := envParser{src: string(src), line: 1}
	var vars []string
	for {
		p.skip(" \t\f\r\n")
		if p.src == "" {
			return vars, nil
		}
		if p.src[0] == '#' {
			end := strings.IndexByte(p.src, '\n')
			if end < 0 {
				return vars, nil
			}
			p.src = p.src[end:]
			continue
		}
		key, err := p.key()
		if err != nil {
			return nil, err
		}
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		vars = append(vars, key+"="+value)
	}
}

// envParser consumes src.
type envParser struct {
	src  string
	line int
}

const envBlank = " \t\f\r"

func (p *envParser) errorf(format string, args ...any) error {
	return fmt.Errorf("syntax error line %d: %s", p.line, fmt.Sprintf(format, args...))
}

func (p *envParser) skip(set string) {
	rest := strings.TrimLeft(p.src, set)
	p.line += strings.Count(p.src[:len(p.src)-len(rest)], "\n")
	p.src = rest
}

func (p *envParser) key() (string, error) {
	end := strings.IndexAny(p.src, envBlank+"\n=\"'?\\")
	if end < 0 {
		end = len(p.src)
	}
	key := p.src[:end]
	p.src = p.src[end:]
	p.skip(envBlank)
	switch {
	case p.src == "" || p.src[0] == '\n':
		return "", p.errorf("no = after %q", key)
	case p.src[0] != '=':
		return "", p.errorf("%q can't follow the name %q", p.src[:1], key)
	case key == "":
		return "", p.errorf("no name in front of =")
	}
	p.src = p.src[1:]
	p.skip(envBlank)
	return key, nil
}

// value reads up to the end of the line. Blanks at its end are dropped unless they are quoted.
func (p *envParser) value() (string, error) {
	var out []byte
	keep := 0 // how much of out stays when a blank end is dropped
	for p.src != "" && p.src[0] != '\n' {
		c := p.src[0]
		p.src = p.src[1:]
		switch {
		case c == '"':
			var err error
			if out, err = p.quoted(out); err != nil {
				return "", err
			}
		case c == '\\' && strings.HasPrefix(p.src, "\n"):
			p.src = p.src[1:]
			p.line++
			if keep < len(out) {
				keep = len(out)
			}
			continue
		case c == '\\':
			if p.src == "" || strings.IndexByte(envBlank+`"\`, p.src[0]) < 0 {
				return "", p.errorf(`a backslash outside quotes is for a blank, a newline, " or \`)
			}
			out = append(out, p.src[0])
			p.src = p.src[1:]
		case strings.IndexByte(envBlank, c) >= 0:
			out = append(out, c)
			continue
		default:
			out = append(out, c)
		}
		keep = len(out)
	}
	return string(out[:keep]), nil
}

// quoted reads on to the closing quote.
func (p *envParser) quoted(out []byte) ([]byte, error) {
	for p.src != "" && p.src[0] != '\n' {
		c := p.src[0]
		p.src = p.src[1:]
		switch {
		case c == '"':
			return out, nil
		case c == '\\' && strings.HasPrefix(p.src, "\n"):
			p.src = p.src[1:]
			p.line++
		case c == '\\' && p.src != "":
			b, err := p.escape()
			if err != nil {
				return nil, err
			}
			out = append(out, b)
		default:
			out = append(out, c)
		}
	}
	return nil, p.errorf("no closing quote")
}

// escape reads what follows a backslash in quotes: as in C, but a letter without a meaning is itself.
func (p *envParser) escape() (byte, error) {
	c := p.src[0]
	if i := strings.IndexByte("abfnrtv", c); i >= 0 {
		p.src = p.src[1:]
		return "\a\b\f\n\r\t\v"[i], nil
	}
	value := 0
	switch {
	case c == 'x':
		if len(p.src) < 3 || hexDigit(p.src[1]) < 0 || hexDigit(p.src[2]) < 0 {
			return 0, p.errorf(`two hexadecimal digits must follow \x`)
		}
		value = hexDigit(p.src[1])<<4 | hexDigit(p.src[2])
		p.src = p.src[3:]
	case '0' <= c && c <= '7':
		n := 0
		for n < 3 && n < len(p.src) && '0' <= p.src[n] && p.src[n] <= '7' {
			value = value<<3 | int(p.src[n]-'0')
			n++
		}
		p.src = p.src[n:]
	default:
		p.src = p.src[1:]
		return c, nil
	}
	if value &= 0xff; value == 0 {
		return 0, p.errorf("a variable can't hold a NUL byte")
	}
	return byte(value), nil
}

func hexDigit(c byte) int {
	if 'A' <= c && c <= 'F' {
		c += 'a' - 'A'
	}
	return strings.IndexByte("0123456789abcdef", c)
}
