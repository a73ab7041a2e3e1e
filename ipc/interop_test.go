package ipc

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"s6box/internal/interoptest"
)

// TestInterop runs the same session with each implementation on either side.
func TestInterop(t *testing.T) {
	impl := interoptest.Implementations(t)
	for _, s := range sessions {
		interoptest.Pairs(t, s.name, impl, func(t *testing.T, daemon, client interoptest.Implementation) {
			dir := t.TempDir()
			startServer(t, dir, daemon.Path, s.server)
			if got := shell(t, dir, client.Path, s.client); got != s.want {
				t.Errorf("got\n%swant\n%s", got, s.want)
			}
		})
	}
}

// startServer runs script, which ends in a server that announces itself on stdout, until the test ends.
func startServer(t *testing.T, dir, path, script string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, []string{"PATH=" + path}, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal("the server did not come up: ", err)
	}
}

func shell(t *testing.T, dir, path, script string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, []string{"PATH=" + path}, time.Minute
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

const holderRules = `mkdir -p d/uid/self/env
: >d/uid/self/allow
for right in LIST GETDUMP SETDUMP STORE_REGEX RETRIEVE_REGEX; do echo >d/uid/self/env/S6_FDHOLDER_$right; done
for right in STORE_REGEX RETRIEVE_REGEX; do echo '^[a-z]' >d/uid/self/env/S6_FDHOLDER_$right; done
`

var sessions = []struct{ name, server, client, want string }{
	{
		name:   "fd holder",
		server: holderRules + `exec s6-fdholder-daemon -1 -n 600 -i d s`,
		client: `echo content >file
s6-fdholder-store s first <file
s6-fdholder-store -T 1000000 s second </dev/null
s6-fdholder-store s Third </dev/null 2>/dev/null || echo refused
s6-fdholder-list s
s6-fdholder-retrieve s first cat
s6-fdholder-getdump s sh -c 'echo $S6_FDID_0 ${S6_FDLIMIT_0-never} $S6_FDID_1 ${S6_FDLIMIT_1%%[0-9a-f]*}'
s6-fdholder-delete s second
s6-fdholder-list s
`,
		want: "refused\nfirst\nsecond\ncontent\nfirst never second @\nfirst\n",
	},
	{
		// Not more than fit into one message: the C server does not send a second one, and the C client
		// runs out of memory.
		name:   "large dump",
		server: holderRules + `exec s6-fdholder-daemon -1 -n 600 -i d s`,
		client: `i=0
set --
while test $i -lt 200; do
	set -- "$@" S6_FD_$i=0 S6_FDID_$i=id$i
	i=$((i+1))
done
env S6_FD#=200 "$@" s6-fdholder-setdump s <d/uid/self/allow
s6-fdholder-list s | wc -l
s6-fdholder-getdump s env | grep -c '^S6_FDID_'
`,
		want: "200\n200\n",
	},
	{
		name:   "sudo",
		server: `exec s6-ipcserver -1 s env SET= s6-sudod sh -c`,
		client: `export SET=client UNSET=client
echo input | s6-sudo s 'cat; echo "$0 $SET $UNSET"' 'an argument'
s6-sudo -t 60000 s 'exit 7'; echo $?
s6-sudo s 'kill -9 $$'; echo $?
`,
		want: "input\nan argument client \n7\n137\n",
	},
	{
		name:   "connection",
		server: `exec s6-ipcserver -1 s s6-ipcserver-access -v0 s6-connlimit tr a-z A-Z`,
		client: `echo hello | s6-ipcclient s s6-ioconnect`,
		want:   "HELLO\n",
	},
}

// TestInteropRules has each implementation use a ruleset the other has compiled.
func TestInteropRules(t *testing.T) {
	impl := interoptest.Implementations(t)
	for _, maker := range impl {
		for _, user := range impl {
			dir := t.TempDir()
			shell(t, dir, maker.Path, `mkdir -p d/uid/5/env d/gid/7
: >d/uid/5/allow; echo one >d/uid/5/env/A; : >d/uid/5/env/GONE; : >d/gid/7/deny
s6-accessrules-cdb-from-fs c d`)
			got := shell(t, dir, user.Path, `export PROTO=IPC IPCREMOTEEUID=5 IPCREMOTEEGID=7 GONE=x
s6-ipcserver-access -v0 -l x -x c sh -c 'echo $A $GONE'
export IPCREMOTEEUID=6
s6-ipcserver-access -v0 -l x -x c echo no || echo refused
s6-accessrules-fs-from-cdb e c
diff -r d e && echo same`)
			if want := "one\nrefused\nsame\n"; got != want {
				t.Errorf("compiled by %s, used by %s: %s", maker.Name, user.Name, strings.ReplaceAll(got, "\n", " / "))
			}
		}
	}
}
