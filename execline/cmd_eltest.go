package execline

import "s6box/internal/applet"

var cmdEltest = applet.Applet{
	Name:  "eltest",
	Usage: "expression...",
	Help: `Exits 0 if the expression is true. It is test(1) with any number of words and these differences: a word that looks
like an operator always is one, and a backslash in front of a word makes it an operand (it is removed).

  files     -b -c -d -e -f -g -h -k -L -p -r -s -S -u -w -x -O -U -G -N FILE; FILE -nt -ot -ef FILE
  strings   -n -z STRING; STRING = != < <= > >= STRING; STRING =~ REGEX (extended)
  numbers   -eq -ne -lt -le -gt -ge
  others    -t FD is a terminal; -v VARIABLE is set; a word alone is not empty
  logic     ! EXPR; EXPR -a EXPR; EXPR -o EXPR; ( EXPR )

Exit codes: 0 true, 1 false, 100 an expression that makes no sense, 111 a failed system call.

Example: if { eltest -d /data -a -w /data } server
`,
	Run:     runEltest,
	Inline:  true,
	Instant: true,
}

func runEltest(inv *applet.Invocation) error {
	if len(inv.Args) == 0 {
		return applet.Exit(1)
	}
	p := testParser{inv: inv, words: inv.Args}
	whole, err := p.parse()
	if err != nil {
		return err
	}
	ok, err := whole()
	if err == nil && !ok {
		return applet.Exit(1)
	}
	return err
}
