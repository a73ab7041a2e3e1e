package dns

import (
	"fmt"
	"strings"
)

// codes are the names of the codes of answers; those behind them are weird.
var codes = [...]string{"noerror", "formerr", "servfail", "nxdomain", "notimp", "refused"}

// Show writes a message for people, a line for its header and one for each question and record. recursive tells
// whether recursion was asked for: flags that belong to the other case are weird. The error is ErrFormat; out has the
// part before it then.
func (m Message) Show(out []byte, recursive bool) ([]byte, error) {
	if len(m) < headerSize {
		return out, ErrFormat
	}
	out = fmt.Appendf(out, "%d bytes, %d+%d+%d+%d records%s\n", len(m),
		m.count(Question), m.count(Answer), m.count(Authority), m.count(Additional), m.flags(recursive))
	err := m.Each(func(r Record) (err error) {
		out, err = r.show(out)
		return err
	})
	return out, err
}

func (m Message) flags(recursive bool) string {
	weird := ""
	if !recursive && m.isAnswer() {
		weird = "weird "
	}
	code := fmt.Sprintf("weird rcode (%d)", m.code())
	if m.code() < len(codes) {
		code = codes[m.code()]
	}
	var out strings.Builder
	for _, flag := range []struct {
		set  bool
		text string
	}{
		{m.isAnswer(), "response"}, {m.opcode() != 0, fmt.Sprintf("weird opcode (%d)", m.opcode())},
		{m.authoritative(), "authoritative"}, {m.truncated(), "truncated"},
		{m.desired(), weird + "rd"}, {m.available(), weird + "ra"},
		{true, code}, {m.reserved() != 0, fmt.Sprintf("weird z (%d)", m.reserved())},
	} {
		if flag.set {
			out.WriteString(", " + flag.text)
		}
	}
	return out.String()
}

// show writes a line. The data that can't be read ends it.
func (r Record) show(out []byte) ([]byte, error) {
	label := [...]string{"query", "answer", "authority", "additional"}[r.Section]
	if r.Class != classIN {
		return fmt.Appendf(out, "%s: weird class (%d), not attempting to analyze record\n", label, r.Class), nil
	}
	if r.Section == Question {
		return fmt.Appendf(out, "%s: %d %s\n", label, r.Type, r.Name), nil
	}
	name, _ := r.Type.kind()
	if name == "" {
		name = fmt.Sprintf("unknown rtype %d length %d:", r.Type, r.end-r.at)
	}
	out = fmt.Appendf(out, "%s: %s %d %s ", label, r.Name, r.TTL, name)
	text, err := r.Text()
	if err != nil {
		return append(out, '\n'), err
	}
	return append(append(out, text...), '\n'), nil
}
