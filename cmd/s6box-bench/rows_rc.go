package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func (b *bench) rcRows() []row {
	return []row{
		b.compileRow(1000, 9),
		b.compileRow(10000, 9),
		// What takes no time itself shows what s6-rc takes; a program of the system's is started on both sides alike.
		b.changeRow("s6-rc up and down, 100 oneshots", 100, false, "s6-true", "s6-rc s6-true"),
		b.changeRow("s6-rc up and down, a chain of 50", 50, true, "s6-true", "s6-rc s6-true"),
		b.changeRow("s6-rc up and down, 100 oneshots", 100, false, "true", "s6-rc"),
		b.changeRow("s6-rc up and down, a chain of 50", 50, true, "true", "s6-rc"),
		{name: "s6-rc-update, one changed among 1000 longruns", needs: "s6-rc-update", unit: millis, runs: 9, run: b.update},
	}
}

// source writes n definitions of one type into a new directory; a chain depends on one another in a row. script is the
// up and down of oneshots. All of them are in the bundle "all".
func (b *bench) source(kind string, n int, chained bool, script string) (string, error) {
	dir, err := os.MkdirTemp(b.scratch, "source")
	if err != nil {
		return "", err
	}
	files := map[string]string{"all/type": "bundle\n"}
	for i := range n {
		name := fmt.Sprintf("s%05d", i)
		files[name+"/type"] = kind + "\n"
		files["all/contents.d/"+name] = ""
		if kind == "longrun" {
			files[name+"/run"] = "#!/bin/sh\nexec sleep 1000000\n"
		} else {
			files[name+"/up"], files[name+"/down"] = script+"\n", script+"\n"
		}
		if chained && i > 0 {
			files[name+"/dependencies.d/"+fmt.Sprintf("s%05d", i-1)] = ""
		}
	}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

func (b *bench) compileRow(n, runs int) row {
	return row{name: fmt.Sprintf("s6-rc-compile of %d longruns", n), needs: "s6-rc-compile", unit: millis, runs: runs,
		run: func(s side) (sample, error) {
			source, err := b.source("longrun", n, false, "")
			if err != nil {
				return sample{}, err
			}
			defer os.RemoveAll(source)
			db := source + ".db"
			defer os.RemoveAll(db)
			took, err := timed(s.command("s6-rc-compile", db, source))
			return sample{value: took.value}, err // it can't be run again: its sources are gone
		}}
}

// live is a running scandir with a live directory over a compiled source.
type live struct {
	*scandir
	b   *bench
	dir string
}

func (b *bench) newLive(s side, source string) (*live, error) {
	d, err := newScandir(s, b.scratch, 0)
	if err != nil {
		return nil, err
	}
	if err := d.start(); err != nil {
		return nil, err
	}
	l := &live{d, b, d.dir + ".live"}
	if err := l.compile(source, source+".db"); err != nil {
		return nil, err
	}
	return l, s.command("s6-rc-init", "-c", source+".db", "-l", l.dir, d.dir).Run()
}

func (l *live) compile(source, db string) error {
	return l.side.command("s6-rc-compile", db, source).Run()
}

func (l *live) rc(args ...string) (float64, error) {
	begin := time.Now()
	err := l.side.command(append([]string{"s6-rc", "-l", l.dir}, args...)...).Run()
	return time.Since(begin).Seconds(), err
}

func (b *bench) changeRow(name string, n int, chained bool, script, needs string) row {
	return row{name: name + " of " + script, needs: needs, unit: millis, runs: 9, run: func(s side) (sample, error) {
		source, err := b.source("oneshot", n, chained, script)
		if err != nil {
			return sample{}, err
		}
		l, err := b.newLive(s, source)
		if err != nil {
			return sample{}, err
		}
		up, err := l.rc("-u", "change", "all")
		if err != nil {
			return sample{}, err
		}
		down, err := l.rc("-d", "change", "all")
		if err != nil {
			return sample{}, err
		}
		return sample{value: up + down}, l.stop()
	}}
}

func (b *bench) update(s side) (sample, error) {
	source, err := b.source("longrun", 1000, false, "")
	if err != nil {
		return sample{}, err
	}
	l, err := b.newLive(s, source)
	if err != nil {
		return sample{}, err
	}
	if _, err := l.rc("-u", "change", "all"); err != nil {
		return sample{}, err
	}
	if err := os.WriteFile(source+"/s00500/run", []byte("#!/bin/sh\nexec sleep 2000000\n"), 0o755); err != nil {
		return sample{}, err
	}
	if err := l.compile(source, source+".db2"); err != nil {
		return sample{}, err
	}
	begin := time.Now()
	err = s.command("s6-rc-update", "-l", l.dir, source+".db2").Run()
	took := time.Since(begin).Seconds()
	if _, err := l.rc("-bad", "change"); err != nil {
		return sample{}, err
	}
	if err := l.stop(); err != nil {
		return sample{}, err
	}
	return sample{value: took}, err
}
