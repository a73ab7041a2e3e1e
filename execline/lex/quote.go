package lex

// Quote spells word so that a script holding it has that very word, bare where it can be. The word must not
// contain a NUL byte.
func Quote(word string) string {
	if isBare(word) {
		return word
	}
	out := make([]byte, 0, len(word)+8)
	out = append(out, '"')
	for i := range len(word) {
		switch c := word[i]; c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\n':
			out = append(out, '\\', 'n')
		case '\t':
			out = append(out, '\\', 't')
		case '\r':
			out = append(out, '\\', 'r')
		default:
			if c < ' ' || c == 0x7f {
				out = append(out, '\\', '0', 'x', hex[c>>4], hex[c&15])
			} else {
				out = append(out, c)
			}
		}
	}
	return string(append(out, '"'))
}

// QuoteASCII spells word in quotes, whatever it holds, and in ASCII alone: as upstream's programs write words into
// scripts. The word must not contain a NUL byte.
func QuoteASCII(word string) string {
	out := append(make([]byte, 0, len(word)+8), '"')
	for i := range len(word) {
		switch c := word[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c >= '\a' && c <= '\r':
			out = append(out, '\\', "abtnvfr"[c-'\a'])
		case c < ' ' || c >= 0x7f:
			out = append(out, '\\', '0', 'x', hex[c>>4], hex[c&15])
		default:
			out = append(out, c)
		}
	}
	return string(append(out, '"'))
}

const hex = "0123456789abcdef"

func isBare(word string) bool {
	if word == "" || word == "{" || word == "}" || word[0] == '#' {
		return false
	}
	for i := range len(word) {
		if class[word[i]] != plain || word[i] == 0x7f {
			return false
		}
	}
	return true
}
