package supervise

// directorySessions are those of what is in a service directory and who may touch it, and of the signals of
// s6-svscan that nobody handles.
var directorySessions = append([]interopSession{
	{
		// A supervisor never touches data and env, whatever is in them (page servicedir).
		name: "data and env",
		client: `make web run "$here
exec 2>&1
s6-envdir env env >vars.new
mv vars.new vars
echo >&3
exec 3>&-
exec sleep 100000" notification-fd 3 finish '#!/bin/sh
exit 0'
for dir in data env; do
	mkdir -p sv/web/$dir/supervise sv/web/$dir/event sv/web/$dir/log
	for file in run finish down notification-fd lock-fd timeout-kill timeout-finish down-signal flag-newpidns log/run; do
		echo $file of $dir >sv/web/$dir/$file
	done
	ln -s nowhere sv/web/$dir/dangling
	mkfifo sv/web/$dir/.fifo
done
rm -r sv/web/env/supervise sv/web/env/event sv/web/env/log # s6-envdir reads files
rm sv/web/env/dangling
picture() { (cd sv/web && find data env -exec stat -c '%n %F %a %u %i %s %h %y %z' {} + | sort); }
picture >before
add web
s6-svwait -U -t 20000 sv/web
grep -e ^run= -e ^down= sv/web/vars | sort
s6-svc -wR -T 20000 -k sv/web 2>/dev/null || s6-svwait -U -t 20000 sv/web
s6-svc -D -wD -T 20000 sv/web; fields sv/web
s6-svc -wU -U -T 20000 sv/web; fields sv/web
s6-svc -l sv/web
hear sv/web x s6-svc -xd sv/web
picture | cmp - before && echo untouched
`,
		want: `
down=down of env
run=run of env
false false false false false -1 SIGTERM 15
true true true true false -1 NA -1
x
untouched
`,
	},
	{
		// A run script that waits for a file that somebody else has to write keeps its own service waiting.
		name: "fifo in an env directory",
		client: `mkdir -p sv/web/env
mkfifo sv/web/env/LATE
make web run "#!$(command -v execlineb) -P
s6-envdir env
redirfd -w 1 told
foreground { printenv LATE }
sleep 100000"
make other run "$sleeper"
add web other
s6-svwait -u -t 20000 sv/web sv/other
s6-svc -wr -r -T 20000 sv/other; fields sv/other
echo value >sv/web/env/LATE
until test -s sv/web/told; do :; done; cat sv/web/told
s6-svc -wD -d -T 20000 sv/web; fields sv/web
`,
		want: `
true true true false false -1 NA -1
value
false false true false false -1 SIGTERM 15
`,
	},
	modes("modes under umask 0", "umask 0", "644"),
	modes("modes under umask 077", "umask 077", "600"),
	{
		name: "another user",
		client: `other() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
chmod 755 .. . ${PATH%%:*}/.. ${PATH%%:*}
make web run "$ready" notification-fd 3
add web
s6-svwait -U -t 20000 sv/web
try() {
	s6-svperms $* sv/web
	for command in "s6-svstat -o up" "s6-svok" "s6-svdt" "s6-svwait -U -t 20000" "s6-svc -c" "s6-ftrig-notify" "s6-svlink" "s6-svdt-clear"; do
		set -- sv/web
		case $command in
		s6-ftrig-notify) set -- sv/web/event D ;;
		s6-svlink) set -- -t 1000 scan sv/web again ;;
		esac
		other $command "$@" >/dev/null 2>&1 && echo "may $command"
	done
	other s6-svunlink -t 1000 scan web >/dev/null 2>&1 # a destructor, says its page: its exit code may well be 0
	test "$(s6-svstat -o up,ready sv/web)" = 'true true' || echo harmed
}
echo owner; try -u -E :0
echo status; try -o -E :0
echo events; try -u -e
echo status and events; try -o -e
echo group; try -G :65534 -E :65534
echo orders; try -O :65534 -E :65534
ls -A sv/web/event
ls scan
`,
		want: `
owner
status
may s6-svstat -o up
may s6-svok
may s6-svdt
events
status and events
may s6-svstat -o up
may s6-svok
may s6-svdt
may s6-svwait -U -t 20000
group
may s6-svstat -o up
may s6-svok
may s6-svdt
may s6-svwait -U -t 20000
may s6-svc -c
orders
may s6-svstat -o up
may s6-svok
may s6-svdt
may s6-svwait -U -t 20000
may s6-svc -c
web
`,
	},
	{
		// A handler that can't be executed, for whatever reason, leaves the built-in behaviour.
		name: "broken handlers",
		setup: `mkdir scan/.s6-svscan
printf '#!/no/such/interpreter\n' >scan/.s6-svscan/SIGHUP
mkdir scan/.s6-svscan/SIGTERM
: >scan/.s6-svscan/SIGUSR1
chmod +x scan/.s6-svscan/SIG*
`,
		client: `make web run "$sleeper"
add web
pid=$(cat pid)
make late run "$sleeper"
ln -s ../sv/late scan
hear sv/late s sh -c "kill -HUP $pid"
kill -USR1 $pid
s6-svc -wr -r -T 20000 sv/web; fields sv/web
hear sv/web x sh -c "kill -TERM $pid"
while s6-svscanctl -z scan 2>/dev/null; do :; done
unsupervised sv/web
`,
		want: `
s
true true true false false -1 NA -1
x
`,
	},
	{
		name:  "commands",
		setup: talkative,
		client: `exec 4<>said
told() { n=$1; while test $n -gt 0; do read -r line <&4; echo "$line"; n=$((n-1)); done | sort; }
make web run "$talk" notification-fd 3
make app run "$talk" notification-fd 3
make two run '#!/bin/sh
trap "until test -e log/told; do sleep 0.05; done; echo two: TERM >../../said; exit" TERM
echo >&3
exec 3>&-
while :; do sleep 0.05; done' notification-fd 3
for name in app two; do
	make $name/log run '#!/bin/sh
trap "echo the logger: TERM >../../../said; : >told; exit" TERM
while read -r line; do :; done
echo the logger: end of input >../../../said'
done
add app two
s6-svwait -U -t 20000 sv/app sv/two
ln -s ../sv/web scan
rm scan/app
echo reload
execlineb -c 's6-ftrig-listen -a -t 20000 { sv/web/event s sv/app/event x sv/app/log/event x } s6-svscanctl -h scan' && told 2
rm scan/two
hear sv/two d sh -c 's6-svscanctl -aN scan; s6-svc -wd sv/two'; told 2
unsupervised sv/two/log
printf '?' >scan/.s6-svscan/control # not understood
s6-svscanctl -zzz scan
s6-svwait -U -t 20000 sv/web
hear sv/web x s6-svscanctl -i scan; told 2
while s6-svscanctl -z scan 2>/dev/null; do :; done
`,
		want: `
reload
app: TERM
the logger: end of input
d
the logger: TERM
two: TERM
x
finish 0
web: TERM
`,
	},
	{
		name:  "terminate and abort",
		setup: talkative,
		client: `exec 4<>said
make web run "$talk" notification-fd 3
add web
s6-svwait -U -t 20000 sv/web
s6-svscanctl -tb scan # the service is told to end; of ours, nobody is left to say that it has
for i in 1 2; do read -r line <&4; echo "$line"; done | sort
unsupervised sv/web
`,
		want: `
finish 0
web: TERM
`,
	},
	{
		name:  "abort at once",
		setup: talkative,
		client: `exec 4<>said
make web run "$talk" notification-fd 3
add web
s6-svwait -U -t 20000 sv/web
pid=$(s6-svstat -o pid sv/web)
s6-svscanctl -b scan
read -r line <&4; echo "$line"
while s6-svscanctl -z scan 2>/dev/null; do :; done
kill -0 $pid && echo the service runs on
s6-svc -xd sv/web 2>/dev/null || kill $pid # C's has s6-supervise left
read -r line <&4; echo "$line"
unsupervised sv/web
`,
		want: `
finish 0
the service runs on
web: TERM
`,
	},
}, unhandled("TERM", "t"), unhandled("INT", "t"), unhandled("QUIT", "q"))

