package execline

import (
	"strconv"
	"strings"

	"s6box/internal/applet"
	"s6box/internal/chain"
	"s6box/internal/proc"
)

// isPositional tells whether name belongs to the stack of positional parameters: `#`, `0`, `1`, ... and what
// begins like them. See the page el_pushenv.
func isPositional(name string) bool {
	return name != "" && (name[0] == '#' || '0' <= name[0] && name[0] <= '9')
}

// isOption tells whether name belongs to the stack of elgetopt.
func isOption(name string) bool { return strings.HasPrefix(name, "ELGETOPT_") }

// pushFrame renames the variables of a stack for a new frame: NAME becomes NAME:1, NAME:n becomes NAME:n+1.
func pushFrame(env proc.Env, inStack func(string) bool) proc.Env {
	return renameFrame(env, inStack, func(base string, level uint64) string {
		return base + ":" + strconv.FormatUint(level+1, 10)
	})
}

// popFrame drops the frame on top of a stack: NAME goes, NAME:1 becomes NAME, NAME:n becomes NAME:n-1.
func popFrame(env proc.Env, inStack func(string) bool) proc.Env {
	return renameFrame(env, inStack, func(base string, level uint64) string {
		switch level {
		case 0:
			return ""
		case 1:
			return base
		}
		return base + ":" + strconv.FormatUint(level-1, 10)
	})
}

// renameFrame renames every variable of a stack; it goes where rename gives it no name. A name with a suffix
// that is no level from 1 on is left alone.
func renameFrame(env proc.Env, inStack func(string) bool, rename func(base string, level uint64) string) proc.Env {
	out := make(proc.Env, 0, len(env)+8)
	for _, kv := range env {
		name, value, isVar := strings.Cut(kv, "=")
		if !isVar || !inStack(name) {
			out = append(out, kv)
			continue
		}
		base, suffix, has := strings.Cut(name, ":")
		level, ok := applet.ParseUint(suffix)
		if has && (!ok || level == 0 || level == 1<<64-1) {
			out = append(out, kv)
			continue
		}
		if name = rename(base, level); name != "" {
			out = append(out, name+"="+value)
		}
	}
	return out
}

// setFrame sets the positional parameters in env.
func setFrame(env proc.Env, zero string, args []string) proc.Env {
	return env.Merge(append([]string{sharp(args), "0=" + zero}, numbered(args)...))
}

// sharp sets the number of args.
func sharp(args []string) string { return "#=" + strconv.Itoa(len(args)) }

// numbered sets the args.
func numbered(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = strconv.Itoa(i+1) + "=" + arg
	}
	return out
}

// beyond unsets the parameters that n of them have more than args.
func beyond(args []string, n int) (out []string) {
	for i := len(args) + 1; i <= n; i++ {
		out = append(out, strconv.Itoa(i))
	}
	return out
}

// frame reads the positional parameters from the environment of inv. Without a valid frame the command exits
// 100.
func frame(inv *applet.Invocation) (zero string, args []string, err error) {
	n, err := frameSize(inv)
	if err != nil {
		return "", nil, err
	}
	zero, ok := inv.Proc.Env.Get("0")
	if !ok {
		return "", nil, applet.Fatal(applet.ExitUsage, "0 not set")
	}
	args, err = parameters(inv, n)
	return zero, args, err
}

// numberedFrame is frame for a command that does not ask for 0.
func numberedFrame(inv *applet.Invocation) ([]string, error) {
	n, err := frameSize(inv)
	if err != nil {
		return nil, err
	}
	return parameters(inv, n)
}

func frameSize(inv *applet.Invocation) (int, error) {
	count, ok := inv.Proc.Env.Get("#")
	if !ok {
		return 0, applet.Fatal(applet.ExitUsage, "# not set")
	}
	n, ok := applet.ParseUint(count)
	if !ok || n > 1<<31-1 {
		return 0, applet.Fatal(applet.ExitUsage, "invalid $#: %q", count)
	}
	return int(n), nil
}

// parameters reads `1` ... n. The environment is searched once, however many there are.
func parameters(inv *applet.Invocation, n int) ([]string, error) {
	limit := min(n, len(inv.Proc.Env))
	args := make([]string, limit)
	set := make([]bool, limit+1)
	for _, kv := range inv.Proc.Env {
		if !isPositional(kv) {
			continue
		}
		name, value, isVar := strings.Cut(kv, "=")
		if i, ok := applet.ParseUint(name); ok && isVar && name[0] != '0' && i <= uint64(limit) && !set[i] {
			args[i-1], set[i] = value, true
		}
	}
	for i := 1; i <= n; i++ {
		if i > limit || !set[i] {
			return nil, applet.Fatal(applet.ExitUsage, "%d not set", i)
		}
	}
	return args, nil
}

// blockEnd tells where the block ends that params begin with: the place of the empty one, -1 without any. n is
// the number of the block in messages, which count its parameters from 1.
func blockEnd(inv *applet.Invocation, params []string, n int) (int, error) {
	for i, word := range params {
		if word == "" {
			return i, nil
		}
		if word[0] == ' ' {
			continue
		}
		if err := chain.Strict(inv, "unquoted positional %s at block %d position %d", word, n, i+1); err != nil {
			return 0, err
		}
	}
	return -1, nil
}
