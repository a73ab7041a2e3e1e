package lint

import (
	"path"
	"slices"
	"strings"

	"s6box/internal/applet"
	"s6box/rc/source"
)

// habit is how a daemon decides to go to the background.
type habit struct {
	names string // its names; a trailing * stands for a version
	stays string // one of these among its words keeps it in the foreground; "": it stays by default
	goes  string // one of these sends it to the background
}

// habits are those of daemons that leave the foreground by default, or are often told to. What begins with a *
// may be a part of the command line, + being a space, as in nginx -g "daemon off;".
var habits = []habit{
	{"nginx openresty angie", "*daemon+off", ""},
	{"php-fpm*", "-F --nodaemonize *daemonize=no", "-D --daemonize"},
	{"sshd", "-D -d -i -t -T", ""},
	{"cron", "-f", ""},
	{"crond", "-f -n -x -d", "-b"},
	{"anacron atd", "-d -f", ""},
	{"apache2 httpd apachectl apache2ctl", "*FOREGROUND -X -f -t", ""},
	{"lighttpd", "-D -i -t", ""},
	{"dnsmasq", "-k -d --keep-in-foreground --no-daemon --test", ""},
	{"named", "-f -g", ""},
	{"unbound", "-d -dd -dv", ""},
	{"rsyslogd", "-n", ""},
	{"syslogd klogd", "-n", ""},
	{"syslog-ng", "-F --foreground", ""},
	{"smbd nmbd winbindd", "-F -i -FS --foreground --interactive", "-D --daemon"},
	{"proftpd", "-n --nodaemon", ""},
	{"dovecot", "-F", ""},
	{"exim exim4", "-bdf", "-bd"},
	{"postfix", "start-fg", "start"},
	{"squid", "-N --foreground", ""},
	{"transmission-daemon", "-f --foreground", ""},
	{"supervisord", "-n --nodaemon", ""},
	{"cupsd", "-f -F", ""},
	{"rpcbind", "-f -d", ""},
	{"rpc.mountd rpc.statd", "-F --foreground", ""},
	{"in.tftpd", "-L --foreground", "-l --listen"},
	{"ntpd", "-n -d -N --nofork", ""},
	{"chronyd", "-d -n", ""},
	{"fail2ban-server", "-f", ""},
	{"fail2ban-client", "-f", "start restart"},
	{"snmpd snmptrapd", "-f", ""},
	{"slapd", "-d", ""},
	{"zabbix_agentd zabbix_server zabbix_proxy", "-f --foreground", ""},
	{"collectd", "-f", ""},
	{"keepalived", "-n --dont-fork", ""},
	{"radiusd freeradius", "-f -X", ""},
	{"varnishd", "-F", ""},
	{"dhcpd", "-f -d", ""},
	{"dhcpcd", "-B --nobackground", ""},
	{"udhcpc udhcpd", "-f", ""},
	{"spawn-fcgi", "-n", ""},
	{"privoxy", "--no-daemon", ""},
	{"mpd", "--no-daemon", ""},
	{"deluged deluge-web", "-d --do-not-daemonize", ""},
	{"minidlnad", "-S -d", ""},
	{"mumble-server murmurd", "-fg", ""},
	{"monit", "-I", ""},
	{"acpid", "-f --foreground -d", ""},
	{"smartd", "-n --no-fork", ""},
	{"dbus-daemon", "", "--fork"},
	{"avahi-daemon", "", "-D --daemonize"},
	{"haproxy hostapd wpa_supplicant", "", "-D -B"},
	{"redis-server valkey-server", "", "*daemonize+yes"},
	{"memcached mosquitto", "", "-d"},
	{"mysqld mariadbd", "", "-D --daemonize"},
	{"pg_ctl caddy", "", "start"},
	{"mongod", "", "--fork"},
	{"openvpn", "", "--daemon"},
	{"tor", "", "--RunAsDaemon"},
	{"gunicorn unicorn pulseaudio", "", "-D --daemon"},
	{"uwsgi", "", "-d --daemonize"},
	{"puma thin", "", "-d --daemon"},
	{"celery", "", "--detach multi"},
	{"icecast x11vnc", "", "-b -bg"},
	{"service rc-service invoke-rc.d systemctl", "", "start restart"},
}

// asUser are commands whose first argument may be the name of a user, which is often that of a daemon.
var asUser = []string{"s6-setuidgid", "setuidgid", "su-exec", "gosu", "chpst", "runuser", "sudo", "s6-envuidgid", "s6-applyuidgid"}

