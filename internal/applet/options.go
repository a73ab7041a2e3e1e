package applet

import (
	"math"
	"strings"
)

// Getopt takes the leading options off inv.Args by the rules of getopt(3) as the upstream programs call it:
// spec lists the letters, a colon behind those with a value; options end at the first other word or after
// "--"; letters may be joined and a value may follow in the same word. set is called for each option in
// order. A letter not in spec, or a value missing, is a usage error.
func (inv *Invocation) Getopt(spec string, set func(opt byte, value string) error) error {
	args := inv.Args
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		for i := 1; i < len(word); i++ {
			at := strings.IndexByte(spec, word[i])
			if at < 0 || word[i] == ':' {
				return inv.UsageError()
			}
			if at+1 == len(spec) || spec[at+1] != ':' {
				if err := set(word[i], ""); err != nil {
					return err
				}
				continue
			}
			value := word[i+1:]
			if value == "" {
				if len(args) == 0 {
					return inv.UsageError()
				}
				value, args = args[0], args[1:]
			}
			if err := set(word[i], value); err != nil {
				return err
			}
			break
		}
	}
	inv.Args = args
	return nil
}

// Option is one option of a command that also takes long ones ("gol" upstream).
type Option struct {
	Short byte   // 0: none
	Long  string // "": none
	Value bool   // takes a value: -x VALUE, -xVALUE or --long=VALUE
	Set   func(value string) error
}

// Gol takes the leading options off inv.Args by the rules of skalibs' gol parser: short options as with
// Getopt, but a value that is missing because the words end or "--" follows leaves the option unset; long
// options are --name or --name=value. An unknown option is exit code 100.
func (inv *Invocation) Gol(options ...Option) error {
	args := inv.Args
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		var err error
		if strings.HasPrefix(word, "--") {
			err = golLong(options, word[2:])
		} else {
			args, err = golShort(options, word[1:], args)
		}
		if err != nil {
			return err
		}
	}
	inv.Args = args
	return nil
}

func golLong(options []Option, word string) error {
	name, value, has := strings.Cut(word, "=")
	for _, o := range options {
		if o.Long != "" && o.Long == name && o.Value == has {
			return o.Set(value)
		}
	}
	if has {
		return Fatal(ExitUsage, "unrecognized option with argument: --%s", word)
	}
	return Fatal(ExitUsage, "unrecognized boolean option: --%s", word)
}

func golShort(options []Option, letters string, args []string) (rest []string, err error) {
	for i := range len(letters) {
		o := golFind(options, letters[i])
		if o == nil {
			return args, Fatal(ExitUsage, "unrecognized short option: %c", letters[i])
		}
		if !o.Value {
			if err := o.Set(""); err != nil {
				return args, err
			}
			continue
		}
		if value := letters[i+1:]; value != "" {
			return args, o.Set(value)
		}
		if len(args) == 0 || args[0] == "--" {
			return args, nil
		}
		return args[1:], o.Set(args[0])
	}
	return args, nil
}

func golFind(options []Option, letter byte) *Option {
	for i := range options {
		if options[i].Short == letter {
			return &options[i]
		}
	}
	return nil
}

// Flag makes a Set function that remembers the option was given.
func Flag(p *bool) func(string) error {
	return func(string) error { *p = true; return nil }
}

// String makes a Set function that keeps the value.
func String(p *string) func(string) error {
	return func(v string) error { *p = v; return nil }
}

// Uint makes a Set function for an unsigned decimal number of 32 bits; anything else is a usage error of inv.
func (inv *Invocation) Uint(p *uint64) func(string) error {
	return func(v string) error {
		n, ok := ParseUint(v)
		if !ok || n > math.MaxUint32 {
			return inv.UsageError()
		}
		*p = n
		return nil
	}
}

// Number is Uint for an option that messages call name.
func Number(name string, p *uint64) func(string) error {
	return func(v string) error {
		n, ok := ParseUint(v)
		if !ok || n > math.MaxUint32 {
			return Fatal(ExitUsage, "%s must be an unsigned integer: %s", name, v)
		}
		*p = n
		return nil
	}
}

// ParseUint parses a whole word of decimal digits.
func ParseUint(s string) (n uint64, ok bool) {
	for i := range len(s) {
		d := uint64(s[i]) - '0'
		if d > 9 || n > (1<<64-1-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, s != ""
}
