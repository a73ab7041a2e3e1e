package shell

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/syntax"
)

// timeClause runs time …: the statement, and then how long it took.
func (sh *Shell) timeClause(c *syntax.TimeClause) {
	start := time.Now()
	user, system := cpuTimes()
	posix := c.PosixFormat
	if c.Stmt == nil {
		sh.status = 0
	} else {
		s := withoutDashes(c.Stmt)
		if s != c.Stmt {
			posix = true // as bash has it
		}
		sh.stmt(s)
	}
	real := time.Since(start)
	user2, system2 := cpuTimes()
	user, system = user2-user, system2-system
	if posix {
		sh.write(2, fmt.Sprintf("real %.2f\nuser %.2f\nsys %.2f\n", real.Seconds(), user.Seconds(), system.Seconds()))
		return
	}
	format, ok := sh.get("TIMEFORMAT")
	if !ok {
		format = "\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS"
	}
	if format != "" {
		sh.write(2, timeFormat(format, real, user, system)+"\n")
	}
}

// withoutDashes takes the -- of "time -- command" away, which the parser leaves in the command.
func withoutDashes(s *syntax.Stmt) *syntax.Stmt {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 || len(call.Assigns) > 0 || call.Args[0].Lit() != "--" {
		return s
	}
	out, rest := *s, *call
	rest.Args = call.Args[1:]
	if out.Cmd = &rest; len(rest.Args) == 0 {
		out.Cmd = nil
	}
	return &out
}

func cpuTimes() (user, system time.Duration) {
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var r unix.Rusage
		unix.Getrusage(who, &r)
		user += time.Duration(r.Utime.Nano())
		system += time.Duration(r.Stime.Nano())
	}
	return user, system
}

// timeFormat fills TIMEFORMAT in: %[precision][l]R, U, S and %P.
func timeFormat(format string, real, user, system time.Duration) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		precision, long := 3, false
		if format[i] >= '0' && format[i] <= '9' && i+1 < len(format) {
			precision = min(int(format[i]-'0'), 3)
			i++
		}
		if format[i] == 'l' && i+1 < len(format) {
			long = true
			i++
		}
		switch format[i] {
		case 'R':
			b.WriteString(seconds(real, precision, long))
		case 'U':
			b.WriteString(seconds(user, precision, long))
		case 'S':
			b.WriteString(seconds(system, precision, long))
		case 'P':
			b.WriteString(strconv.FormatFloat(100*float64(user+system)/float64(max(real, 1)), 'f', 2, 64))
		default:
			b.WriteByte(format[i])
		}
	}
	return b.String()
}

func seconds(d time.Duration, precision int, long bool) string {
	if !long {
		return strconv.FormatFloat(d.Seconds(), 'f', precision, 64)
	}
	minutes := int(d.Minutes())
	return strconv.Itoa(minutes) + "m" + strconv.FormatFloat(d.Seconds()-60*float64(minutes), 'f', precision, 64) + "s"
}

// selectLoop is select name in items.
func (sh *Shell) selectLoop(name string, items []string, c *syntax.ForClause) {
	if len(items) == 0 {
		sh.status = 0
	}
	if len(items) == 0 || sh.debug(func() string { return "select " + name + " in " + strings.Join(items, " ") }) {
		return
	}
	menu := true
	for {
		if menu {
			columns, _ := parseInt(sh.value("COLUMNS"))
			sh.write(2, menuText(items, columns))
		}
		prompt, ok := sh.get("PS3")
		if !ok {
			prompt = "#? "
		}
		sh.write(2, prompt)
		if code := builtinRead(sh, []string{"read", "-r", "REPLY"}); code != 0 {
			sh.write(1, "\n")
			sh.status = 1
			return
		}
		reply := sh.value("REPLY")
		if menu = reply == ""; menu {
			continue
		}
		choice := ""
		if n, err := strconv.Atoi(strings.TrimSpace(reply)); err == nil && n > 0 && n <= len(items) {
			choice = items[n-1]
		}
		if err := sh.set(name, choice); err != nil {
			sh.fail(err)
			return
		}
		sh.stmts(c.Do)
		if sh.endLoop() {
			return
		}
	}
}

// menuText numbers items in as many columns as fit, downwards first.
func menuText(items []string, width int) string {
	const tab, gap = 8, 2
	if width <= 0 {
		width = 80
	}
	digits := len(strconv.Itoa(len(items)))
	widest := 0
	for _, item := range items {
		widest = max(widest, utf8.RuneCountInString(item))
	}
	widest += digits + len(") ") + gap
	columns := max(1, width/widest)
	rows := (len(items) + columns - 1) / columns
	columns = (len(items) + rows - 1) / rows
	first := len(strconv.Itoa(rows))
	if rows == 1 {
		rows, first = columns, digits
	}
	var b strings.Builder
	for row := range rows {
		at := 0
		for i, n := row, first; i < len(items); i, n = i+rows, digits {
			label := strconv.Itoa(i + 1)
			b.WriteString(strings.Repeat(" ", max(0, n-len(label))) + label + ") " + items[i])
			if i+rows >= len(items) {
				break
			}
			for from, to := at+n+len(") ")+utf8.RuneCountInString(items[i]), at+widest; from < to; {
				if to/tab > from/tab {
					b.WriteByte('\t')
					from += tab - from%tab
				} else {
					b.WriteByte(' ')
					from++
				}
			}
			at += widest
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// mayReplace tells whether the last statement of -c may run in place of the shell.
func (sh *Shell) mayReplace(s *syntax.Stmt) bool {
	switch s.Cmd.(type) {
	case *syntax.CallExpr, *syntax.BinaryCmd:
	default:
		return false
	}
	if sh.nested > sh.sys.nested || sh.lenient > 0 { // what stands behind an eval or the like is to run
		return false
	}
	return (sh.sys.command || sh.sys.resumed) && sh.root() && sh.mayTail() && !s.Negated && !s.Background && len(sh.jobs.own()) == 0
}

// mayTail tells whether nothing is left to do for the shell after its last command.
func (sh *Shell) mayTail() bool { return len(sh.traps.actions) == 0 && sh.quiet == 0 }
