package shell

import "strings"

// oddSlice puts the zeros into ${x::} and its kin that bash reads there.
func oddSlice(text string, from, at int, msg string) (rest string, ok bool) {
	if at >= len(text) || text[at] != ':' || !strings.Contains(msg, "must be followed by an expression") {
		return "", false
	}
	open := strings.LastIndex(text[from:at], "${")
	end := at + 1
	for end < len(text) && (text[end] == ' ' || text[end] == ':') {
		end++
	}
	if open < 0 || end >= len(text) || text[end] != '}' || end == at+1 && !strings.Contains(text[from+open:at], ":") {
		return "", false
	}
	if strings.Contains(text[from+open:at], ":") {
		return text[from:at] + ":0" + text[end:], true
	}
	if strings.Contains(text[at+1:end], ":") {
		return text[from:at] + ":0:0" + text[end:], true
	}
	return text[from:at] + ":0" + text[end:], true
}

// sliceText quotes the two expressions of a slice that the parser can't read, as quotedArithmetic does.
func sliceText(text string, from, at int, msg string) (rest string, ok bool) {
	open := strings.LastIndex(text[from:min(at+2, len(text))], "${")
	if open < 0 || strings.Contains(msg, "without closing quote") {
		return "", false
	}
	start := from + open + 2
	end := matchBrace(text, start)
	colon := sliceColon(text, start, end)
	if colon < 0 || at < colon || at > end {
		return "", false
	}
	parts := splitSlice(text[colon+1 : end])
	if len(parts) == 1 && strings.TrimSpace(parts[0]) == "" {
		return "", false
	}
	out := text[from:colon]
	for _, part := range parts {
		if strings.ContainsAny(part, "\"\n") {
			return "", false
		}
		out += `:"` + strings.TrimSpace(part) + `"`
	}
	return out + text[end:], true
}

// sliceColon is the offset of the colon behind the parameter of the expansion from start to end; -1: it is no slice.
func sliceColon(text string, start, end int) int {
	i := start
	for i < end && nameByte(text[i]) {
		i++
	}
	if i == start && i < end && (text[i] == '@' || text[i] == '*') {
		i++
	}
	if i > start && i < end && text[i] == '[' {
		i = closing(text, i+1, "]") + 1
	}
	if i == start || i+1 >= end || text[i] != ':' || strings.IndexByte("-=?+", text[i+1]) >= 0 {
		return -1
	}
	return i
}

// splitSlice splits offset:length at the colon that is not one of a condition.
func splitSlice(s string) []string {
	depth, conditions := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			depth--
		case '?':
			conditions++
		case ':':
			if depth == 0 && conditions == 0 {
				return []string{s[:i], s[i+1:]}
			}
			conditions--
		}
	}
	return []string{s}
}
