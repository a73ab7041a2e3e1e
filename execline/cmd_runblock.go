package execline

import (
	"strings"

	"s6box/internal/applet"
)

var cmdRunblock = applet.Applet{
	Name:  "runblock",
	Usage: "[ -P ] [ -n argshift ] [ -r ] n [ cmd... ]",
	Help: `In a script that was given blocks as arguments: executes cmd... with the words of the n-th block behind it.
The positional parameters of the script's caller are brought back.

  -r        take what follows the first n blocks instead
  -n N      pass over N arguments in front of the blocks
  -P        leave the positional parameters alone

Exit codes: 100 wrong usage or not as many blocks, else the block's.

Example: #!/command/execlineb
         ifte { runblock 2 } { runblock -r 2 } runblock 1
`,
	Chain: runRunblock,
}

func runRunblock(inv *applet.Invocation) ([]string, error) {
	var keep, remainder bool
	var shift, n uint64
	err := inv.Getopt("Pn:r", func(opt byte, value string) error {
		switch opt {
		case 'P':
			keep = true
		case 'n':
			return inv.Uint(&shift)(value)
		case 'r':
			remainder = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(inv.Args) == 0 {
		return nil, inv.UsageError()
	}
	if err := inv.Uint(&n)(inv.Args[0]); err != nil || n == 0 && !remainder || n >= 1<<32 {
		return nil, inv.UsageError()
	}
	count, err := frameSize(inv)
	if err != nil {
		return nil, err
	}
	if uint64(count) < shift {
		return nil, applet.Fatal(applet.ExitUsage, "too few arguments: %d, and -n passes over %d", count, shift)
	}
	args, err := parameters(inv, count)
	if err != nil {
		return nil, err
	}
	words, err := pickBlock(inv, args[shift:], int(n), remainder)
	if err != nil {
		return nil, err
	}
	if !keep {
		inv.Proc.Env = popFrame(inv.Proc.Env, isPositional)
	}
	return append(inv.Args[1:len(inv.Args):len(inv.Args)], words...), nil
}

// pickBlock returns the n-th block in rest, or what follows it.
func pickBlock(inv *applet.Invocation, rest []string, n int, remainder bool) (block []string, err error) {
	for i := 1; i <= n; i++ {
		end, err := blockEnd(inv, rest, i)
		if err != nil {
			return nil, err
		}
		if end < 0 {
			return nil, applet.Fatal(applet.ExitUsage, "too few arguments: no block %d", i)
		}
		block, rest = rest[:end], rest[end+1:]
	}
	if remainder {
		return rest, nil
	}
	return unquote(block), nil
}

// unquote takes the space that quotes it off each word of a block.
func unquote(block []string) []string {
	words := make([]string, len(block))
	for i, word := range block {
		words[i] = strings.TrimPrefix(word, " ")
	}
	return words
}