// wrappers are commands that go on to become another one, besides those of ours.
var wrappers = []string{"exec", "env", "nice", "ionice", "chrt", "taskset", "numactl", "nohup", "setsid", "stdbuf", "unbuffer", "time", "timeout",
	"sudo", "su-exec", "gosu", "chpst", "setuidgid", "runuser", "setpriv", "capsh", "chroot", "tini", "dumb-init", "catatonit", "xvfb-run", "flock"}

// daemon looks at the command line of a longrun.
func (l *linter) daemon(at source.Place, words []string) {
	if len(words) == 0 || !goesOn(words[0]) && habitOf(words[0]) == nil {
		return
	}
	for i, word := range words {
		if i > 0 && (slices.Contains(asUser, path.Base(words[i-1])) || words[i-1] == "-u") {
			continue
		}
		h := habitOf(word)
		if h == nil {
			continue
		}
		args, name := words[i+1:], path.Base(word)
		if anyOf(h.stays, args, true) != "" {
			return
		}
		if flag := anyOf(h.goes, args, false); flag != "" {
			l.warn("daemonizes", at, "leave that out", "%s goes to the background because of %s: the service seems to end at once, and is started again and again", name, flag)
		} else if h.stays != "" && !open(args) && !l.configured(h, args) {
			ways := strings.NewReplacer("+", " ", "*", "", " ", ", or ").Replace(h.stays)
			l.warn("daemonizes", at, "it stays with "+ways, "%s goes to the background by default: the service seems to end at once, and is started again and again", name)
		}
		return
	}
}

func goesOn(word string) bool {
	a := applet.Lookup(path.Base(word))
	return a != nil && a.Chain != nil || slices.Contains(wrappers, path.Base(word))
}

// open tells whether a variable among the words may hold options: one that is a word, and not what stands behind an option.
func open(args []string) bool {
	for i, word := range args {
		if strings.HasPrefix(word, "$") && (i == 0 || !strings.HasPrefix(args[i-1], "-")) {
			return true
		}
	}
	return false
}

// configDirs are where images keep configuration.
var configDirs = []string{"/etc", "/usr/local", "/config", "/defaults", "/opt", "/app"}

// configured tells whether a file of the image's configuration says what would keep a daemon in the foreground. One that a
// daemon is told to read, and that neither is here nor comes with a package, may say anything.
func (l *linter) configured(h *habit, args []string) bool {
	said, option := "", ""
	switch strings.Fields(h.names)[0] {
	case "nginx":
		said, option = "daemon off", "-c"
	case "php-fpm*":
		said, option = "daemonize = no", "-y"
	default:
		return false
	}
	if i := slices.Index(args, option) + 1; i > 0 && i < len(args) && !strings.HasPrefix(args[i], "/etc/") &&
		!slices.ContainsFunc(l.places(args[i]), isThere) {
		return true
	}
	return slices.ContainsFunc(configDirs, func(dir string) bool {
		return slices.ContainsFunc(l.places(dir), func(place string) bool { return grep(place, said) })
	})
}

func isThere(name string) bool {
	_, ok := readFile(name)
	return ok
}

// habitOf returns the habit of the daemon that a word names, by itself or by its path; nil if it is none.
func habitOf(word string) *habit {
	dir, name := path.Split(word)
	if dir = path.Base(dir); dir != "." && !strings.HasSuffix(dir, "bin") && dir != "command" && dir != "libexec" {
		return nil
	}
	for i := range habits {
		for _, n := range strings.Fields(habits[i].names) {
			if stem, ok := strings.CutSuffix(n, "*"); name == n || ok && strings.HasPrefix(name, stem) &&
				strings.Trim(name[len(stem):], "0123456789.-") == "" {
				return &habits[i]
			}
		}
	}
	return nil
}

// anyOf returns the first of the flags that is among the words; letters that are joined count if that is wanted.
func anyOf(flags string, words []string, letters bool) string {
	all := strings.Join(words, " ")
	for _, flag := range strings.Fields(flags) {
		if part, ok := strings.CutPrefix(strings.ReplaceAll(flag, "+", " "), "*"); ok {
			if strings.Contains(all, part) {
				return part
			}
			continue
		}
		for _, w := range words {
			if w == flag || strings.HasPrefix(w, flag+"=") || letters && len(flag) == 2 && joined(w, flag[1]) {
				return flag
			}
		}
	}
	return ""
}

// joined tells whether a word is several one-letter options, this one among them.
func joined(word string, letter byte) bool {
	return len(word) > 2 && len(word) < 6 && word[0] == '-' && word[1] != '-' && strings.IndexByte(word[1:], letter) >= 0 &&
		strings.Trim(word[1:], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
