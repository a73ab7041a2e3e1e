package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"s6box/overlay/layout"
)

// What the guides tell an author of images to write is tried by the scripts of testdata/containers/boot: `guide FILE
// SECTION` takes what a section shows, `dockerfile N` makes the root as its Dockerfile number N does.
var guides = [...]string{"README.md", "docs/cookbook.md", "docs/migration.md"}

// sourceDir is where an image has its services.
const sourceDir = "/etc/s6-overlay/s6-rc.d"

// section is what stands under one heading of a guide. Indented blocks are trees of files, blocks fenced as sh
// are command lines, as dockerfile Dockerfiles; what else is fenced is only shown.
type section struct {
	tree        []file
	inside      []string // command lines behind `docker exec NAME`
	outside     []string // the other ones
	dockerfiles [][]string
}

// file is one of a tree, its path relative to the source directory of an image if it is not absolute.
type file struct{ path, text string }

// sections parses a guide.
func sections(text string) map[string]*section {
	all := make(map[string]*section)
	s, fence := &section{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch mark, isFence := strings.CutPrefix(line, "```"); {
		case isFence && fence == "":
			if fence = mark; fence == "dockerfile" {
				s.dockerfiles = append(s.dockerfiles, nil)
			}
		case isFence:
			fence = ""
		case fence == "dockerfile":
			last := &s.dockerfiles[len(s.dockerfiles)-1]
			*last = append(*last, line)
		case fence == "sh":
			s.command(line)
		case fence != "":
		case strings.HasPrefix(line, "#"):
			s = &section{}
			all[strings.TrimLeft(line, "# ")] = s
		case strings.HasPrefix(line, "    "):
			s.treeLine(strings.TrimPrefix(line, "    "))
		}
	}
	return all
}

func (s *section) command(line string) {
	if inside, ok := strings.CutPrefix(line, "docker exec NAME "); ok {
		s.inside = append(s.inside, inside)
	} else if line != "" {
		s.outside = append(s.outside, line)
	}
}

// treeLine adds a line `path text`, or one of blanks and the next line of that text.
func (s *section) treeLine(line string) {
	path, text, _ := strings.Cut(line, " ")
	if path != "" {
		s.tree = append(s.tree, file{path: path})
	}
	if text = strings.TrimLeft(text, " "); text != "" {
		s.tree[len(s.tree)-1].text += text + "\n"
	}
}

func (s *section) empty() bool {
	return len(s.tree)+len(s.inside)+len(s.outside)+len(s.dockerfiles) == 0
}

// lay writes the tree of the section below root. Scripts may be executed.
func (s *section) lay(root string) error {
	for _, f := range s.tree {
		path, mode := f.path, os.FileMode(0o644)
		if !filepath.IsAbs(path) {
			path = sourceDir + "/" + path
		}
		if strings.HasPrefix(f.text, "#!") {
			mode = 0o755
		}
		if err := os.MkdirAll(filepath.Dir(root+path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(root+path, []byte(f.text), mode); err != nil {
			return err
		}
	}
	return nil
}

// readSection finds a section by the file and the heading.
func readSection(name, heading string) (*section, error) {
	text, err := os.ReadFile(root + "/" + name)
	if err != nil {
		return nil, err
	}
	s := sections(string(text))[heading]
	if s == nil || s.empty() {
		return nil, fmt.Errorf("%s shows nothing under the heading %q", name, heading)
	}
	return s, nil
}

// cmdGuide is the script command `guide FILE SECTION`: the tree of the section, if it has one, takes the place of all
// services in root/, its commands for inside of a container are root/inside.sh, the other ones outside.sh.
func cmdGuide(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: guide file section")
	}
	s, err := readSection(args[0], args[1])
	ts.Check(err)
	top := ts.MkAbs("root")
	if len(s.tree) > 0 {
		ts.Check(os.RemoveAll(top + sourceDir))
	}
	ts.Check(s.lay(top))
	lines := func(l []string) []byte { return []byte(strings.Join(l, "\n") + "\n") }
	ts.Check(os.WriteFile(top+"/inside.sh", lines(s.inside), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("outside.sh"), lines(s.outside), 0o644))
	ts.Setenv("GUIDE", args[0])
	ts.Setenv("SECTION", args[1])
}

// cmdDockerfile is the script command `dockerfile N`: it makes root/ anew as the Dockerfile number N of the section
// does. An image to start from is a root that shares the machine's own programs; s6-rc.d is the tree of the section.
func cmdDockerfile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || len(args[0]) != 1 {
		ts.Fatalf("usage: dockerfile number")
	}
	s, err := readSection(ts.Getenv("GUIDE"), ts.Getenv("SECTION"))
	ts.Check(err)
	n := int(args[0][0] - '1')
	if n < 0 || n >= len(s.dockerfiles) {
		ts.Fatalf("there are %d Dockerfiles", len(s.dockerfiles))
	}
	d := docker{ts: ts, section: s, root: ts.MkAbs("root")}
	for _, line := range s.dockerfiles[n] {
		d.instruction(line)
	}
}

