package compile

import (
	"strconv"
	"strings"

	"s6box/execline/lex"
	"s6box/rc/db"
)

// Servicedir is the service directory of one longrun, to be written.
type Servicedir struct {
	Name    string
	Entries []Entry  // directories come before what is in them
	Copies  []string // directories to be copied as they are, under the last part of their path
}

// Entry is one file of a service directory.
type Entry struct {
	Path string
	Mode uint32 // permissions; 0 for a symbolic link
	Dir  bool
	Made bool   // by the compiler: its permissions don't depend on the umask
	Data string // content, or the target of a link
}

const (
	dirMode    = 0o755
	scriptMode = 0o755
	fileMode   = 0o644
)

func (s *Servicedir) file(path, data string) {
	s.Entries = append(s.Entries, Entry{Path: path, Mode: fileMode, Data: data})
}
func (s *Servicedir) script(path, data string) {
	s.Entries = append(s.Entries, Entry{Path: path, Mode: scriptMode, Data: data})
}
func (s *Servicedir) made(path, data string) {
	s.Entries = append(s.Entries, Entry{Path: path, Mode: scriptMode, Made: true, Data: data})
}
func (s *Servicedir) link(path, target string) {
	s.Entries = append(s.Entries, Entry{Path: path, Data: target})
}
func (s *Servicedir) dirs(paths ...string) {
	for _, path := range paths {
		s.Entries = append(s.Entries, Entry{Path: path, Mode: dirMode, Dir: true})
	}
}

func (c *compiler) servicedirs(d *db.DB) []Servicedir {
	dirs := make([]Servicedir, c.longruns)
	dirs[runner] = c.runnerDir()
	dirs[fdholder] = c.fdholderDir(d)
	for i := internal; i < c.longruns; i++ {
		dirs[i] = c.longrunDir(i)
	}
	return dirs
}

func (c *compiler) longrunDir(i int) Servicedir {
	def := c.services[i]
	s := Servicedir{Name: def.Name}
	run, finish := "run", "finish"
	if c.piped(i) {
		run, finish = "run.user", "finish.user"
		s.made("run", c.plumbing(i, run))
		if def.Servicedir.Finish != nil {
			s.made("finish", c.plumbing(i, finish))
		}
	}
	s.script(run, string(def.Servicedir.Run))
	if def.Servicedir.Finish != nil {
		s.script(finish, string(def.Servicedir.Finish))
	}
	for _, f := range def.Servicedir.Files {
		s.file(f.Name, f.Content)
	}
	s.dirs(def.Servicedir.Makes...)
	for _, name := range def.Servicedir.Copies {
		s.Copies = append(s.Copies, def.Dir+"/"+name)
	}
	return s
}

// plumbing is a script that connects a longrun to its pipes and goes on with the user's script: standard
// input is the pipe its producers write, standard output the one its consumer reads.
func (c *compiler) plumbing(i int, user string) string {
	w := c.writer("-S0")
	if len(c.produces[i]) > 0 {
		w.line("s6-fdholder-retrieve", "../"+db.Fdholder+"/s", lex.Quote("pipe:s6rc-r-"+c.services[i].Name))
	}
	if to := c.consumer[i]; to != db.None {
		w.line("fdmove", "1 0")
		w.line("s6-fdholder-retrieve", "../"+db.Fdholder+"/s", lex.Quote("pipe:s6rc-w-"+c.services[to].Name))
		w.line("fdswap", "0 1")
	}
	w.raw("./" + user + " $@")
	return w.String()
}

// writer writes an execline script whose commands are named by their full path.
type writer struct {
	strings.Builder
	bindir string
}

func (c *compiler) writer(options string) *writer {
	w := &writer{bindir: c.opt.Bindir}
	w.raw("#!" + w.bindir + "/execlineb " + options)
	return w
}

func (w *writer) raw(line string) { w.WriteString(line + "\n") }

func (w *writer) line(command string, args ...string) {
	w.raw(w.bindir + "/" + command + " " + strings.Join(args, " "))
}

// runnerDir is the service that runs oneshots: a server on the socket s, each client of which may have one
// script run.
func (c *compiler) runnerDir() Servicedir {
	w := c.writer("-s1")
	w.line("fdmove", "-c 2 1")
	w.line("fdmove", "1 3")
	w.line("s6-ipcserver-socketbinder", "-- s")
	w.line("s6-ipcserverd", "-1 --")
	w.line("s6-ipcserver-access", "-v0 -E -l0 -i data/rules --")
	w.line("s6-sudod", "-t 30000 --")
	wait := ""
	if c.opt.Wait {
		wait = "-b "
	}
	w.line("s6-rc-oneshot-run", "-l ../.. "+wait+"--")
	s := Servicedir{Name: db.OneshotRunner}
	s.file("notification-fd", "3\n")
	s.made("run", w.String())
	s.rules()
	return s
}

// fdholderDir is the service that keeps the pipes of pipelines open. It is ready when the pipes are made.
func (c *compiler) fdholderDir(d *db.DB) Servicedir {
	consumers, filled := 0, ""
	for i := range d.Services[:d.Longruns] {
		if s := &d.Services[i]; len(s.Producers) > 0 {
			consumers++
			filled += s.Name + "\n"
		}
	}
	s := Servicedir{Name: db.Fdholder}
	s.file("notification-fd", "1\n")
	s.made("run", c.fdholderRun(2*consumers))
	s.rules()
	s.file("data/autofilled", filled)
	s.dirs("data/rules/uid/0/env")
	for _, right := range []string{"GETDUMP", "LIST", "SETDUMP"} {
		s.file("data/rules/uid/0/env/S6_FDHOLDER_"+right, "\n")
	}
	s.file("data/rules/uid/0/env/S6_FDHOLDER_STORE_REGEX", "^pipe:s6rc-\n")
	s.link("data/rules/uid/0/env/S6_FDHOLDER_RETRIEVE_REGEX", "S6_FDHOLDER_STORE_REGEX")
	s.link("data/rules/gid/0/env", "../../uid/0/env")
	return s
}

// rules lets root, its group, and the owner of the service in.
func (s *Servicedir) rules() {
	s.dirs("data", "data/rules", "data/rules/gid", "data/rules/gid/0", "data/rules/uid", "data/rules/uid/0")
	s.link("data/rules/uid/self", "0")
	s.file("data/rules/uid/0/allow", "")
	s.file("data/rules/gid/0/allow", "")
}

// fdholderRun is the script of the fd-holder, for a number of pipe ends. Its readiness starts a process that
// makes and stores the pipes and then reports that all is ready.
func (c *compiler) fdholderRun(ends int) string {
	w := c.writer("-s1")
	w.line("pipeline", "-dw -- {")
	w.line("if", "-- {")
	w.line("forstdin", "-x0 -- i")
	w.line("exit", "0 }")
	w.line("if", "-nt -- {")
	w.line("redirfd", "-r 0 ./data/autofilled")
	w.line("s6-ipcclient", "-l0 -- s")
	w.line("s6-rc-fdholder-filler", "-1 -- }")
	w.line("s6-svc", "-t . }")
	room := 256
	if ends >= 240 {
		room = ends + ends/16 + 2
	}
	options := "-1 -n " + strconv.Itoa(room) + " "
	if c.opt.User != "" {
		w.line("s6-envuidgid", "-i -- "+lex.Quote(c.opt.User))
		options += "-U "
	}
	w.line("s6-fdholder-daemon", options+"-i data/rules -- s")
	return w.String()
}
