package shell

import (
	"slices"
	"strings"
)

// keywords are the reserved words of the shell.
const keywords = "if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc"

// completions are the kinds of names that compgen lists, by the letter of their option.
var completions = [...]string{
	'a': "alias", 'b': "builtin", 'c': "command", 'd': "directory", 'e': "export", 'f': "file", 'g': "group",
	'k': "keyword", 'u': "user", 'v': "variable",
}

// builtinCompgen lists the names of some kinds, the words of -W and the files that the pattern of -G matches: those that
// begin with its argument.
func builtinCompgen(sh *Shell, words []string) int {
	var kinds, names []string
	prefix, suffix := "", ""
	args, bad := flagsOf(words, "abcdefgkuvA:G:W:P:S:", func(c byte, value string) {
		switch c {
		case 'A':
			kinds = append(kinds, value)
		case 'W':
			names = append(names, strings.Fields(value)...)
		case 'G':
			matches := sh.globber(0).expand(value)
			slices.Sort(matches)
			names = append(names, matches...)
		case 'P':
			prefix = value
		case 'S':
			suffix = value
		default:
			kinds = append(kinds, completions[c])
		}
	})
	if bad != "" {
		return sh.invalidOption("compgen", bad)
	}
	begin := ""
	if len(args) > 0 {
		begin = args[0]
	}
	for _, kind := range kinds {
		names = append(names, sh.namesOf(kind, begin)...)
	}
	var b strings.Builder
	for _, name := range names {
		if strings.HasPrefix(name, begin) {
			b.WriteString(prefix + name + suffix + "\n")
		}
	}
	if b.Len() == 0 {
		return 1
	}
	return sh.print("compgen", b.String())
}

// namesOf returns the names of a kind, at least those that begin with begin.
func (sh *Shell) namesOf(kind, begin string) []string {
	switch kind {
	case "variable":
		return sh.names("")
	case "function":
		return sh.funcNames()
	case "builtin":
		return strings.Fields(builtinNames)
	case "keyword":
		return strings.Fields(keywords)
	case "alias":
		return sh.aliasNames()
	case "command":
		return sh.commandNames(begin)
	case "user":
		return sh.firstFields("/etc/passwd")
	case "group":
		return sh.firstFields("/etc/group")
	case "file", "directory":
		return sh.filesOf(begin, kind == "directory")
	case "export":
		return slices.DeleteFunc(sh.names(""), func(name string) bool {
			v, _ := sh.scope.find(name)
			return v.flags&exported == 0
		})
	case "shopt":
		return slices.Clone(shopts[:])
	case "signal":
		return signalWords()
	}
	return nil
}

func (sh *Shell) aliasNames() []string {
	out := make([]string, 0, len(sh.aliases))
	for name := range sh.aliases {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func signalWords() []string {
	var out []string
	for n := 1; n <= lastSignal; n++ {
		if name := signalName(n); name != "" {
			out = append(out, "SIG"+name)
		}
	}
	return out
}

// commandNames is what a command word that begins with begin can be.
func (sh *Shell) commandNames(begin string) []string {
	out := slices.Concat(sh.aliasNames(), strings.Fields(keywords), sh.funcNames(), strings.Fields(builtinNames))
	for dir := range strings.SplitSeq(sh.value("PATH"), ":") {
		for _, e := range sh.readDir(dir + "/") {
			if strings.HasPrefix(e.name, begin) && !e.dir && sh.fileTest("-x", dir+"/"+e.name) {
				out = append(out, e.name)
			}
		}
	}
	return out
}

// firstFields returns what stands before the first colon of each line of a file.
func (sh *Shell) firstFields(file string) []string {
	text, _ := sh.readFile(file)
	var out []string
	for line := range strings.Lines(text) {
		if name, _, ok := strings.Cut(line, ":"); ok {
			out = append(out, name)
		}
	}
	return out
}

// filesOf returns the files, or only the directories, whose paths begin with begin.
func (sh *Shell) filesOf(begin string, dirs bool) []string {
	dir := begin[:strings.LastIndexByte(begin, '/')+1]
	var out []string
	for _, e := range sh.readDir(dir) {
		if !strings.HasPrefix(dir+e.name, begin) || e.name == "." || e.name == ".." {
			continue
		}
		if !dirs || e.dir || e.link && sh.isDir(dir+e.name) {
			out = append(out, dir+e.name)
		}
	}
	slices.Sort(out)
	return out
}
