package supervise

// scandirSessions are those of s6-svscan's options, signals and scripts.
var scandirSessions = []interopSession{
	{
		name: "limits",
		args: "-C 4 -L 12",
		client: `for name in a b c e exactly12xxx longer-than12; do make $name run "$sleeper"; done
make a/log run '#!/bin/sh
exec cat'
add a b c
ln -s ../sv/e ../sv/longer-than12 scan
s6-svscanctl -a scan
until grep -q 'e: too many services' stderr && grep -q 'name too long.*longer-than12' stderr; do :; done
code s6-svok sv/e
code s6-svok sv/longer-than12
s6-svwait -u -t 20000 sv/a sv/a/log sv/b sv/c && echo the others are up
rm scan/e scan/longer-than12 scan/b
hear sv/b x s6-svscanctl -an scan
ln -s ../sv/exactly12xxx scan
until s6-svok sv/exactly12xxx; do s6-svscanctl -a scan; done # C's has to reap the supervisor of b first
until s6-svwait -u -t 20000 sv/exactly12xxx 2>/dev/null; do :; done # C's answers before it has a status
echo another has the place
`,
		want: `
s6-svok exits 1
s6-svok exits 1
the others are up
x
another has the place
`,
	},
	{
		name: "rescan",
		args: "-t 20",
		client: `make late run "$sleeper"
hear sv/late s ln -s ../sv/late scan
s6-svwait -u -t 20000 sv/late
rm scan/late
hear sv/late x s6-svscanctl -an scan
`,
		want: `
s
x
`,
	},
	{
		name: "console",
		args: "-X 7 7>console",
		setup: `mkdir -p scan/s6-svscan-log scan/other
for name in s6-svscan-log other; do
	printf '#!/bin/sh\nexec >&2\necho %s\necho >&3\nexec 3>&-\nexec sleep 100000' $name >scan/$name/run
	echo 3 >scan/$name/notification-fd
	chmod +x scan/$name/run
done
`,
		client: `for name in s6-svscan-log other; do until s6-svwait -U -t 20000 scan/$name 2>/dev/null; do :; done; done
cat console
grep -x other stderr
s6-svscanctl -q scan # the service of that name counts as a logger
`,
		want: `
s6-svscan-log
other
`,
	},
	{
		name: "handlers",
		setup: `mkdir scan/.s6-svscan
for signal in HUP INT TERM QUIT USR1 USR2 PWR WINCH ALRM ABRT; do
	printf '#!/bin/sh\necho %s $0 $# $PWD >../handled\n' $signal >scan/.s6-svscan/SIG$signal
	chmod +x scan/.s6-svscan/SIG$signal
done
printf '#!/bin/sh\necho finish $0 $# >../handled\n' >scan/.s6-svscan/finish
chmod +x scan/.s6-svscan/finish
mkfifo handled
`,
		client: `exec 4<>handled
told() { read -r line <&4; echo "$line" | sed "s|$PWD|DIR|"; }
pid=$(cat pid)
make web run "$sleeper"
make late run "$sleeper"
add web
for signal in HUP INT TERM QUIT USR1 USR2 PWR WINCH; do kill -$signal $pid; told; done
ln -s ../sv/late scan
hear sv/late s sh -c "kill -ALRM $pid"
s6-svwait -u -t 20000 sv/web sv/late
chmod -x scan/.s6-svscan/SIGHUP
rm scan/late
hear sv/late x sh -c "kill -HUP $pid"
service=$(s6-svstat -o pid sv/web)
kill -ABRT $pid; told
kill -0 $service && echo the service runs on
s6-svc -xk sv/web 2>/dev/null || kill -9 $service # C's has s6-supervise left
unsupervised sv/web
`,
		want: `
HUP .s6-svscan/SIGHUP 0 DIR/scan
INT .s6-svscan/SIGINT 0 DIR/scan
TERM .s6-svscan/SIGTERM 0 DIR/scan
QUIT .s6-svscan/SIGQUIT 0 DIR/scan
USR1 .s6-svscan/SIGUSR1 0 DIR/scan
USR2 .s6-svscan/SIGUSR2 0 DIR/scan
PWR .s6-svscan/SIGPWR 0 DIR/scan
WINCH .s6-svscan/SIGWINCH 0 DIR/scan
s
x
finish .s6-svscan/finish 0
the service runs on
`,
	},
	{
		name: "crash",
		setup: `mkdir scan/.s6-svscan
echo not a script >scan/.s6-svscan/finish
printf '#!/bin/sh\necho crash $0 $# >../said\n' >scan/.s6-svscan/crash
chmod +x scan/.s6-svscan/crash
mkfifo said
`,
		client: `exec 4<>said
make web run "$sleeper"
add web
s6-svscanctl -t scan
read -r line <&4; echo "$line"
code s6-svok sv/web
cat stderr
`,
		want: `
crash .s6-svscan/crash 0
s6-svok exits 1
s6-svscan: warning: unable to exec finish script .s6-svscan/finish: Permission denied
s6-svscan: warning: executing into .s6-svscan/crash
`,
	},
	{
		name: "abort",
		client: `make web run "$sleeper"
add web
hear sv/web x s6-svscanctl -q scan
unsupervised sv/web
while s6-svscanctl -a scan 2>/dev/null; do :; done
code s6-svscanctl -a scan
`,
		want: `
x
s6-svscanctl exits 100
`,
	},
}
