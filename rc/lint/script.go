package lint

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/syntax"

	"s6box/execline/lex"
	execline "s6box/execline/lint"
	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/rc/source"
)

// use is what a file is executed for.
type use struct {
	must   bool // it is executed as it is, so it has to be something that can be
	copied bool // the compiler makes an executable copy of it, with Unix line ends
	daemon bool // it becomes a longrun
}

// script looks at a file of a definition, if it is one that will be executed.
func (l *linter) script(d *source.Definition, f file) {
	main := d.Kind == source.Longrun && (f.name == "run" || f.name == "finish")
	command := d.Kind == source.Oneshot && (f.name == "up" || f.name == "down" || f.name == "reload")
	switch {
	case f.text == nil:
	case command && isLine(d, f):
		l.execline(f, true, false)
	case command:
		l.shell(f, false)
	case main || f.interpreter() != nil:
		l.executed(f, use{must: main, copied: main, daemon: main && f.name == "run"})
	}
}

// executed looks at a file that will be executed.
func (l *linter) executed(f file, u use) {
	l.runnable(f, u)
	if f.language() == "execline" {
		l.execline(f, false, u.daemon)
	} else {
		l.shell(f, u.daemon)
	}
}

// isLine tells whether the compiler took a oneshot's file as a command line. What it could not it has reported.
func isLine(d *source.Definition, f file) bool {
	words, err := lex.Parse(f.text)
	taken := map[string][]string{"up": d.Up, "down": d.Down, "reload": d.Reload}[f.name]
	return err == nil && slices.Equal(words, taken)
}

// runnable looks for what keeps the kernel from running a script.
func (l *linter) runnable(f file, u use) {
	at := source.Place{File: f.path}
	if !f.executable() && (u.must || f.name == "run" || f.name == "finish") { // others may be read by another script
		l.warn("not-executable", at, "chmod +x", "%s is not executable", f.name)
	}
	if line, _, found := bytes.Cut(f.text, []byte("\n")); found && bytes.HasSuffix(line, []byte("\r")) && !u.copied {
		l.warn("crlf", source.Place{File: f.path, Line: 1}, "", "%s has DOS line ends (CRLF)", f.name)
	}
	l.misplaced(f)
	if f.interpreter() != nil || !u.must || bytes.HasPrefix(f.text, []byte("\x7fELF")) {
		return
	}
	if i := bytes.Index(f.text, []byte("#!")); i >= 0 && len(bytes.TrimSpace(bytes.TrimPrefix(f.text[:i], []byte("\xef\xbb\xbf")))) == 0 {
		l.warn("shebang", at, "remove it", "%s has something before its #!: a blank line, or a byte order mark", f.name)
		return
	}
	l.warn("shebang", at, "as in #!/bin/sh or #!/command/execlineb -P", "%s has no first line that says what runs it", f.name)
}

// misplaced looks for an interpreter of ours that the image has in /command alone.
func (l *linter) misplaced(f file) {
	words := f.interpreter()
	if len(words) == 0 {
		return
	}
	there := chain.Linked(words[0])
	if there == "" || l.holds(words[0]) || !l.holds(there) {
		return
	}
	l.warn("missing", source.Place{File: f.path, Line: 1}, "write "+there+", or take the symlinks tarballs",
		"%s wants %s, which is not there", f.name, words[0])
}

// holds tells whether the image has a file of that name, wherever it may lead.
func (l *linter) holds(name string) bool {
	return slices.ContainsFunc(l.places(name), func(place string) bool {
		var st unix.Stat_t
		return unix.Lstat(place, &st) == nil
	})
}

func (l *linter) execline(f file, bare, daemon bool) {
	for _, e := range execline.Check(f.text, Usage, bare) {
		l.warn("execline", source.Place{File: f.path, Line: e.Line}, "", "%s", e.Msg)
	}
	if words, err := lex.Parse(f.text); err == nil && daemon {
		l.daemon(source.Place{File: f.path}, topWords(words))
	}
}

// Usage returns the usage line of a command of ours without its name; "" for what is none.
func Usage(command string) string {
	if a := applet.Lookup(command); a != nil {
		return a.Usage
	}
	return ""
}

// topWords are the words of a command line that are in no block.
func topWords(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" || w[0] == ' ' })
}

