package execline

import (
	"errors"

	"s6box/internal/applet"
)

// autoImport is what option -E of many commands does: it substitutes the variables in argv and takes them
// out of the environment, as the commands "importas -uSi NAME" would, all at the same time. From here on
// messages name the command that substitutes, as if it had been executed.
func autoImport(inv *applet.Invocation, argv []string, names ...string) ([]string, error) {
	words := []string{"importas", "-uSi", "--", names[0]}
	if len(names) > 1 {
		words = []string{"multisubstitute"}
		for _, name := range names {
			words = append(words, " importas", " -uSi", " --", " "+name)
		}
		words = append(words, "")
	}
	inv.Prog = words[0]
	a := applet.Lookup(inv.Prog)
	if a == nil {
		return nil, errors.New("no such command in this program")
	}
	return a.Chain(applet.New(a, append(words, argv...), inv.Proc))
}
