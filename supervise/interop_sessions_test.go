package supervise

// interopSession is what TestInterop does: files made before the daemon starts, the daemon's arguments, what the
// client does, and what that prints.
type interopSession struct{ name, setup, args, client, want string }

// sessions are those of the daemons' own life.
var sessions = []interopSession{
	{
		name: "life",
		client: `make web run "$sleeper"
code s6-svok sv/web
code s6-svc -u sv/web
add web
code s6-svok sv/web
s6-svwait -u -t 20000 sv/web
fields sv/web
s6-svc -wD -d sv/web; fields sv/web
s6-svc -wu -T 20000 -o sv/web; s6-svc -wD -k sv/web; fields sv/web
s6-svc -wu -U sv/web; fields sv/web
s6-svc -D -wD sv/web; fields sv/web; ls sv/web/down
s6-svc -wu -U sv/web; test -e sv/web/down || echo no down file
s6-svc -O sv/web
s6-svc -k -wD sv/web; fields sv/web
s6-svdt sv/web | while read -r stamp how; do echo "$how"; done
s6-svdt-clear sv/web; s6-svdt sv/web
s6-svc -wu -u sv/web
hear sv/web x s6-svc -xd sv/web
`,
		want: `
s6-svok exits 1
s6-svc exits 102
s6-svok exits 0
true true true false false -1 NA -1
false false true false false -1 SIGTERM 15
false false true false false -1 SIGKILL 9
true true true false false -1 NA -1
false false false false false -1 SIGTERM 15
sv/web/down
no down file
false false true false false -1 SIGKILL 9
signal SIGTERM
signal SIGKILL
signal SIGTERM
signal SIGKILL
x
`,
	},
	{
		name: "readiness",
		client: `make a run "$ready" notification-fd 3 down ''
make b run "$ready" notification-fd 3 down ''
make c run "$sleeper" down ''
add a b c
s6-svc -wU -T 20000 -u sv/a; fields sv/a
execlineb -c 's6-svlisten -U -t 60000 { sv/b sv/c } s6-svc -u sv/b' & s6-svwait -U -t 20000 sv/b
code s6-svwait -U -o -t 20000 sv/b sv/c
for time in 50 500 5000; do # C's has to subscribe within the time, else it exits 111
	s6-svwait -U -a -t $time sv/b sv/c 2>/dev/null
	exit=$?
	test $exit -eq 111 || break
done
echo "s6-svwait exits $exit"
s6-svc -u sv/c; s6-svwait -u -t 20000 sv/c; fields sv/c
pid=$(s6-svstat -o pid sv/a)
retried s6-svc -wR -T 5000 -r sv/a; fields sv/a
test $pid != $(s6-svstat -o pid sv/a) && echo another process
s6-svlisten1 -D -t 20000 sv/b s6-svc -d sv/b; fields sv/b
kill $!
`,
		want: `
true true false true false -1 NA -1
s6-svwait exits 0
s6-svwait exits 99
true true false false false -1 NA -1
true true false true false -1 NA -1
another process
false false false false false -1 SIGTERM 15
`,
	},
	{
		name: "events",
		client: `make web run "$ready" notification-fd 3 finish '#!/bin/sh' down ''
add web
hear sv/web uU s6-svc -u sv/web
hear sv/web dD s6-svc -d sv/web
execlineb -c 's6-ftrig-listen -a -t 20000 { sv/web/event uU.*d scan/web/event dD } s6-svc -uo sv/web' &
s6-svwait -U -t 20000 sv/web
s6-svc -t sv/web
wait $! && echo listened
s6-ftrig-wait -t 20000 sv/web/event Z >heard &
while kill -0 $! 2>/dev/null; do s6-ftrig-notify sv/web/event Z; done
wait $! && tr -s Z <heard
stale=sv/web/event/ftrig1:@400000006762b1c000000001:stale1
mkfifo $stale; s6-cleanfifodir sv/web/event; test -e $stale || echo cleaned
`,
		want: `
uU
dD
listened
Z
cleaned
`,
	},
	{
		name: "signals",
		client: `mkfifo said
make web run '#!/bin/sh
exec 4<>../../said
for s in HUP TERM INT QUIT ABRT ALRM USR1 USR2 WINCH CONT; do trap "echo $s >&4" $s; done
echo >&3
exec 3>&-
while :; do sleep 100000 & wait; kill -9 $!; done' notification-fd 3 reload-signal USR1
exec 4<>said
add web
s6-svwait -U -t 20000 sv/web
told() { read -r line <&4; echo $1 $line; }
for letter in a b q h t i 1 2 y c C r l; do s6-svc -$letter sv/web; told $letter; done
for signal in HUP sigterm 10 CONT; do s6-svc -s $signal sv/web; told $signal; done
for letter in p c P C; do
	s6-svc -$letter sv/web
	case $letter in [pP]) other=false ;; *) other=true ;; esac
	while test "$(s6-svstat -o paused sv/web)" = $other; do :; done
	s6-svstat -o paused sv/web
done
s6-svc -wD -OK sv/web; fields sv/web
`,
		want: `
a ALRM
b ABRT
q QUIT
h HUP
t TERM
i INT
1 USR1
2 USR2
y WINCH
c CONT
C CONT
r TERM
l USR1
HUP HUP
sigterm TERM
10 USR1
CONT CONT
true
false
true
false
false false true false false -1 SIGKILL 9
`,
	},
	{
		name: "finish",
		client: `make web run '#!/bin/sh
echo $$ >pid
echo >&3
exec 3>&-
read -r code <code
exit $code' finish '#!/bin/sh
echo "$1 $(test $1 -eq 256 && echo $2) $3 $(test $4 = $(cat pid) && echo pgid)" >args
test $1 -ne 7 || exit 125
exit 0' down '' notification-fd 3
mkfifo sv/web/code
add web
s6-svc -wU -u sv/web
s6-svc -O sv/web
while test $(s6-svstat -o wantedup sv/web) = true; do :; done # C's s6-supervise looks at deaths before orders
s6-svlisten1 -D sv/web sh -c 'echo 3 >sv/web/code'; cat sv/web/args; fields sv/web
s6-svc -wU -u sv/web
s6-svc -wD -d sv/web; cat sv/web/args; fields sv/web
s6-svc -wU -u sv/web
s6-svlisten1 -D -t 20000 sv/web sh -c 'echo 7 >sv/web/code'
cat sv/web/args; fields sv/web
make bad run '#!/bin/sh' finish '#!/bin/sh
exit 125' down ''
add bad
s6-svlisten1 -U -t 20000 sv/bad s6-svc -u sv/bad 2>/dev/null || echo permanent failure
cd sv/web
code s6-permafailon 100 1 SIGTERM true
code s6-permafailon 100 2 7,SIGUSR1 true
code s6-permafailon 100 2 1-9 true
`,
		want: `
3  web pgid
false false false false false 3 NA -1
256 15 web pgid
false false false false false -1 SIGTERM 15
7  web pgid
false false false false false 7 NA -1
permanent failure
s6-permafailon exits 125
s6-permafailon exits 0
s6-permafailon exits 125
`,
	},
	{
		name: "timeouts",
		client: `deaf='#!/bin/sh
trap "" TERM
echo >&3
exec 3>&-
while :; do sleep 1; done'
make one run "$deaf" notification-fd 3 timeout-kill 10
make group run "$deaf" notification-fd 3 timeout-kill 10 flag-timeout-killpg ''
make soft run '#!/bin/sh
trap "exit 5" USR2
echo >&3
while :; do sleep 0.1; done' notification-fd 3 down-signal SIGUSR2
make slow run "$sleeper" finish "$sleeper" timeout-finish 10
add one group soft slow
s6-svwait -U -t 20000 sv/one sv/group sv/soft
s6-svwait -u -t 20000 sv/slow
s6-svc -d -wD -T 20000 sv/one sv/group sv/soft sv/slow
for name in one group soft slow; do fields sv/$name; done
`,
		want: `
false false true false false -1 SIGKILL 9
false false true false false -1 SIGKILL 9
false false true false false 5 NA -1
false false true false false -1 SIGTERM 15
`,
	},
	{
		// C's s6-setlock -d lets go of the lock it hands on, so nothing is asked about service-lock while it
		// should be held.
		name: "locks",
		client: `make web run "$ready" lock-fd 5 notification-fd 3
add web
s6-svwait -U -t 20000 sv/web
code s6-svscan scan
code s6-supervise sv/web
code s6-setlock -n sv/web/supervise/lock true
s6-svc -wD -d sv/web
code s6-setlock -n sv/web/supervise/service-lock true
make alone run "$ready" notification-fd 3
hear sv/alone U s6-supervise sv/alone
ln -s ../sv/alone scan/alone
s6-svscanctl -a scan
s6-svc -wD -d sv/alone
hear sv/alone x s6-svc -x sv/alone
s6-svlisten1 -U -t 20000 sv/alone true && s6-svstat -o up,ready sv/alone
`,
		want: `
s6-svscan exits 100
s6-supervise exits 100
s6-setlock exits 1
s6-setlock exits 0
U
x
true true
`,
	},
	{
		name: "scandir",
		setup: `mkdir scan/.s6-svscan
printf '#!/bin/sh\necho usr1 $# >../handled\n' >scan/.s6-svscan/SIGUSR1
printf '#!/bin/sh\necho quit $# >../handled\n' >scan/.s6-svscan/SIGQUIT
printf '#!/bin/sh\necho finish $# >../finished\n' >scan/.s6-svscan/finish
chmod +x scan/.s6-svscan/*
ln -s nowhere scan/dangling
mkfifo handled finished
`,
		client: `exec 4<>handled 5<>finished
make a run "$sleeper"
make b run "$sleeper"
mkdir sv/.hidden
ln -s ../sv/.hidden scan/.hidden
add a b
s6-svwait -u -t 20000 sv/a sv/b
ls scan
pid=$(cat pid)
for signal in USR1 QUIT; do kill -$signal $pid; read -r line <&4; echo "$line"; done
rm scan/a
hear sv/a x sh -c "kill -HUP $pid"
unsupervised sv/a
code s6-svstat sv/a
mv scan/b scan/c
s6-svscanctl -anz scan
s6-svc -wR -r -T 20000 sv/b 2>/dev/null
code s6-svok sv/b
hear sv/b x s6-svscanctl -t scan
read -r line <&5; echo "$line"
code s6-svok sv/b
code s6-svstat sv/b
code s6-svscanctl -a scan
`,
		want: `
a
b
usr1 0
quit 0
x
s6-svstat exits 1
s6-svok exits 0
x
finish 0
s6-svok exits 1
s6-svstat exits 1
s6-svscanctl exits 100
`,
	},
	{
		name: "throttle",
		client: `make web run '#!/bin/sh
date +%s%N >>starts
exit 1'
make first run '#!/bin/sh
date +%s%N >>starts
echo >&3
exec 3>&-
exec sleep 100000' notification-fd 3
add web first
s6-svwait -U -t 20000 sv/first
s6-svwait -r -t 20000 sv/web
s6-svwait -r -t 20000 sv/web
s6-svwait -r -t 20000 sv/web
gap() { read -r a; while read -r b; do test $((b-a)) -lt 950000000 && echo "too soon: $((b-a))"; a=$b; done; }
gap <sv/web/starts
hear sv/first U s6-svc -k sv/first
read -r a <sv/first/starts
for b in $(cat sv/first/starts); do :; done
test $((b-a)) -ge 950000000 && echo a second apart
`,
		want: `
U
a second apart
`,
	},
	{
		name: "namespace",
		client: `make web run '#!/bin/sh
echo $$ >pid
echo >&3
exec 3>&-
exec sleep 100000' notification-fd 3 flag-newpidns ''
add web
s6-svwait -U -t 20000 sv/web
cat sv/web/pid
s6-svc -wD -dk sv/web
fields sv/web
`,
		want: `
1
false false true false false -1 SIGKILL 9
`,
	},
}
