package subst

// Join encodes words for a later split: each with the first byte of delim behind it, the last one too unless
// chomp; as netstrings if delim is empty.
func Join(words []string, delim string, chomp bool) []byte {
	var out []byte
	for i, word := range words {
		if delim == "" {
			out = appendNetstring(out, word)
			continue
		}
		out = append(out, word...)
		if !chomp || i < len(words)-1 {
			out = append(out, delim[0])
		}
	}
	return out
}
