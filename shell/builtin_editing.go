package shell

// builtinEditing is a builtin for the command line of somebody who types: complete, compopt, bind, fc and history. They take
// what a script tells them, and there is nothing to do.
func builtinEditing(sh *Shell, words []string) int {
	switch words[0] {
	case "bind":
		sh.complain("bind: warning: line editing not enabled")
	case "compopt":
		sh.complain("compopt: not currently executing completion function")
		return 1
	case "history":
		if len(words) > 1 && words[1] != "" && words[1][0] != '-' {
			if _, err := number(words[1]); err != nil {
				sh.complain("history: %s: numeric argument required", words[1])
				return 1
			}
		}
	}
	return 0
}