// talkative is the setup of a session that hears what its services and finish say of their end: they write to
// the fifo said.
const talkative = `mkfifo said
mkdir scan/.s6-svscan
printf '#!/bin/sh\necho finish $# >../said\n' >scan/.s6-svscan/finish
chmod +x scan/.s6-svscan/finish`

// modes is a session about the modes of what the daemons make. Under umask 0, C's lets everybody write the
// status and the tally who may look into supervise (s6-svperms -o). Ours does not: who can write a status can
// have others signal any process.
func modes(name, umask, file string) interopSession {
	return interopSession{
		name:  name,
		setup: umask,
		client: `mkdir -p sv/web
printf '%s\n' "$sleeper" >sv/web/run
chmod 755 sv/web/run
chmod 755 sv/web
ln -s ../sv/web scan
until s6-svwait -u -t 20000 sv/web 2>/dev/null; do s6-svscanctl -a scan; done
s6-svc -wd -d sv/web
s6-svc -wu -u sv/web
for file in scan/.s6-svscan scan/.s6-svscan/control scan/.s6-svscan/lock sv/web/event sv/web/supervise sv/web/supervise/*; do
	stat -c '%a %n' $file | sed 's/^666 /644 /'
done
`,
		want: `
700 scan/.s6-svscan
600 scan/.s6-svscan/control
600 scan/.s6-svscan/lock
3730 sv/web/event
700 sv/web/supervise
600 sv/web/supervise/control
` + file + ` sv/web/supervise/death_tally
644 sv/web/supervise/lock
` + file + ` sv/web/supervise/status
`,
	}
}

// unhandled is the session of a signal that brings everything down where it has no handler. Signals without
// built-in meaning do nothing.
func unhandled(signal, letter string) interopSession {
	s := interopSession{
		name:  "no handler for " + signal,
		setup: talkative,
		client: `exec 4<>said
make app run '#!/bin/sh
trap "echo last words; exit 0" TERM
echo >&3
exec 3>&-
while :; do sleep 0.05; done' notification-fd 3
make app/log run '#!/bin/sh
trap "" TERM
exec cat >>../../../out'
add app
s6-svwait -U -t 20000 sv/app
s6-svwait -u -t 20000 sv/app/log
pid=$(cat pid)
for signal in USR1 USR2 PWR WINCH; do kill -$signal $pid; done
s6-svc -wr -r -T 20000 sv/app; s6-svwait -U -t 20000 sv/app; fields sv/app
kill -` + signal + ` $pid
read -r line <&4; echo "$line"
while s6-svscanctl -z scan 2>/dev/null; do :; done
unsupervised sv/app
unsupervised sv/app/log
`,
		want: "\ntrue true true true false -1 NA -1\nfinish 0\nlast words\nlast words\n",
	}
	if letter == "t" {
		s.client += "cat out\n" // the logger has read everything
		return s
	}
	s.want = "\ntrue true true true false -1 NA -1\nfinish 0\n"
	return s
}
