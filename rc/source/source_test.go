package source

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"s6box/execline"
	"s6box/internal/applet"
)

func TestMain(m *testing.M) {
	applet.Use(&execline.Commands)
	os.Exit(m.Run())
}

// files makes a source directory; a name ending in / is a directory, one ending in * an executable file.
func files(t *testing.T, content map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range content {
		mode := os.FileMode(0o644)
		if s, ok := strings.CutSuffix(name, "*"); ok {
			name, mode = s, 0o755
		}
		path := filepath.Join(root, name)
		if strings.HasSuffix(name, "/") {
			os.MkdirAll(path, 0o755)
			continue
		}
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func texts(problems []Problem, root string) (out []string) {
	for _, p := range problems {
		out = append(out, strings.ReplaceAll(p.String(), root+"/", ""))
	}
	return out
}

// TestUp shows what an up file, or the lack of one, becomes. $D is the definition's directory.
func TestUp(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		argv  []string
		says  string // part of the only problem
	}{
		"a command line":       {map[string]string{"up": "s6-echo a\n"}, []string{"s6-echo", "a"}, ""},
		"over several lines":   {map[string]string{"up": "foreground { s6-echo a }\ns6-echo b"}, []string{"foreground", " s6-echo", " a", "", "s6-echo", "b"}, ""},
		"with comments":        {map[string]string{"up": "# set up\n\n/etc/init.d/x start # go"}, []string{"/etc/init.d/x", "start"}, ""},
		"arguments below":      {map[string]string{"up": "/bin/prog\n  -a\n  -b"}, []string{"/bin/prog", "-a", "-b"}, ""},
		"foreign chain loader": {map[string]string{"up": "nice -n 5\n/bin/prog"}, []string{"nice", "-n", "5", "/bin/prog"}, ""},
		"cd is execline's":     {map[string]string{"up": "cd /\nprog"}, []string{"cd", "/", "prog"}, ""},
		"if with blocks":       {map[string]string{"up": "if { s6-true }\nprog"}, []string{"if", " s6-true", "", "prog"}, ""},
		"an execlineb script":  {map[string]string{"up": "#!/command/execlineb -P\nforeground { a }\nb"}, []string{"foreground", " a", "", "b"}, ""},
		"nothing":              {map[string]string{"up": "\n"}, nil, ""},
		"CRLF":                 {map[string]string{"up": "\"a\r\nb\"\r\n"}, []string{"a\nb"}, "DOS line ends"},
		"words that compare":   {map[string]string{"up": "expr 1 > 0 | 2"}, []string{"expr", "1", ">", "0", "|", "2"}, ""},
		"quoted operators":     {map[string]string{"up": "prog \">\" x > y"}, []string{"prog", ">", "x", ">", "y"}, ""},
		"beside it":            {map[string]string{"up": "./go -a", "go": ""}, []string{"./go", "-a"}, "up: ./go is looked for in the directory of the server of oneshots, not here (write s/go)"},
		"along PATH":           {map[string]string{"up": "go", "go": ""}, []string{"go"}, "up: go is looked for along PATH, not here (write s/go)"},
		"somewhere":            {map[string]string{"up": "scripts/go"}, []string{"scripts/go"}, "not here (write its whole path)"},
		"a shell's command":    {map[string]string{"up": "sh -c \"a && b\""}, []string{"sh", "-c", "a && b"}, ""},

		"a script":                 {map[string]string{"up*": "#!/bin/sh\necho a\n"}, []string{"$D/up"}, "up is run as a script (it begins with #!)"},
		"a script, not executable": {map[string]string{"up": "#!/bin/sh -e\necho a\n"}, []string{"/bin/sh", "-e", "$D/up"}, "run as a script"},
		"with-contenv":             {map[string]string{"up": "#!/command/with-contenv bash\na\n"}, []string{"/command/with-contenv", "bash", "$D/up"}, "run as a script"},
		"two commands":             {map[string]string{"up": "mkdir -p /data\nchown abc /data\n"}, []string{"sh", "$D/up"}, "it has several commands, of which mkdir does not go on to the next"},
		"a test":                   {map[string]string{"up": "if [ -d /a ]; then\n  rm /a\nfi\n"}, []string{"sh", "$D/up"}, "it has the shell's word if"},
		"export":                   {map[string]string{"up": "export A=b\nprog\n"}, []string{"sh", "$D/up"}, "it assigns the variable A as shells do"},
		"an assignment":            {map[string]string{"up": "A=b\nprog\n"}, []string{"sh", "$D/up"}, "it assigns the variable A"},
		"and":                      {map[string]string{"up": "prog && prog2\n"}, []string{"sh", "$D/up"}, "it has the shell's &&"},
		"a redirection":            {map[string]string{"up": "echo a > /tmp/a\n"}, []string{"sh", "$D/up"}, "it has the shell's >"},
		"to nowhere":               {map[string]string{"up": "prog 2>/dev/null\n"}, []string{"sh", "$D/up"}, "it has the shell's 2>"},
		"a pipe":                   {map[string]string{"up": "prog -a | prog2\n"}, []string{"sh", "$D/up"}, "it has the shell's |"},
		"a function":               {map[string]string{"up": "f() {\n  a\n}\nf"}, []string{"sh", "$D/up"}, "it defines the function f()"},

		"run without up":         {map[string]string{"run*": "#!/bin/sh\n"}, []string{"$D/run"}, "run is run as a script (its up is absent or blank)"},
		"run with a blank up":    {map[string]string{"up": " \n# nothing\n", "run": "#!/bin/bash\n"}, []string{"/bin/bash", "$D/run"}, "run is run as a script"},
		"up before run":          {map[string]string{"up": "prog", "run": "#!/bin/bash\n"}, []string{"prog"}, ""},
		"a program":              {map[string]string{"run": "\x7fELF..."}, []string{"$D/run"}, "run is run as a script"},
		"no first line":          {map[string]string{"run": "echo a\n"}, []string{"sh", "$D/run"}, "run is run as a script"},
		"DOS script":             {map[string]string{"run": "#!/bin/bash\r\necho a\r\n"}, []string{"/bin/bash", "-c", "#!/bin/bash\necho a\n", "$D/run"}, "run is run as a script"},
		"DOS script, options":    {map[string]string{"run": "#!/bin/sh -e\r\na\r\n"}, []string{"/bin/sh", "-e", "-c", "#!/bin/sh -e\na\n", "$D/run"}, "run is run as a script"},
		"DOS script, no options": {map[string]string{"run": "#!/bin/sh -\r\na\r\n"}, nil, "run is run as a script"},
		"DOS python":             {map[string]string{"run": "#!/bin/python\r\n"}, nil, "run is run as a script"},
	} {
		t.Run(name, func(t *testing.T) {
			content := map[string]string{"s/type": "oneshot"}
			for f, text := range c.files {
				content["s/"+f] = text
			}
			root := files(t, content)
			tree := Read([]string{root}, nil)
			for i := range c.argv {
				c.argv[i] = strings.ReplaceAll(c.argv[i], "$D", root+"/s")
			}
			if got := tree.Definitions[0].Up; !slices.Equal(got, c.argv) {
				t.Errorf("argv %q, want %q", got, c.argv)
			}
			says := texts(tree.Problems, root)
			if (c.says == "") != (len(says) == 0) || len(says) > 0 && !strings.Contains(says[0], c.says) {
				t.Errorf("says %q, want %q", says, c.says)
			}
		})
	}
}

// TestOddities reads a tree as people leave them.
func TestOddities(t *testing.T) {
	root := files(t, map[string]string{
		"a/type":                         "longrun",
		"a/run":                          "#!/bin/sh\r\nexec prog\r\n",
		"a/notification-fd":              "3\r\n",
		"a/dependencies.d/.gitkeep":      "",
		"a/dependencies.d/b":             "",
		"a/down-signal":                  "SIGHUP",
		"a/template/x":                   "",
		"a/flag-timeout-killpg":          "",
		"b/type":                         "oneshot\nsecond line",
		"b/up":                           "true",
		"b/dependencies":                 "c\n  d\n\n# e\nc\r\n",
		"group/type":                     "bundle",
		"group/contents.d/":              "",
		"group/flag-essential":           "",
		"flat/type":                      "bundle",
		"flat/contents":                  "a\nb",
		".git/type":                      "nonsense",
		"README.md":                      "",
		"c/type":                         "longrun",
		"c/run":                          "#!/bin/sh\n",
		"c/consumer-for":                 "p1\n\n p2\n",
		"c/pipeline-name":                "pipe",
		"d/type":                         "longrun",
		"d/run":                          "#!/bin/sh\n",
		"d/pipeline-name":                "ignored",
		"d/timeout-up":                   "100\n",
		"d/timeout-down":                 "0",
		"s6-overlay-is-fine/type":        "bundle",
		"s6-overlay-is-fine/contents.d/": "",
	})
	tree := Read([]string{root}, nil)
	got := map[string]*Definition{}
	for _, d := range tree.Definitions {
		got[d.Name] = d
	}
	names := func(refs []Ref) (out []string) {
		for _, r := range refs {
			out = append(out, r.Name)
		}
		return out
	}
	a := got["a"]
	if string(a.Servicedir.Run) != "#!/bin/sh\nexec prog\n" || !slices.Equal(names(a.Deps), []string{"b"}) ||
		!slices.Equal(a.Servicedir.Copies, []string{"template"}) || !slices.Equal(a.Servicedir.Makes, []string{"instance", "instances"}) ||
		!slices.Equal(a.Servicedir.Files, []File{{"notification-fd", "3\n"}, {"flag-timeout-killpg", ""}, {"down-signal", "SIGHUP"}}) {
		t.Errorf("a: %+v", a)
	}
	if b := got["b"]; b.Kind != Oneshot || !slices.Equal(names(b.Deps), []string{"c", "d"}) || b.Deps[1].At.Line != 2 {
		t.Errorf("b: %+v", b)
	}
	if g := got["group"]; g.Kind != Bundle || !g.Essential || len(g.Contents) != 0 {
		t.Errorf("group: %+v", g)
	}
	if !slices.Equal(names(got["flat"].Contents), []string{"a", "b"}) {
		t.Errorf("flat: %+v", got["flat"])
	}
	if c := got["c"]; !slices.Equal(names(c.Consumes), []string{"p1", "p2"}) || c.Pipeline.Name != "pipe" {
		t.Errorf("c: %+v", c)
	}
	if d := got["d"]; d.Pipeline != nil || d.TimeoutUp != 100 || d.TimeoutDown != 0 {
		t.Errorf("d: %+v", d)
	}
	if len(got) != 7 || Failed(tree.Problems) {
		t.Errorf("%d definitions, %v", len(got), tree.Problems)
	}
	says := texts(tree.Problems, root)
	slices.Sort(says)
	if want := []string{
		"a/run has DOS line ends (CRLF): they are taken as Unix ones",
		"b/dependencies has DOS line ends (CRLF): they are taken as Unix ones",
		"d contains a pipeline-name file despite not being a last consumer; this file will be ignored",
	}; !slices.Equal(says, want) {
		t.Errorf("says %q", says)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"init-nginx", "svc-nginx", "base", "user"}
	for word, want := range map[string]string{
		"svc-ngnix": "svc-nginx", "svc-nginx ": "svc-nginx", "bas": "base", "usre": "user", "x": "", "nothing-like-it": "", "init_nginx": "init-nginx",
	} {
		if got, _ := Nearest(word, names); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

// FuzzRead reads one definition with whatever in its files: there is an error, each with a place and a text, or a definition
// of the type that its file says.
func FuzzRead(f *testing.F) {
	f.Add("oneshot\n", "up", "s6-echo a\n", "dependencies", "b\n# c\n")
	f.Add("longrun", "run", "#!/bin/sh\r\nexit\r\n", "notification-fd", "3\n")
	f.Add("longrun\n", "run", "\xef\xbb\xbf#!/bin/sh\n", "timeout-kill", "4294967296")
	f.Add("bundle\n", "contents", "a\nb b\n", "flag-essential", "")
	f.Add("longrun\n", "producer-for", "a\nb\n", "consumer-for", "c")
	f.Add("onshot\n", "up", "if [ -e x ]; then\n y\nfi\n", "down", "if { ")
	f.Fuzz(func(t *testing.T, kind, name1, text1, name2, text2 string) {
		for _, name := range []string{name1, name2} {
			if name == "" || name == "." || name == ".." || name == "type" || len(name) > 100 || strings.ContainsAny(name, "/\x00") {
				return
			}
		}
		root := files(t, map[string]string{"it/type": kind, "it/" + strings.TrimSuffix(name1, "*"): text1, "it/" + strings.TrimSuffix(name2, "*"): text2})
		tree := Read([]string{root}, nil)
		for _, p := range tree.Problems {
			if p.Text == "" || p.At.File == "" {
				t.Fatalf("%+v", p)
			}
		}
		if Failed(tree.Problems) {
			return
		}
		word, _, _ := strings.Cut(kind, "\n")
		if word = strings.TrimPrefix(strings.TrimSuffix(word, "\r"), bom); len(tree.Definitions) != 1 || tree.Definitions[0].Kind.String() != word {
			t.Fatalf("type %q: %+v", kind, tree.Definitions)
		}
	})
}
