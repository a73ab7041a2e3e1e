package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"s6box/execline"
)

// TestOptionsAreShown asks of every option of an execline command that the scripts of this command use it.
func TestOptionsAreShown(t *testing.T) {
	option := regexp.MustCompile(`(?:^|[ |\[])-([A-Za-z0-9])\b`)
	for _, a := range execline.Commands {
		text, err := os.ReadFile(filepath.Join("../../testdata/execline", a.Name+".txtar"))
		if err != nil {
			t.Error(err)
			continue
		}
		name := strings.TrimPrefix(a.Name, self+"-") // s6box fmt is s6box-fmt
		for _, found := range option.FindAllStringSubmatch(a.Usage, -1) {
			used := regexp.MustCompile(`(?m)\b` + name + `\b.*[ '"]-[A-Za-z0-9]*` + found[1])
			if !used.Match(text) {
				t.Errorf("%s.txtar never uses -%s", a.Name, found[1])
			}
		}
	}
}
