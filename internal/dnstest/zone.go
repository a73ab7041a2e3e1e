package dnstest

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Zone is what a server knows, and how it behaves.
type Zone struct {
	records   map[string][]record // by name, in small letters
	behaviour map[string][]string // by name, or "@" and the address of the server
	Servers   []string            // addresses that behave in a way of their own
}

type record struct {
	kind    uint16
	section int // 0: answer
	name    string
	data    []byte
}

// Parse reads the text of a zone: a record in a line, which is the name, the type and the data. Words may be quoted
// as Go strings are. A line with another type than those of types and TYPE followed by a number (the data of which is
// hexadecimal) is how the server behaves when it is asked for the name, or, if it is the address of a server after
// an @, when it is asked at all:
//
//	NAME !drop          is not answered at all
//	NAME !drop1         is not answered the first time
//	NAME !rcode N       is answered by a code and no record
//	NAME !truncate      is cut short by UDP
//	NAME !forge         is answered by others first: with another id, for another question, and from another port
//	NAME !noend         by TCP gets half an answer
//	NAME !close         by TCP gets the end of the connection
//	NAME !stall         by TCP gets nothing
//	NAME !flags HEX     has other flags
//	NAME !raw HEX       gets this behind its id
//	NAME !answer RECORD, !authority RECORD, !additional RECORD    get a record in that section
func Parse(text string) (*Zone, error) {
	z := &Zone{records: map[string][]record{}, behaviour: map[string][]string{}}
	for i, line := range strings.Split(text, "\n") {
		words, err := split(line)
		if err == nil && len(words) > 0 {
			err = z.add(words)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return z, nil
}

func split(line string) (words []string, err error) {
	for line = strings.TrimSpace(line); line != "" && line[0] != '#'; line = strings.TrimSpace(line) {
		if line[0] == '"' {
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, err
			}
			word, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, err
			}
			words, line = append(words, word), line[len(quoted):]
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		words, line = append(words, word), rest
	}
	return words, nil
}

func (z *Zone) add(words []string) error {
	if len(words) < 2 {
		return fmt.Errorf("%s: no type", words[0])
	}
	name := canonical(words[0])
	section := 0
	switch words[1] {
	case "!answer":
		words = words[2:]
	case "!authority":
		section, words = 1, words[2:]
	case "!additional":
		section, words = 2, words[2:]
	}
	if strings.HasPrefix(words[1], "!") {
		if server, ok := strings.CutPrefix(name, "@"); ok && z.behaviour[name] == nil {
			z.Servers = append(z.Servers, server)
		}
		z.behaviour[name] = append(z.behaviour[name], strings.Join(words[1:], " "))
		if _, known := z.records[name]; !known {
			z.records[name] = nil
		}
		return nil
	}
	kind, err := typeOf(words[1])
	if err != nil {
		return err
	}
	value, err := data(words[1], words[2:])
	if err != nil {
		return err
	}
	z.records[name] = append(z.records[name], record{kind, section, words[0], value})
	return nil
}

// behaves returns what follows the word of a behaviour, of a name or of the server.
func (z *Zone) behaves(name, server, word string) (value string, ok bool) {
	for _, key := range []string{name, "@" + server} {
		for _, b := range z.behaviour[key] {
			if first, rest, _ := strings.Cut(b, " "); first == word {
				return rest, true
			}
		}
	}
	return "", false
}

// canonical is how question writes a name.
func canonical(name string) string {
	if strings.HasPrefix(name, "@") {
		return name
	}
	name, _ = question(append(appendName(make([]byte, headerSize), name), 0, 0, 0, 0))
	return strings.ToLower(name)
}

func unhex(digits string) []byte {
	raw, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		panic(err) // a mistake in a test
	}
	return raw
}
