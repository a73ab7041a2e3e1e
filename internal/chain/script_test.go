package chain

import "testing"

func TestParseShebang(t *testing.T) {
	for line, want := range map[string]Shebang{
		"#!/bin/sh":             {Interpreter: "/bin/sh"},
		"#! /bin/sh -e ":        {Interpreter: "/bin/sh", Arg: "-e"},
		"#!\t/bin/sh\t -e\t":    {Interpreter: "/bin/sh", Arg: "-e"},
		"#!/usr/bin/env -S a b": {Interpreter: "/usr/bin/env", Arg: "-S a b"},
		"#!/bin/sh -e\r":        {Interpreter: "/bin/sh", Arg: "-e", CRLF: true},
		"#!/bin/sh \t\r":        {Interpreter: "/bin/sh", CRLF: true},
		"#!relative":            {Interpreter: "relative"},
	} {
		if sb, ok := ParseShebang(line); sb != want || !ok {
			t.Errorf("%q: %+v, %v", line, sb, ok)
		}
	}
	for _, line := range []string{"", "#", "#!", "#! \t", "#!\r", "# !/bin/sh", "\x7fELF"} {
		if sb, ok := ParseShebang(line); ok || sb.Interpreter != "" {
			t.Errorf("%q: %+v", line, sb)
		}
	}
}
