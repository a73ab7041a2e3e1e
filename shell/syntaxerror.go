package shell

import (
	"errors"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// syntaxError reports what the parser found wrong in text, in the words of bash where they are known, and ends the shell, as for
// a script bash does.
func (sh *Shell) syntaxError(err error, text string) {
	var parse syntax.ParseError
	var lang syntax.LangError
	var token unexpected
	line, condition := 0, false
	messages := []string{"syntax error: " + err.Error()}
	switch {
	case errors.As(err, &parse):
		line = int(parse.Pos.Line())
		messages = []string{"syntax error: " + parse.Text}
		var message string
		if message, condition = conditionMessage(text, int(parse.Pos.Offset())); condition {
			messages = []string{message}
			condition = !strings.HasPrefix(message, "unexpected EOF")
		} else if text != "" {
			messages, line = sh.syntaxMessages(parse, text)
		}
	case errors.As(err, &token):
		messages, line = token.messages(text)
	case errors.As(err, &lang):
		lang.Filename = ""
		line = int(lang.Pos.Line())
		messages = []string{"syntax error: " + lang.Feature + ": not in the language of this shell"}
		if at, ok := behindFunction(text, int(lang.Pos.Offset())); ok {
			messages, line = at.messages(text)
		}
	}
	sh.line = line + sh.unit.base
	where := sh.where()
	if i := strings.LastIndex(where, ": line "); i >= 0 && sh.unit.label != "" {
		where = where[:i] + ": " + sh.unit.label + where[i:]
	}
	for _, m := range messages {
		if m == "" {
			continue
		}
		sh.write(2, where+undisguised(m, rawBytes)+"\n")
		if sh.opts.has(errExit) && sh.quiet == 0 {
			sh.exit(2)
			return
		}
	}
	status := sh.status
	if sh.status = 2; condition && sh.nested == 0 && sh.lenient == 0 {
		sh.exit(status) // as bash has it
		return
	}
	if at := int(parse.Pos.Offset()); at > 0 && at < len(text) && text[at-1] == '=' && text[at] == '(' {
		sh.status = 1 // in an array
	}
	special := sh.opts.posix && sh.mild == 0 && strings.HasPrefix(messages[0], "syntax error") // eval or .
	if (sh.nested == 0 || special) && sh.lenient == 0 {
		sh.exit(sh.status)
	}
}

// syntaxMessages are the lines that bash prints for an error, and the line of the script that it names.
func (sh *Shell) syntaxMessages(err syntax.ParseError, text string) (messages []string, line int) {
	at := int(err.Pos.Offset())
	last := strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1
	if _, quote, ok := strings.Cut(err.Text, "without closing quote "); ok {
		return []string{"unexpected EOF while looking for matching `" + quoteOf(quote) + "'"}, int(err.Pos.Line())
	}
	if _, end, ok := strings.Cut(err.Text, " with "); ok && strings.Contains(err.Text, "EOF without matching") {
		command := strings.HasPrefix(text[at:], "{") || strings.HasPrefix(text[at:], "[[") ||
			strings.HasPrefix(text[at:], "(") && !strings.HasPrefix(text[at:], "((") && !strings.HasSuffix(text[:at], "=")
		if !command {
			line = int(err.Pos.Line())
			switch {
			case strings.HasPrefix(text[at:], "$(("):
			case strings.HasPrefix(text[at:], "$("), strings.HasPrefix(text[at:], "<("), strings.HasPrefix(text[at:], ">("):
				line = strings.Count(text, "\n") + 1
			}
			return []string{"unexpected EOF while looking for matching `" + quoteOf(end)[:1] + "'"}, line
		}
		return []string{"syntax error: unexpected end of file"}, last + 1
	}
	token, end := sh.culprit(text)
	if open := strings.LastIndex(text[:end], "${"); open >= 0 && matchBrace(text, open+2) < 0 {
		return []string{"unexpected EOF while looking for matching `}'"}, strings.Count(text[:open], "\n") + 1
	}
	if token == "" {
		if syntax.IsIncomplete(err) {
			return []string{"syntax error: unexpected end of file"}, last + 1
		}
		return []string{"syntax error: " + err.Text}, int(err.Pos.Line())
	}
	line = strings.Count(text[:end-len(strings.TrimPrefix(token, "newline"))], "\n") + 1
	if token == "newline" {
		line = strings.Count(text[:end-1], "\n") + 1
	}
	return unexpectedToken(token, text, line), line
}

func unexpectedToken(token, text string, line int) []string {
	source := strings.Split(text, "\n")[line-1]
	return []string{"syntax error near unexpected token `" + shown(undisguised(token, rawBytes)) + "'", "`" + source + "'"}
}

// unexpected is the offset of a token that the parser takes and bash does not.
type unexpected int

func (at unexpected) Error() string { return "unexpected token" }

func (at unexpected) messages(text string) ([]string, int) {
	token := text[at:]
	if op := operator(token); op != "" {
		token = op
	} else if i := strings.IndexAny(token, operators+" \t\n"); i > 0 {
		token = token[:i]
	}
	line := strings.Count(text[:at], "\n") + 1
	return unexpectedToken(token, text, line), line
}

// behindFunction is what stands behind the name of the function that a word function at offset at begins.
func behindFunction(text string, at int) (unexpected, bool) {
	words := strings.Fields(text[min(at, len(text)):])
	if len(words) < 3 || words[0] != "function" {
		return 0, false
	}
	at += strings.Index(text[at:], words[1]) + len(words[1])
	return unexpected(at + strings.Index(text[at:], words[2])), true
}

// misplaced finds what the parser takes in s, a part of text, and bash does not: a function whose body is no compound command,
// and words that are keywords where a command begins.
func misplaced(s *syntax.Stmt, text string) error {
	if call, ok := firstCommand(s).Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 && len(call.Assigns) == 0 {
		if call.Args[0].Lit() == "in" {
			return unexpected(call.Pos().Offset())
		}
	}
	code := text[s.Pos().Offset():min(int(s.End().Offset()), len(text))]
	if !strings.Contains(code, "(") && !strings.Contains(code, "function") && !strings.Contains(code, "else") && !strings.Contains(code, "elif") {
		return nil
	}
	var err error
	syntax.Walk(s, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && err == nil && len(call.Args) > 0 && len(call.Assigns) == 0 {
			if word := call.Args[0].Lit(); word == "else" || word == "elif" {
				err = unexpected(call.Pos().Offset())
			}
		}
		if d, ok := n.(*syntax.FuncDecl); ok && err == nil {
			switch body := firstCommand(d.Body); body.Cmd.(type) {
			case *syntax.Block, *syntax.Subshell, *syntax.IfClause, *syntax.WhileClause, *syntax.ForClause, *syntax.CaseClause,
				*syntax.ArithmCmd, *syntax.TestClause:
			default:
				err = unexpected(body.Pos().Offset())
			}
		}
		return err == nil
	})
	return err
}

