package supervise

// loggerSessions are those of a service and its logger.
var loggerSessions = []interopSession{
	{
		name: "logger",
		client: `make app run '#!/bin/sh
echo line
echo >&3
exec 3>&-
exec sleep 100000' notification-fd 3
make app/log run '#!/bin/sh
exec cat >>../../../out'
execlineb -c 's6-ftrig-listen -a -t 20000 { sv/app/event U sv/app/log/event u }
	foreground { ln -s ../sv/app scan } s6-svscanctl -a scan' && echo U
hear sv/app U s6-svc -r sv/app
until test $(wc -l <out) -eq 2; do :; done
s6-svc -wD -d sv/app/log
hear sv/app U s6-svc -r sv/app
s6-svc -wu -u sv/app/log
execlineb -c 's6-ftrig-listen -t 20000 { sv/app/event x sv/app/log/event x } foreground { rm scan/app } s6-svscanctl -an scan' && echo gone
cat out
`,
		want: `
U
U
U
gone
line
line
line
`,
	},
	{
		name: "killed logger",
		client: `mkfifo lines
exec 4<>lines
make app run '#!/bin/sh
exec cat <>../../lines'
make app/log run '#!/bin/sh
echo >&3
exec 3>&-
exec s6-log -b n3 ../../../kept' notification-fd 3
add app
s6-svwait -U -t 20000 sv/app/log
echo 1 >&4
until grep -q 1 kept/current; do :; done
s6-svc -O sv/app/log
hear sv/app/log D s6-svc -k sv/app/log
for i in 2 3 4; do echo $i >&4; done
hear sv/app/log U s6-svc -u sv/app/log
echo 5 >&4
until grep -q 5 kept/current; do :; done
hear sv/app u s6-svc -k sv/app
echo 6 >&4
until grep -q 6 kept/current; do :; done
cat kept/@* kept/current
`,
		want: `
D
U
u
1
2
3
4
5
6
`,
	},
}
