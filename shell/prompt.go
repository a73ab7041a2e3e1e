package shell

import (
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"s6box/internal/sys"
)

// prompt expands a prompt string: its backslash escapes, and then what a document expands. What an escape stands for is not
// expanded again.
func (sh *Shell) prompt(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		n := sh.promptEscape(&b, s[i+1:])
		i += n
	}
	text := b.String()
	if !sh.opts.shopted("promptvars") || !strings.ContainsAny(text, "$`\\") {
		return text, nil
	}
	w, err := sh.parser().Document(strings.NewReader(text))
	if err != nil {
		return text, nil
	}
	status, subst := sh.status, sh.subst
	out, err := sh.document(w)
	sh.status, sh.subst = status, subst
	return out, err
}

// shielded keeps the document from expanding a text.
func shielded(s string) string {
	return strings.NewReplacer(`\`, `\\`, "$", `\$`, "`", "\\`").Replace(s)
}

// promptEscape writes the escape at the start of s, behind the backslash. It returns its length.
func (sh *Shell) promptEscape(b *strings.Builder, s string) int {
	now := time.Now().In(sh.zone())
	switch c := s[0]; c {
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n, value := octalDigits(s, 3)
		b.WriteString(shielded(string([]byte{value})))
		return n
	case 'D':
		if strings.HasPrefix(s, "D{") {
			end := strings.IndexByte(s, '}')
			if end < 0 {
				end = len(s)
			}
			format := s[2:end]
			if format == "" {
				format = "%X"
			}
			b.WriteString(shielded(strftime(format, now)))
			return min(end+1, len(s))
		}
		b.WriteString(`\D`)
	case 'd':
		b.WriteString(strftime("%a %b %d", now))
	case 't':
		b.WriteString(strftime("%H:%M:%S", now))
	case 'T':
		b.WriteString(strftime("%I:%M:%S", now))
	case '@':
		b.WriteString(strftime("%I:%M %p", now))
	case 'A':
		b.WriteString(strftime("%H:%M", now))
	case 'u':
		b.WriteString(shielded(sh.userName()))
	case 'h':
		host, _, _ := strings.Cut(hostname(), ".")
		b.WriteString(shielded(host))
	case 'H':
		b.WriteString(shielded(hostname()))
	case 'w', 'W':
		b.WriteString(shielded(sh.promptDir(c == 'W')))
	case 's':
		b.WriteString(shielded(sh.sys.called))
	case 'v':
		b.WriteString("5.2")
	case 'V':
		b.WriteString("5.2.37")
	case 'j':
		n := 0
		for _, j := range sh.jobs.list {
			if j.id > 0 && !j.seen && !j.poll() {
				n++
			}
		}
		b.WriteString(strconv.Itoa(n))
	case 'l':
		name := "tty"
		buf := make([]byte, 256)
		if n, err := unix.Readlink("/proc/self/fd/0", buf); err == nil && sys.IsTerminal(0) {
			name = filepath.Base(string(buf[:n]))
		}
		b.WriteString(shielded(name))
	case '!', '#':
		b.WriteByte('1')
	case '$':
		if sh.value("EUID") == "0" {
			b.WriteByte('#')
		} else {
			b.WriteString(`\$`)
		}
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 'a':
		b.WriteByte('\a')
	case 'e':
		b.WriteByte('\x1b')
	case '[', ']':
	case '\\':
		b.WriteByte('\\')
	default:
		b.WriteByte('\\')
		b.WriteByte(c)
	}
	return 1
}

// promptDir is the working directory as a prompt shows it, or its last part.
func (sh *Shell) promptDir(last bool) string {
	dir := shortHome(sh.value("PWD"), sh.value("HOME"))
	if i := strings.LastIndexByte(dir, '/'); last && i >= 0 && dir != "/" {
		return dir[i+1:]
	}
	if keep, ok := parseInt(sh.value("PROMPT_DIRTRIM")); ok && keep > 0 && !last {
		parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(dir, "~"), "/"), "/")
		if len(parts) > keep {
			head := ""
			if strings.HasPrefix(dir, "~") {
				head = "~/"
			}
			return head + ".../" + strings.Join(parts[len(parts)-keep:], "/")
		}
	}
	return dir
}