// firstCommand is the first statement of a list or pipeline.
func firstCommand(s *syntax.Stmt) *syntax.Stmt {
	for {
		list, ok := s.Cmd.(*syntax.BinaryCmd)
		if !ok {
			return s
		}
		s = list.X
	}
}

const operators = ";&|<>()"

// operator is the operator that text begins with, or "".
func operator(text string) string {
	for _, op := range [...]string{";;&", "<<<", "<<-", "&>>", ";;", ";&", "&&", "||", "|&", "<<", "<>", "<&", ">>", ">&", ">|", "&>"} {
		if strings.HasPrefix(text, op) {
			return op
		}
	}
	if text != "" && strings.IndexByte(operators, text[0]) >= 0 {
		return text[:1]
	}
	return ""
}

// quoteOf is the quote in the message of the parser, which has it between quotes.
func quoteOf(message string) string {
	if len(message) > 2 {
		return message[1 : len(message)-1]
	}
	return message
}

// culprit is the token of text that no continuation of what is in front of it can contain, and where it ends. "" says that
// there is none: the text only stops too early.
func (sh *Shell) culprit(text string) (token string, end int) {
	wrong := func(n int) bool {
		for _, err := range sh.parser().StmtsSeq(strings.NewReader(text[:n])) {
			if err != nil {
				return !syntax.IsIncomplete(err)
			}
		}
		return false
	}
	if !wrong(len(text)) {
		return "", 0
	}
	good := sh.goodUpTo(text)
	lengths := make([]int, len(text)+1-good)
	for i := range lengths {
		lengths[i] = good + i
	}
	end, _ = slices.BinarySearchFunc(lengths, true, func(n int, _ bool) int {
		if wrong(n) {
			return 0
		}
		return -1
	})
	end += good
	start := end - 1
	switch c := text[start]; {
	case c == '\n':
		return "newline", end
	case strings.IndexByte(operators, c) >= 0:
		if start > 0 && text[start-1] == ';' && (c == ';' || c == '&') || start > 0 && text[start-1] == '|' && c == '&' {
			start-- // of which the parser takes the first
		}
		end = start + len(operator(text[start:]))
	default:
		for start > 0 && strings.IndexByte(operators+" \t\n", text[start-1]) < 0 {
			start--
		}
		for end < len(text) && strings.IndexByte(operators+" \t\n", text[end]) < 0 {
			end++
		}
	}
	if before, ok := strings.CutSuffix(strings.TrimRight(text[:start], " \t"), ";"); ok && opensList(before) {
		return ";", len(before) + 1
	}
	return text[start:end], end
}

// goodUpTo is the end of the last statement of text in front of the one with the error.
func (sh *Shell) goodUpTo(text string) int {
	end := 0
	for stmt, err := range sh.parser().StmtsSeq(strings.NewReader(text)) {
		if err != nil {
			break
		}
		end = min(int(stmt.End().Offset()), len(text))
	}
	return end
}

// opensList tells whether text ends in a word that wants a list behind it.
func opensList(text string) bool {
	text = strings.TrimRight(text, " \t")
	switch text[strings.LastIndexAny(text, " \t\n;&|(){}")+1:] {
	case "if", "then", "else", "elif", "while", "until", "do":
		return true
	}
	return strings.HasSuffix(text, "{")
}
