package shell

import (
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// braces expands {a,b} and {1..3} in a word.
func (sh *Shell) braces(w *syntax.Word) []*syntax.Word {
	if !sh.opts.has(braceExpand) {
		return []*syntax.Word{w}
	}
	split := *w
	if !syntax.SplitBraces(&split) {
		return []*syntax.Word{w}
	}
	var out []*syntax.Word
	for _, parts := range expandBraces(split.Parts) {
		out = append(out, &syntax.Word{Parts: merged(parts)})
	}
	return out
}

// merged joins what has come to stand next to each other: ~{a,b} has a tilde in front of a, and $x{1,2} is $x1 and $x2.
func merged(parts []syntax.WordPart) []syntax.WordPart {
	var out []syntax.WordPart
	for _, p := range parts {
		lit, ok := p.(*syntax.Lit)
		if n := len(out); ok && n > 0 {
			if param, rest := longerName(out[n-1], lit); param != nil {
				out[n-1] = param
				if lit = rest; lit.Value == "" {
					continue
				}
				p = lit
			}
		}
		if n := len(out); ok && n > 0 {
			if before, ok := out[n-1].(*syntax.Lit); ok {
				out[n-1] = &syntax.Lit{ValuePos: before.ValuePos, ValueEnd: lit.ValueEnd, Value: before.Value + lit.Value}
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// longerName is the expansion p of a name, if it is one, with the characters at the start of lit that belong to the name.
func longerName(p syntax.WordPart, lit *syntax.Lit) (*syntax.ParamExp, *syntax.Lit) {
	param, ok := p.(*syntax.ParamExp)
	if !ok || !param.Short || param.Index != nil || param.Param == nil || !isName(param.Param.Value) {
		return nil, nil
	}
	n := 0
	for n < len(lit.Value) && nameByte(lit.Value[n]) {
		n++
	}
	if n == 0 {
		return nil, nil
	}
	longer, name, rest := *param, *param.Param, *lit
	name.Value += lit.Value[:n]
	longer.Param = &name
	rest.Value = lit.Value[n:]
	return &longer, &rest
}

// expandBraces returns the parts of each word that parts stand for.
func expandBraces(parts []syntax.WordPart) [][]syntax.WordPart {
	i := slices.IndexFunc(parts, func(p syntax.WordPart) bool { _, ok := p.(*syntax.BraceExp); return ok })
	if i < 0 {
		return [][]syntax.WordPart{parts}
	}
	brace := parts[i].(*syntax.BraceExp)
	var middles [][]syntax.WordPart
	if brace.Sequence {
		middles = sequence(brace)
	} else {
		for _, elem := range brace.Elems {
			middles = append(middles, expandBraces(elem.Parts)...)
		}
	}
	var out [][]syntax.WordPart
	rest := expandBraces(parts[i+1:])
	for _, middle := range middles {
		for _, tail := range rest {
			out = append(out, slices.Concat(parts[:i], middle, tail))
		}
	}
	return out
}

// sequence expands {first..last[..step]}.
func sequence(b *syntax.BraceExp) [][]syntax.WordPart {
	first, last := b.Elems[0].Lit(), b.Elems[1].Lit()
	step := int64(0)
	if len(b.Elems) > 2 {
		step, _ = strconv.ParseInt(b.Elems[2].Lit(), 10, 64)
	}
	from, err1 := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	chars := err1 != nil || err2 != nil
	if chars {
		if len(first) != 1 || len(last) != 1 {
			return [][]syntax.WordPart{{&syntax.Lit{Value: "{" + first + ".." + last + "}"}}}
		}
		from, to = int64(first[0]), int64(last[0])
	}
	if step < 0 {
		step = -step
	}
	step = max(step, 1)
	width := 0
	if !chars && (padded(first) || padded(last)) {
		width = max(len(first), len(last))
	}
	var out [][]syntax.WordPart
	for n, left := from, (max(from, to)-min(from, to))/step; left >= 0; left-- {
		text := pad(n, width)
		if chars {
			text = string(rune(n))
			if strings.ContainsAny(text, "`$\"'") {
				text = "\\" + text
			} else if text == "\\" {
				out = append(out, []syntax.WordPart{&syntax.SglQuoted{}}) // bash takes it for a quote with nothing behind
				text = ""
			}
		}
		out = append(out, []syntax.WordPart{&syntax.Lit{Value: text}})
		if from <= to {
			n += step
		} else {
			n -= step
		}
	}
	return out
}

func padded(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return len(s) > 1 && s[0] == '0'
}

func pad(n int64, width int) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for len(s)+len(sign) < width {
		s = "0" + s
	}
	return sign + s
}
