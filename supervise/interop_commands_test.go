package supervise

// commandSessions are those of the commands around the daemons. Their run scripts have the client's commands
// where these are the subject: `here` begins such a script.
var commandSessions = []interopSession{
	{
		name: "checks",
		client: `make web run "$here
exec s6-notifyoncheck -s 0 -w 10 -n 0 sh -c 'test -e /proc/self/fd/5 && echo leaked >&2; exec sleep 100000'" notification-fd 5
mkdir sv/web/data
make web/data check '#!/bin/sh
exec test -e ../web/open'
make line run "$here
exec s6-notifyoncheck -d -3 6 -s 0 -w 10 -n 0 -c 'test -e open' sleep 100000" notification-fd 6
add web line
s6-svwait -u -t 20000 sv/web sv/line
fields sv/web; fields sv/line
: >sv/web/open
: >sv/line/open
s6-svwait -U -a -t 20000 sv/web sv/line
fields sv/web; fields sv/line
retried s6-svc -wR -T 5000 -r sv/web; fields sv/web
rm sv/web/open sv/line/open
retried s6-svc -wr -T 5000 -r sv/web; fields sv/web
s6-svc -wD -T 20000 -d sv/web; fields sv/web
s6-svlisten1 -U -t 20000 sv/web sh -c 's6-svc -u sv/web; : >sv/web/open'; fields sv/web
`,
		want: `
true true true false false -1 NA -1
true true true false false -1 NA -1
true true true true false -1 NA -1
true true true true false -1 NA -1
true true true true false -1 NA -1
true true true false false -1 NA -1
false false true false false -1 SIGTERM 15
true true true true false -1 NA -1
`,
	},
	{
		name: "deaths",
		client: `make web run '#!/bin/sh
trap "exit 3" USR1
trap "exit 4" USR2
echo >&3
exec 3>&-
while :; do sleep 100000 & wait; kill -9 $!; done' notification-fd 3 max-death-tally 3 down ''
make last run '#!/bin/sh
exit 6' finish "$here
exec s6-permafailon 1000 2 3,5-7,SIGKILL true" down ''
add web last
s6-svdt sv/web
for letter in 1 2 k 2 t; do
	s6-svc -wU -T 20000 -u sv/web
	s6-svc -wD -T 20000 -O$letter sv/web
done
said() { while read -r stamp how; do echo "$how"; done; }
s6-svdt sv/web | said
s6-svdt -s sv/web | said
s6-svdt -n 1 sv/web | said
test "$(s6-svdt -S sv/web)" = "$(s6-svdt sv/web)" || echo others
s6-svdt sv/web | s6-tai64nlocal | grep -c "^$(date +%Y)-"
echo 1 >sv/web/max-death-tally
s6-svc -wU -T 20000 -u sv/web
s6-svc -wD -T 20000 -O1 sv/web
s6-svdt sv/web | said
s6-svdt-clear sv/web
s6-svdt sv/web
code s6-svlisten1 -U -t 20000 sv/last s6-svc -u sv/last
s6-svdt sv/last | said
fields sv/last
`,
		want: `
signal SIGKILL
exitcode 4
signal SIGTERM
signal 9
exitcode 4
signal 15
signal SIGTERM
3
exitcode 3
s6-svlisten1 exits 1
exitcode 6
exitcode 6
false false false false false 6 NA -1
`,
	},
	{
		name: "listening",
		client: `make a run "$ready" notification-fd 3 finish '#!/bin/sh'
make b run "$ready" notification-fd 3
add a b
s6-svwait -U -t 20000 sv/a sv/b
execlineb -c 's6-svlisten -d -t 20000 { sv/a sv/b } s6-svc -d sv/a sv/b'; fields sv/b
execlineb -c 's6-svlisten -U -t 20000 { sv/a sv/b } s6-svc -u sv/a sv/b'; fields sv/a; fields sv/b
execlineb -c 's6-svlisten -D -o -t 20000 { sv/a sv/b } s6-svc -d sv/a'; fields sv/a
s6-svlisten1 -U -t 20000 sv/a s6-svc -u sv/a
retried execlineb -c 's6-svlisten -R -t 5000 { sv/a sv/b } s6-svc -r sv/a sv/b'; fields sv/a; fields sv/b
`,
		want: `
false false true false false -1 SIGTERM 15
true true true true false -1 NA -1
true true true true false -1 NA -1
false false true false false -1 SIGTERM 15
true true true true false -1 NA -1
true true true true false -1 NA -1
`,
	},
	{
		name: "links",
		client: `make plain run "$sleeper"
make both run "$sleeper"
make both/log run '#!/bin/sh
exec cat'
make quiet run "$sleeper"
make never run "$sleeper"
s6-svlink -t 20000 scan sv/plain && s6-svwait -u -t 20000 sv/plain && readlink scan/plain | sed "s|^$PWD/||"
s6-svlink scan sv/both other && s6-svok sv/both && s6-svok sv/both/log && ls scan
s6-svlink -d scan sv/quiet; fields sv/quiet; test -e sv/quiet/down || echo no down file
s6-svlink -D -P scan sv/never; fields sv/never; ls sv/never/down; stat -c %a sv/never/event
code s6-svlink scan sv/plain other
code s6-svlink scan sv/gone
s6-svunlink -t 20000 scan plain; unsupervised sv/plain
s6-svunlink -t 20000 scan other; unsupervised sv/both; unsupervised sv/both/log
s6-svunlink -X scan never; unsupervised sv/never
code s6-svunlink scan never
ls scan
`,
		want: `
sv/plain
other
plain
false false true false false -1 NA -1
no down file
false false false false false -1 NA -1
sv/never/down
1733
s6-svlink exits 0
s6-svlink exits 111
s6-svunlink exits 0
quiet
`,
	},
	{
		name: "instances",
		client: `make tree run "$sleeper"
mv sv/tree template
s6-instance-maker -c 20 template sv/inst
s6-mkfifodir sv/inst/event
add inst
s6-svwait -U -t 20000 sv/inst
s6-instance-create -t 20000 sv/inst a
s6-svwait -u -t 20000 sv/inst/instance/a; s6-instance-status -o up,wantedup sv/inst a
s6-instance-create -d sv/inst b; s6-instance-status -o up,wantedup,normallyup sv/inst b
s6-instance-create -D -P sv/inst c; s6-instance-status -o up,wantedup,normallyup sv/inst c
code s6-instance-create sv/inst a
s6-instance-list sv/inst | sort
s6-instance-control -wu -T 20000 -u sv/inst b; s6-instance-status -o up,wantedup sv/inst b
s6-instance-control -wD -T 20000 -d sv/inst a; s6-instance-status -o up,signal sv/inst a
s6-instance-delete -t 20000 sv/inst b; s6-instance-list sv/inst | sort; code s6-instance-status sv/inst b
s6-instance-delete -t 20000 sv/inst c; s6-instance-list sv/inst
s6-svc -wD -T 20000 -d sv/inst; fields sv/inst
code s6-svok sv/inst/instance/a
`,
		want: `
true true
false false true
false false false
s6-instance-create exits 100
a
b
c
true true
false SIGTERM
a
c
s6-instance-status exits 1
a
false false true false false 0 NA -1
s6-svok exits 1
`,
	},
	{
		name: "user tree",
		client: `mkdir user
s6-usertree-maker -d $PWD/user -p "$PATH" -l root root $PWD/log tree
mkdir sv; mv tree sv
s6-mkfifodir sv/tree/event; s6-mkfifodir sv/tree/log/event
add tree
s6-svwait -U -t 20000 sv/tree
make web run '#!/bin/sh
echo $USER $UID $GID $HOME
echo >&3
exec 3>&-
exec sleep 100000' notification-fd 3
s6-svlink -t 20000 user sv/web && s6-svwait -U -t 20000 sv/web
s6-svc -wD -T 20000 -d sv/tree; fields sv/tree
s6-svwait -u -t 20000 sv/tree/log
code s6-svok sv/web
s6-svc -wD -T 20000 -xd sv/tree/log
grep -h root log/current | cut -d' ' -f2-
`,
		want: `
false false true false false 0 NA -1
s6-svok exits 1
root 0 0 /root
`,
	},
	{
		name: "permissions",
		client: `make web run "$sleeper"
add web
modes() { s6-svperms "$@" sv/web | cut -d' ' -f2-; stat -c %a:%g sv/web/supervise sv/web/supervise/control sv/web/event | tr '\n' ' '; echo; }
modes
modes -v -o -e
modes -v -G :7 -E :8
modes -v -g :9
modes -v -O :7
s6-svc -wR -r -T 20000 sv/web; fields sv/web
s6-svc -wD -d sv/web
hear sv/web x s6-svc -x sv/web
until s6-svok sv/web; do :; done
modes
chmod 755 sv/web/supervise; s6-svperms sv/web 2>/dev/null | cut -d' ' -f2-
`,
		want: `
status: owner
control: owner
events: public
700:0 600:0 1733:0 
status: public
control: owner
events: public
711:0 600:0 1733:0 
status: group lp
control: group lp
events: group mail
710:7 620:7 3730:8 
status: group news
control: owner
events: group mail
710:9 600:0 3730:8 
status: public
control: group lp
events: group mail
711:0 620:7 3730:8 
true true true false false -1 NA -1
x
status: public
control: group lp
events: group mail
711:0 620:7 3730:8 
events: group mail
`,
	},
}
