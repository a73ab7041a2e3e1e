package lint

import "strings"

// signature is what the usage line of a command says of its arguments.
type signature struct {
	options map[byte]bool // letters, and whether a value follows; nil: the command takes no options
	params  []param
	chain   bool // a command line to execute comes last
	must    bool // and it may not be empty
	vague   bool // params are not all there is
}

// param is an argument that must be there.
type param uint8

const (
	word        param = iota
	instruction       // a block to execute
	list              // a block of words
	directives        // the block of multisubstitute
	cases             // a block of words, each with a block to execute
)

// parseUsage reads a usage line such as "[ -n ] [ -x code ] word { block } prog...".
func parseUsage(usage string) signature {
	var s signature
	words := strings.Fields(usage)
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		switch {
		case w == "[":
			group, rest := cut(words, "[", "]")
			words = rest
			s.optional(group)
		case w == "-[":
			group, rest := cut(words, "[", "]")
			words = rest
			for _, letter := range group {
				if letter != "|" {
					s.option(letter, false)
				}
			}
		case w == "{":
			group, rest := cut(words, "{", "}")
			words = rest
			s.params = append(s.params, blockKind(group))
		case len(w) > 1 && w[0] == '-':
			s.option(w[1:], false)
		case w == "|":
			s.vague = true
		case strings.HasSuffix(w, "..."):
			s.chain = isCommandLine(w)
			s.must = s.chain
			s.vague = s.vague || !s.chain
			return s
		default:
			s.params = append(s.params, word)
		}
	}
	return s
}

// cut splits words behind the closing bracket that matches an opening one in front of them.
func cut(words []string, opening, closing string) (inside, rest []string) {
	depth := 1
	for i, w := range words {
		switch w {
		case opening, "-" + opening:
			depth++
		case closing:
			if depth--; depth == 0 {
				return words[:i], words[i+1:]
			}
		}
	}
	return words, nil
}

func (s *signature) option(letter string, value bool) {
	if s.options == nil {
		s.options = make(map[byte]bool)
	}
	for i := range len(letter) { // "-abc" is three of them
		s.options[letter[i]] = value && len(letter) == 1
	}
}

// optional reads a group in brackets: options, or arguments that need not be there.
func (s *signature) optional(group []string) {
	for i, w := range group {
		value := i+1 < len(group) && group[i+1] != "|" && group[i+1][0] != '-'
		switch {
		case len(w) > 1 && w[0] == '-':
			s.option(w[1:], value)
		case i == 0 && len(group) == 1 && strings.HasSuffix(w, "..."):
			s.chain = isCommandLine(w)
		case i == 0:
			s.vague = true
		}
	}
}

func blockKind(group []string) param {
	if len(group) == 0 {
		return instruction
	}
	for _, w := range group {
		if w == "{" {
			return cases
		}
	}
	switch group[0] {
	case "values...", "vars...", "pids...", "[":
		return list
	case "directives...":
		return directives
	}
	return instruction
}

// isCommandLine tells whether the last argument of a usage line is something to execute.
func isCommandLine(w string) bool {
	for _, begin := range []string{"prog", "remainder", "loop", "cmd", "command"} {
		if strings.HasPrefix(w, begin) {
			return true
		}
	}
	return false
}
