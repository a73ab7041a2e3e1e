package rc

import (
	"fmt"
	"strconv"
	"strings"

	"s6box/internal/applet"
	"s6box/rc/db"
)

func (q *dbQuery) kind(name string, numbers []int) error {
	switch {
	case !q.db.Atomic(db.Entry{Name: name, Numbers: numbers}):
		q.line("bundle")
	case q.db.IsLongrun(numbers[0]):
		q.line("longrun")
	default:
		q.line("oneshot")
	}
	return nil
}

func (q *dbQuery) wrongType(name, kind string) error {
	return applet.Fatal(exitWrongType, "in database %s: identifier %s represents %s", q.compiled, name, kind)
}

// atomic returns the one service a name has to stand for.
func (q *dbQuery) atomic(name string, numbers []int) (*db.Service, error) {
	if !q.db.Atomic(db.Entry{Name: name, Numbers: numbers}) {
		return nil, q.wrongType(name, "a bundle")
	}
	return &q.db.Services[numbers[0]], nil
}

func (q *dbQuery) timeout(name string, numbers []int) error {
	s, err := q.atomic(name, numbers)
	if err != nil {
		return err
	}
	ms := s.TimeoutUp
	if q.down {
		ms = s.TimeoutDown
	}
	q.line(strconv.FormatUint(uint64(ms), 10))
	return nil
}

func (q *dbQuery) contents(name string, numbers []int) error {
	if q.db.Atomic(db.Entry{Name: name, Numbers: numbers}) {
		return q.wrongType(name, "an atomic service")
	}
	for _, n := range numbers {
		q.line(q.db.Services[n].Name)
	}
	return nil
}

func (q *dbQuery) dependencies(set []bool) {
	union := make([]bool, len(set))
	for n, in := range set {
		if !in {
			continue
		}
		deps := q.db.Services[n].Deps
		if q.down {
			deps = q.db.Services[n].Rdeps
		}
		for _, d := range deps {
			union[d] = true
		}
	}
	q.descending(union)
}

func (q *dbQuery) allDependencies(set []bool) {
	g := q.db.Graph()
	if q.down {
		g = g.Reverse()
	}
	g.Close(set)
	q.descending(set)
}

// pipeline prints the pairs of the pipeline that a longrun is part of, from its first producers on.
func (q *dbQuery) pipeline(name string, numbers []int) error {
	s, err := q.atomic(name, numbers)
	if err != nil {
		return err
	}
	if !q.db.IsLongrun(numbers[0]) {
		return q.wrongType(name, "a oneshot")
	}
	last := numbers[0]
	for q.db.Services[last].Consumer != db.None {
		last = q.db.Services[last].Consumer
	}
	if last == numbers[0] && len(s.Producers) == 0 {
		q.line(name)
	}
	q.upstream(last)
	return nil
}

func (q *dbQuery) upstream(n int) {
	for _, p := range q.db.Services[n].Producers {
		q.upstream(p)
		q.line(q.db.Services[p].Name + "/" + q.db.Services[n].Name)
	}
}

func (q *dbQuery) script(name string, numbers []int) error {
	s, err := q.atomic(name, numbers)
	if err != nil {
		return err
	}
	if q.db.IsLongrun(numbers[0]) {
		return q.wrongType(name, "a longrun service")
	}
	argv := s.Up
	if q.down {
		argv = s.Down
	}
	for _, word := range argv {
		q.out.WriteString(word + "\x00")
	}
	return nil
}

func (q *dbQuery) flags(name string, numbers []int) error {
	s, err := q.atomic(name, numbers)
	if err == nil {
		q.line(fmt.Sprintf("%08x", s.Flags))
	}
	return err
}

func (q *dbQuery) check() error {
	if err := q.db.Check(); err != nil {
		return invalidDB(q.compiled, err)
	}
	return nil
}

// invalidDB reports a corrupt database.
func invalidDB(dir string, err error) error {
	return applet.Fatal(exitInvalid, "invalid service database in %s: %s", dir, strings.TrimPrefix(err.Error(), db.ErrInvalid.Error()+": "))
}