// docker is what a builder of images keeps.
type docker struct {
	ts      *testscript.TestScript
	section *section
	root    string
}

func (d *docker) instruction(line string) {
	words := strings.Fields(line)
	if len(words) == 0 || words[0] == "#" {
		return
	}
	switch words[0] {
	case "FROM":
		d.ts.Check(os.RemoveAll(d.root))
		d.ts.Check(os.Mkdir(d.root, 0o755))
	case "ADD":
		d.add(words[1], words[2])
	case "COPY":
		d.copy(words[1], words[2])
	case "RUN":
		d.run(line)
	case "ENTRYPOINT":
		d.ts.Setenv("ENTRYPOINT", strings.Join(d.exec(line), " "))
	case "HEALTHCHECK":
		d.ts.Setenv("HEALTHCHECK", strings.Join(d.exec(line), " "))
	default:
		d.ts.Fatalf("unknown instruction: %s", line)
	}
}

// exec is the command line that an instruction holds as a list, or nil.
func (d *docker) exec(line string) []string {
	at := strings.Index(line, "[")
	if at < 0 {
		return nil
	}
	var argv []string
	d.ts.Check(json.Unmarshal([]byte(line[at:]), &argv))
	return argv
}

// add extracts a tarball as `make dist` makes it.
func (d *docker) add(name, where string) {
	part := layout.Part(strings.TrimSuffix(name, ".tar.xz"))
	if !slices.Contains(layout.Parts[:], part) {
		part = layout.Arch
	}
	d.shell(`"$BOX" --list >commands && "$DIST" `+string(part)+` commands "$BOX" | tar -x -C "$1"`, d.root+where)
}

func (d *docker) copy(from, to string) {
	switch from {
	case "s6box":
		d.shell(`cp "$BOX" "$1"`, d.root+to)
	case "s6-rc.d":
		d.ts.Check(d.section.lay(d.root))
	default:
		d.shell(`mkdir -p "${2%/*}" && cp -a "$1" "$2" && chmod 755 "$2"`, from, d.root+to)
	}
}

func (d *docker) run(line string) {
	if argv := d.exec(line); argv != nil {
		d.ts.Check(d.ts.Exec(d.ts.Getenv("BOOT"), append([]string{"-run=none", "root"}, argv...)...))
	} else if !strings.HasPrefix(line, "RUN apt-get ") { // the programs are the machine's
		d.ts.Fatalf("can't do this: %s", line)
	}
}

func (d *docker) shell(script string, args ...string) {
	d.ts.Check(d.ts.Exec("sh", append([]string{"-euc", script, "sh"}, args...)...))
}

// TestGuides wants a script for everything that a guide shows.
func TestGuides(t *testing.T) {
	scripts, err := filepath.Glob(root + "/testdata/containers/boot/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts: ", err)
	}
	tried := make(map[string]string) // what stands behind each guide line
	for _, name := range scripts {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(text), "\nguide ")[1:] {
			what, script, _ := strings.Cut(part, "\n")
			tried[what] += script + "\n"
		}
	}
	for _, name := range guides {
		text, err := os.ReadFile(root + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for heading, s := range sections(string(text)) {
			script := tried[name+" '"+heading+"'"]
			if script == "" && !s.empty() {
				t.Errorf("no script in testdata/containers/boot tries what %s shows under %q", name, heading)
			}
			for n := range s.dockerfiles {
				if line := fmt.Sprintf("dockerfile %d\n", n+1); !strings.Contains(script, line) {
					t.Errorf("no script builds Dockerfile %d of %s, %q", n+1, name, heading)
				}
			}
		}
	}
}

// TestSections reads a guide of every kind of block.
func TestSections(t *testing.T) {
	all := sections("# One\n\ntext\n\n    web/run    #!/bin/sh\n               exec  web\n    /etc/x\n\n```sh\ndocker exec NAME s6-rc list # what\n\nmake\n```\n" +
		"## Two\n```dockerfile\nFROM scratch\n```\n```text\n    a b\n```\n")
	one, two := all["One"], all["Two"]
	if len(all) != 2 || one == nil || two == nil {
		t.Fatalf("%v", all)
	}
	if want := []file{{"web/run", "#!/bin/sh\nexec  web\n"}, {"/etc/x", ""}}; !slices.Equal(one.tree, want) {
		t.Errorf("tree: %q", one.tree)
	}
	if !slices.Equal(one.inside, []string{"s6-rc list # what"}) || !slices.Equal(one.outside, []string{"make"}) {
		t.Errorf("commands: %q, %q", one.inside, one.outside)
	}
	if len(two.tree) != 0 || len(two.dockerfiles) != 1 || !slices.Equal(two.dockerfiles[0], []string{"FROM scratch"}) {
		t.Errorf("%+v", two)
	}
}
