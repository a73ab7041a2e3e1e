package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// owners may use the attributes of the process itself, and what only tests import its environment; everyone else goes through
// proc.State.
var owners = []string{"cmd/", "internal/proc/", "internal/sys/", "internal/interoptest/", "internal/needs/"}

// forbidden are the functions that change or read the process behind a State's back.
var forbidden = map[string]bool{
	"os.Exit": true, "os.Chdir": true, "os.Setenv": true, "os.Unsetenv": true, "os.Getenv": true, "os.Args": true,
	"os.Environ": true, "exec.Command": true, "exec.CommandContext": true, "syscall.Umask": true, "unix.Umask": true,
	"syscall.Chdir": true, "unix.Chdir": true, "syscall.Setenv": true, "os.Getwd": true, "filepath.Abs": true, "time.Local": true,
}

// layers are the import rules: files below the key import no package of ours outside the prefixes.
var layers = map[string][]string{
	"internal/applet/":   {"internal/proc"},
	"internal/proc/":     {"internal/sys"},
	"internal/sys/":      {},
	"internal/tai/":      {},
	"internal/chain/":    {"internal/"},
	"execline/":          {"internal/", "execline"},
	"shell/":             {"internal/", "shell"},
	"ipc/":               {"internal/", "ipc", "execline"},
	"networking/":        {"internal/", "networking", "ipc/", "execline"},
	"utils/":             {"internal/", "utils", "execline"},
	"supervise/machine/": {},
	"rc/plan/":           {},
	"rc/repo/":           {"internal/", "rc/"},
}

// pure packages decide and never act.
var pure = map[string]bool{"supervise/machine/": true, "rc/plan/": true, "rc/repo/prescription/": true, "execline/lex/": true, "execline/subst/": true}

func TestProcessGlobalsHaveOwners(t *testing.T) {
	eachFile(t, func(path string, file *ast.File) {
		for _, owner := range owners {
			if strings.HasPrefix(path, owner) {
				return
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Obj == nil && forbidden[pkg.Name+"."+sel.Sel.Name] {
					t.Errorf("%s uses %s.%s: go through proc.State", path, pkg.Name, sel.Sel.Name)
				}
			}
			return true
		})
	})
}

func TestLayers(t *testing.T) {
	eachFile(t, func(path string, file *ast.File) {
		dir := filepath.Dir(path) + "/"
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if pure[dir] && (name == "os" || name == "syscall" || strings.HasSuffix(name, "x/sys/unix")) {
				t.Errorf("%s imports %s: %s is pure", path, name, dir)
			}
			ours, ok := strings.CutPrefix(name, "s6box/")
			if !ok {
				continue
			}
			for below, allowed := range layers {
				if strings.HasPrefix(path, below) && !hasAnyPrefix(ours, allowed) {
					t.Errorf("%s imports %s: not for %s", path, name, below)
				}
			}
		}
	})
}

// TestPackagesAreDocumented wants one file of every package to say what the package is.
func TestPackagesAreDocumented(t *testing.T) {
	docs := map[string][]string{}
	eachFile(t, func(path string, file *ast.File) {
		dir := filepath.Dir(path)
		docs[dir] = append(docs[dir], file.Doc.Text())
	})
	for dir, texts := range docs {
		texts = slices.DeleteFunc(texts, func(text string) bool { return text == "" })
		if len(texts) != 1 {
			t.Errorf("%s has %d package comments", dir, len(texts))
		}
	}
}

// TestFilesAreShort wants files that are read without much scrolling.
func TestFilesAreShort(t *testing.T) {
	const longest = 400
	eachSource(t, func(path string, src []byte) {
		if n := bytes.Count(src, []byte("\n")); n > longest {
			t.Errorf("%s has %d lines, more than %d", path, n, longest)
		}
	})
}

// TestInitIsCheap reads the runtime's own record of package initialisation: every exec in a container pays
// for it. Ours are laid out by the compiler; what it can't lay out belongs into a function.
func TestInitIsCheap(t *testing.T) {
	cmd := exec.Command(binary(t), "s6-true")
	cmd.Env = []string{"S6BOX_GODEBUG=inittrace=1"} // as the runtime calls it that scripts/runtime makes
	var trace bytes.Buffer
	cmd.Stderr = &trace
	if err := finish(cmd, patience); err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`init (\S+) @.* clock, (\d+) bytes, (\d+) allocs`)
	total := 0
	for _, m := range line.FindAllStringSubmatch(trace.String(), -1) {
		bytes, _ := strconv.Atoi(m[2])
		total += bytes
		if strings.HasPrefix(m[1], "s6box/") && bytes > 0 {
			t.Errorf("package %s allocates %d bytes while it initialises", m[1], bytes)
		}
	}
	if total == 0 || total > 4<<10 {
		t.Errorf("%d bytes are allocated before main\n%s", total, trace.String())
	}
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// eachFile parses every Go file of the project that is not a test; path is relative to the project's root.
func eachFile(t *testing.T, visit func(path string, file *ast.File)) {
	eachSource(t, func(path string, src []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		visit(path, file)
	})
}

// eachSource reads every Go file of the project.
func eachSource(t *testing.T, visit func(path string, src []byte)) {
	count := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "build" || d.Name() == "testdata" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		count++
		rel, err := filepath.Rel(root, path)
		visit(rel, src)
		return err
	})
	if err != nil || count == 0 {
		t.Fatalf("%d files: %v", count, err)
	}
}
