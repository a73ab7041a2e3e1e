package posixre

import (
	"errors"
	"strings"

	"s6box/internal/charclass"
)

// bracket reads a bracket expression from behind its opening bracket.
func (t *translator) bracket() error {
	var set strings.Builder
	set.WriteByte('[')
	if strings.HasPrefix(t.src[t.i:], "^") {
		set.WriteByte('^')
		t.i++
	}
	for first := true; ; first = false {
		rest := t.src[t.i:]
		if rest == "" {
			return errors.New("Missing ']'")
		}
		if rest[0] == ']' && !first {
			t.i++
			set.WriteByte(']')
			if t.fold {
				t.emit("(?-i:" + set.String() + ")")
			} else {
				t.emit(set.String())
			}
			return nil
		}
		if err := t.member(&set, rest, first); err != nil {
			return err
		}
	}
}

// member reads a byte, a range or a class.
func (t *translator) member(set *strings.Builder, rest string, first bool) error {
	if strings.HasPrefix(rest, "[:") {
		name, _, found := strings.Cut(rest[2:], ":]")
		if !found || !charclass.Known(name) {
			return errors.New("Unknown character class name")
		}
		t.i += len(name) + 4
		if t.fold && (name == "upper" || name == "lower") {
			name = "alpha"
		}
		set.WriteString("[:" + name + ":]")
		return t.noRange()
	}
	if strings.HasPrefix(rest, "[.") || strings.HasPrefix(rest, "[=") {
		return t.collating(set, rest)
	}
	if rest[0] == '-' && !first && !strings.HasPrefix(rest[1:], "]") {
		return errors.New("Invalid character range")
	}
	low, high := rest[0], rest[0]
	t.i++
	if len(rest) > 2 && rest[1] == '-' && rest[2] != ']' {
		high = rest[2]
		t.i += 2
		if high < low {
			return errors.New("Invalid character range")
		}
		if err := t.noRange(); err != nil {
			return err
		}
	}
	t.span(set, low, high)
	return nil
}

// span adds the bytes from low to high to a set, and the other case of the letters among them.
func (t *translator) span(set *strings.Builder, low, high byte) {
	set.WriteString(quoted(low) + "-" + quoted(high))
	if !t.fold {
		return
	}
	const other = 'a' - 'A'
	if l, h := max(low, 'a'), min(high, 'z'); l <= h {
		set.WriteString(quoted(l-other) + "-" + quoted(h-other))
	}
	if l, h := max(low, 'A'), min(high, 'Z'); l <= h {
		set.WriteString(quoted(l+other) + "-" + quoted(h+other))
	}
}

// collating reads [.x.] or [=x=]: in the C locale an element is one byte, and equal to itself only.
func (t *translator) collating(set *strings.Builder, rest string) error {
	if len(rest) < 5 || rest[3] != rest[1] || rest[4] != ']' {
		return errors.New("Unknown collating element")
	}
	t.i += 5
	t.span(set, rest[2], rest[2])
	return t.noRange()
}

// noRange refuses a range that would begin with a range or a class.
func (t *translator) noRange() error {
	if rest := t.src[t.i:]; len(rest) > 1 && rest[0] == '-' && rest[1] != ']' {
		return errors.New("Invalid character range")
	}
	return nil
}
