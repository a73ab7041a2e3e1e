package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func (b *bench) rows() []row {
	return slices.Concat(b.execlineRows(), b.superviseRows(), b.rcRows(), b.bootRows())
}

func (b *bench) execlineRows() []row {
	return []row{
		{
			name: "start-up: s6-true (against an empty Go main)", unit: millis, runs: 40,
			run:    func(s side) (sample, error) { return timed(s.command("s6-true")) },
			theirs: func(s side) (sample, error) { return timed(s.command(b.nothing)) },
		},
		b.script("chain of 30 environment and fd commands", chain30()),
		b.script("chain of 10 if { eltest }", strings.Repeat("if { eltest abc = abc }\n", 10)+"true\n"),
		b.script("forx over 1000, foreground { true }", "forx i { "+strings.Repeat("x ", 1000)+"} foreground { true } true\n"),
		b.floor(2000, 1),
		{
			name: "pipeline throughput, 256 MB", needs: "pipeline", unit: rate, runs: 3,
			run: func(s side) (sample, error) {
				return drain(s.command("execlineb", "-Pc", "pipeline { head -c 256000000 /dev/zero } cat"), 256000000)
			},
		},
		b.lexing(),
	}
}

// script is a row that runs an execline script.
func (b *bench) script(name, text string) row {
	file := filepath.Join(b.scratch, fmt.Sprintf("%x", name))
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		panic(err)
	}
	return row{name: name, needs: "execlineb", unit: millis, run: func(s side) (sample, error) {
		return timed(s.command("execlineb", "-P", file))
	}}
}

func (b *bench) lexing() row {
	r := b.script("lexing a 2 MB script", lexed())
	file := filepath.Join(b.scratch, fmt.Sprintf("%x", r.name))
	r.run = func(s side) (sample, error) {
		cmd := s.command("execlineb", "-P", file)
		cmd.Stderr = nil
		return timedCode(cmd, 127)
	}
	return r
}

func chain30() string {
	var s strings.Builder
	for i := range 6 {
		fmt.Fprintf(&s, "export VAR%d value%d\nfdmove -c %d 1\nunexport OTHER%d\nimportas -D none COPY%d VAR%d\nfdclose %d\n", i, i, i+3, i, i, i, i+3)
	}
	return s.String() + "true\n"
}

// lexed is a script of 2 MB that begins with a program that does not exist: all of it is read and nothing is run.
func lexed() string {
	var s strings.Builder
	s.WriteString("no-such-program\n")
	for s.Len() < 2<<20 {
		s.WriteString("word \"quoted \\n word\" { nested block } # comment\n")
	}
	return s.String()
}