// shell looks at a script for sh or bash; anything else is passed over.
func (l *linter) shell(f file, daemon bool) {
	language := f.language()
	if language != "sh" && language != "bash" {
		return
	}
	text := strings.ReplaceAll(string(f.text), "\r\n", "\n")
	tree, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		var bad syntax.ParseError
		line := 0
		if errors.As(err, &bad) {
			line, err = int(bad.Pos.Line()), errors.New(bad.Text)
		}
		l.warn("shell", source.Place{File: f.path, Line: line}, "", "%s is not understood as a script: %v", f.name, err)
		return
	}
	if language == "bash" {
		l.readonly(f, tree)
	}
	if daemon {
		l.becomes(f, tree)
	}
}

// readonly looks for assignments that bash refuses, which ends a script or at least leaves the old value.
func (l *linter) readonly(f file, tree *syntax.File) {
	syntax.Walk(tree, func(n syntax.Node) bool {
		a, ok := n.(*syntax.Assign)
		if ok && a.Name != nil && !a.Naked && slices.Contains([]string{"UID", "EUID", "PPID"}, a.Name.Value) {
			l.warn("readonly", source.Place{File: f.path, Line: int(a.Pos().Line())}, "take another name, or #!/command/with-contenv sh",
				"%s assigns %s, which is read-only in bash", f.name, a.Name.Value)
		}
		return true
	})
}

// becomes looks at the commands that a run script becomes: what it execs, and its last command.
func (l *linter) becomes(f file, tree *syntax.File) {
	at := func(pos syntax.Pos) source.Place { return source.Place{File: f.path, Line: int(pos.Line())} }
	var seen syntax.Node
	syntax.Walk(tree, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok {
			if words := literals(call); len(words) > 1 && words[0] == "exec" {
				seen = call
				l.daemon(at(call.Pos()), words[1:])
			}
		}
		return true
	})
	if len(tree.Stmts) == 0 {
		return
	}
	last := tree.Stmts[len(tree.Stmts)-1]
	call, ok := last.Cmd.(*syntax.CallExpr)
	switch {
	case last.Background:
		l.warn("daemonizes", at(last.Pos()), "without the &, and with exec before it",
			"%s puts its last command into the background and ends: so does the service, which is started again and again", f.name)
	case ok && call != seen:
		l.daemon(at(call.Pos()), literals(call))
	}
}

// literals are the words of a command; what a shell would put in their place is kept as it is written.
func literals(call *syntax.CallExpr) []string {
	var words []string
	printer := syntax.NewPrinter()
	for _, w := range call.Args {
		if text := w.Lit(); text != "" {
			words = append(words, text)
			continue
		}
		var out strings.Builder
		printer.Print(&out, w)
		words = append(words, strings.Trim(out.String(), `"'`))
	}
	return words
}

// notification looks whether anything in run could report readiness.
func (l *linter) notification(d *source.Definition) {
	number := ""
	for _, f := range d.Servicedir.Files {
		if f.Name == "notification-fd" {
			number = strings.TrimSpace(f.Content)
		}
	}
	text := string(d.Servicedir.Run)
	if number == "" || number == "1" || number == "2" || strings.Contains(text, "notify") || mentionsNumber(text, number) {
		return
	}
	at := d.Dir + "/notification-fd"
	l.warn("notification-fd", source.Place{File: at}, "remove notification-fd, or have run use it: s6-notifyoncheck for a daemon that can't report by itself",
		"%s says %s and run never mentions descriptor %s: the service will never be ready, and what needs it waits", "notification-fd", number, number)
}

// mentionsNumber tells whether a number is somewhere in a script, and not as a part of another one.
func mentionsNumber(text, number string) bool {
	digit := func(i int) bool {
		return i >= 0 && i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i] == '.')
	}
	for i := 0; ; {
		at := strings.Index(text[i:], number)
		if at < 0 {
			return false
		}
		at += i
		if i = at + len(number); !digit(at-1) && !digit(i) {
			return true
		}
	}
}

// named looks at the scripts that a oneshot's command line names, of those that are in the tree.
func (l *linter) named(d *source.Definition, words []string, name string) {
	if len(l.tree.Roots) == 0 {
		return
	}
	at := source.Place{File: d.Dir + "/" + name}
	for _, word := range topWords(words) {
		if !strings.HasPrefix(word, "/etc/s6-overlay/") {
			continue
		}
		f, ok := l.find(word)
		switch {
		case !ok:
			l.warn("missing", at, "", "%s names %s, which is not there", name, word)
		case f.text != nil && (word == words[0] || f.interpreter() != nil):
			l.executed(f, use{must: word == words[0]})
		}
	}
}

// find reads a file of the image.
func (l *linter) find(name string) (f file, ok bool) {
	for _, place := range l.places(name) {
		if f, ok = readFile(place); ok {
			return f, true
		}
	}
	return f, false
}
