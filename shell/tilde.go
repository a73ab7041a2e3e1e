package shell

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/proc"
	"s6box/internal/users"
)

// tildes expands the "~" that begins a word or, where the word is an assignment or looks like one, its value and what follows
// each colon of it. The replacement is quoted: it is put as such and the rest is returned. first and last
// tell where the literal text stands in the word.
func (b *builder) tildes(text string, first, last bool) string {
	if first && !b.assign && !b.sh.opts.posix {
		if name, _, ok := strings.Cut(text, "="); ok && isName(name) {
			b.assign = true
			return b.assignTildes(text, len(name)+1, last)
		}
	}
	if !strings.Contains(text, "~") {
		return text
	}
	if b.assign {
		return b.assignTildes(text, 0, last)
	}
	if !first {
		return text
	}
	return b.tilde(text, last)
}

// assignTildes expands tildes in text, the assigned value of which begins at from.
func (b *builder) assignTildes(text string, from int, last bool) string {
	b.unquoted(text[:from], false)
	text = text[from:]
	start := len(b.cur.text) == from || from > 0
	for {
		if start {
			text = b.tilde(text, last)
		}
		i := strings.IndexByte(text, ':')
		if i < 0 || !strings.Contains(text[i:], "~") {
			return text
		}
		b.unquoted(text[:i+1], false)
		text, start = text[i+1:], true
	}
}

// tilde puts what a leading "~" or "~name" stands for and returns the rest.
func (b *builder) tilde(text string, last bool) string {
	if !strings.HasPrefix(text, "~") {
		return text
	}
	end := strings.IndexAny(text, "/:")
	if end < 0 || text[end] == ':' && !b.assign {
		if i := strings.IndexByte(text, '/'); i >= 0 {
			end = i
		} else if !last {
			return text
		} else {
			end = len(text)
		}
	}
	if home, ok := b.sh.home(text[1:end]); ok {
		b.put(home, true)
		return text[end:]
	}
	return text
}

func (sh *Shell) home(user string) (string, bool) {
	switch user {
	case "":
		if home, ok := sh.get("HOME"); ok {
			return home, true
		}
		return homeOf(users.ByUid(unix.Getuid()))
	case "+":
		return sh.get("PWD")
	case "-":
		return sh.get("OLDPWD")
	}
	if i, ok := rotation("+"+strings.TrimPrefix(user, "+"), 0); ok && strings.Trim(user, "+0123456789") == "" {
		if stack := sh.stack(); i < len(stack) {
			return stack[i], true
		}
		return "", false
	}
	if stack := sh.stack(); strings.HasPrefix(user, "-") {
		if i, ok := rotation(user, len(stack)); ok && i >= 0 && i < len(stack) {
			return stack[i], true
		}
	}
	if strings.ContainsAny(user, "\\'\"$`") {
		return "", false
	}
	return homeOf(users.ByName(user))
}

// homeOf is the home directory of an account.
func homeOf(a users.Account, err error) (string, bool) { return a.Home, err == nil }

// userName is the name of the user that the shell runs as.
func (sh *Shell) userName() string {
	a, err := users.ByUid(unix.Geteuid())
	if err != nil {
		return "I have no name!"
	}
	return a.Name
}

func (sh *Shell) readFile(name string) (string, error) {
	fd, err := sh.open(name, unix.O_RDONLY)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	var out []byte
	buf := make([]byte, 32<<10)
	for {
		var n int
		var err error
		sh.blocking(func() { n, err = proc.FD(fd).Read(buf) })
		out = append(out, buf[:n]...)
		if err != nil {
			return string(out), ignoreEOF(err)
		}
	}
}
