package linuxinit

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/execline/lex"
)

// Names below the state directory.
const (
	uncaught = "uncaught-logs"
	results  = "s6-linux-init-container-results"
	logger   = "s6-svscan-log"
	prefix   = "s6-linux-init-" // of the services
	fifoName = "fifo"
)

// image is what goes to the state directory at boot, but for the scan directory.
func (m *maker) image() []file {
	files := []file{{"run-image", "", directory}}
	if m.container {
		files = append(files, file{"run-image/" + results, "", directory}, file{"run-image/" + results + "/exitcode", "0\n", plain})
	}
	if !m.noLogger {
		files = append(files, file{"run-image/" + uncaught, "", unix.S_IFDIR | 0o2750})
	}
	return files
}

// services are those that are there from the beginning.
func (m *maker) services() []file {
	files := []file{{"run-image/service", "", directory}}
	add := func(name, ready, run string, fifo bool) {
		dir := "run-image/service/" + name
		files = append(files, file{dir, "", directory}, file{dir + "/run", run, 0})
		if ready != "" {
			files = append(files, file{dir + "/notification-fd", ready + "\n", plain})
		}
		if fifo {
			files = append(files, file{dir + "/" + fifoName, "", unix.S_IFIFO | 0o600})
		}
	}
	add(prefix+"shutdownd", "3", m.script("s6-linux-init-shutdownd -d3 -c "+lex.Quote(m.base)+" -g "+strconv.FormatUint(m.grace, 10)+m.kind()), true)
	if !m.noLogger {
		add(logger, "3", m.logScript(), true)
	}
	if !m.container {
		add(prefix+"runleveld", "3", m.script("fdmove -c 2 1", "fdmove 1 3", "s6-ipcserver -1 -a 0700 -c 1 -- s",
			"s6-sudod -dt30000 --")+lex.Quote(m.base+"/scripts/runlevel")+"\n", false)
	}
	if m.logout {
		add(prefix+"logouthookd", "1", m.script("s6-ipcserver -1 -a 0700 -c 1000 -C 1000 -- s", "s6-linux-init-logouthookd"), false)
	}
	if m.getty != "" {
		add(prefix+"early-getty", "", m.script()+m.getty+"\n", false)
	}
	return files
}

// logScript is the logger of what has no logger. What it complains of goes to where it would be seen.
func (m *maker) logScript() string {
	lines := []string{"fdmove -c 1 2", "redirfd -rnb 0 fifo"}
	if !m.container && !m.console {
		lines[0] = "redirfd -w 1 /dev/null"
	}
	if m.user != "" {
		lines = append(lines, "s6-setuidgid "+lex.Quote(m.user))
	}
	words := []string{"s6-log -bpd3 --"}
	if m.console {
		words = append(words, "1")
	}
	if m.stamp&1 != 0 {
		words = append(words, "t")
	}
	if m.stamp&2 != 0 {
		words = append(words, "T")
	}
	return m.script(append(lines, strings.Join(append(words, lex.Quote(m.run+"/"+uncaught)), " "))...)
}

// scandir is what the supervisor does at signals and at its end.
func (m *maker) scandir() []file {
	const dir = "run-image/service/.s6-svscan"
	files := []file{{dir, "", directory}, {dir + "/finish", m.finish(), 0}, {dir + "/crash", m.crash(), 0}}
	orders := map[string]string{"SIGTERM": "h", "SIGINT": "r", "SIGUSR1": "p", "SIGUSR2": "h", "SIGPWR": "p", "SIGQUIT": "", "SIGWINCH": ""}
	access := "-a "
	if m.container {
		access = ""
	} else {
		orders["SIGTERM"] = ""
	}
	for signal, order := range orders {
		text := m.script()
		if order != "" {
			text = m.script("s6-linux-init-shutdown " + access + "-" + order + " -- now")
		}
		files = append(files, file{dir + "/" + signal, text, 0})
	}
	return files
}

func (m *maker) say(message string) string {
	return "foreground { " + m.tool("s6-linux-init-echo") + " -- " + lex.Quote(message) + " }"
}

func (m *maker) crash() string {
	if !m.container {
		return m.script("redirfd -w 2 /dev/console", "fdmove -c 1 2", m.say("s6-svscan crashed. Rebooting."), "s6-linux-init-hpr -fr")
	}
	return m.script("foreground { "+m.tool("fdmove")+" -c 1 2 "+m.tool("s6-linux-init-echo")+" -- "+
		lex.Quote("s6-svscan crashed. Killing everything and exiting.")+" }",
		"foreground { "+m.tool("s6-linux-init-nuke")+" }", "wait { }", "s6-linux-init-hpr -fnp")
}

func (m *maker) finish() string {
	if !m.container {
		return m.script("redirfd -w 2 /dev/console", "fdmove -c 1 2", m.say("s6-svscan exited. Rebooting."), "s6-linux-init-hpr -fr")
	}
	nosync := "n"
	if m.sync {
		nosync = ""
	}
	end := func(order string) string {
		return "ifelse -X { " + m.tool("eltest") + " $HALTCODE = " + order + " } { " + m.tool("s6-linux-init-hpr") + " -f" + order + nosync + " }"
	}
	return m.script("s6-envdir -- "+lex.Quote(m.run+"/"+results),
		"multisubstitute { importas -uD0 -- EXITCODE exitcode importas -uDh -- HALTCODE haltcode }",
		"fdclose 1", "fdclose 2", "wait { }", end("r"), end("p"), "exit $EXITCODE")
}
