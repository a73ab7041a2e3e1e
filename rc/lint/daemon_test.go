package lint

import (
	"strings"
	"testing"

	"s6box/rc/source"
)

func TestDaemon(t *testing.T) {
	for line, want := range map[string]string{
		"nginx":                                     "nginx goes to the background by default",
		"nginx -g daemon;off;":                      "nginx goes to the background by default",
		"/usr/sbin/nginx -e stderr":                 "nginx goes to the background by default",
		"exec nginx -g 'daemon off;'":               "",
		"s6-setuidgid nginx nginx -g 'daemon off;'": "",
		"s6-setuidgid nginx server":                 "",
		"cd /etc/nginx server":                      "",
		"tail -F /var/log/nginx nginx":              "",
		"php-fpm -F":                                "",
		"php-fpm8.2 --nodaemonize":                  "",
		"php-fpm82 -OF":                             "",
		"php-fpm-exporter":                          "",
		"php-fpm":                                   "php-fpm goes to the background by default",
		"env A=1 php-fpm83 -O":                      "php-fpm83 goes to the background by default",
		"php-fpm83 -y x":                            "",
		"nginx -c /config/nginx.conf":               "",
		"nginx -c /etc/nginx/nginx.conf":            "nginx goes to the background by default",
		"crond ${CROND_ARGS} -c dir":                "",
		"crond -c ${CROND_CONF}":                    "crond goes to the background by default",
		"rsyslogd -f $CONF $ARGS":                   "",
		"gosu $USER cron":                           "cron goes to the background by default",
		"sshd -De":                                  "",
		"sshd -e":                                   "sshd goes to the background by default",
		"crond -f -l 8":                             "",
		"cron":                                      "cron goes to the background by default",
		"apache2 -D FOREGROUND":                     "",
		"apachectl start":                           "apachectl goes to the background by default",
		"redis-server --daemonize yes":              "redis-server goes to the background because of daemonize yes",
		"redis-server --daemonize no":               "",
		"mysqld --daemonize":                        "mysqld goes to the background because of --daemonize",
		"fail2ban-client -x -f start":               "",
		"postfix start-fg":                          "",
		"postfix start":                             "postfix goes to the background because of start",
		"memcached -u memcached -vd":                "",
		"memcached -d":                              "memcached goes to the background because of -d",
		"gunicorn --daemon=true app":                "gunicorn goes to the background because of --daemon",
		"":                                          "",
	} {
		l := &linter{tree: &Tree{}}
		l.daemon(source.Place{}, words(line))
		got := ""
		if len(l.found) > 0 {
			got, _, _ = strings.Cut(l.found[0].Text, ":")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// words splits a line; quotes hold words together.
func words(line string) (out []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return out
}

func TestMentionsNumber(t *testing.T) {
	for text, want := range map[string]bool{
		"echo >&3": true, "exec 3>&1": true, "s6-log -d3 t": true, "--fd=3": true, "3": true,
		"sleep 30": false, "sleep 13": false, "php8.3": false, "3.1": false, "": false, "30 3": true,
	} {
		if got := mentionsNumber(text, "3"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
