package ipc

import "s6box/internal/applet"

var cmdS6Connlimit = applet.Applet{
	Name:  "s6-connlimit",
	Usage: "prog...",
	Help: `Goes on with prog unless the client has too many connections already: the number in ${PROTO}CONNNUM has
reached the one in ${PROTO}CONNMAX. Without ${PROTO}CONNMAX there is no limit.

Exit codes: 1 too many connections, 100 a variable is missing or no number.

Example: s6-ipcserver /run/s.sock s6-env IPCCONNMAX=3 s6-connlimit server
`,
	Chain: runConnlimit,
}

func runConnlimit(inv *applet.Invocation) ([]string, error) {
	proto, ok := inv.Proc.Env.Get("PROTO")
	if !ok {
		return nil, applet.Fatal(applet.ExitUsage, "PROTO not set")
	}
	text, ok := inv.Proc.Env.Get(proto + "CONNMAX")
	if !ok {
		return inv.Args, nil
	}
	limit, ok := applet.ParseUint(text)
	if !ok {
		return nil, applet.Fatal(applet.ExitUsage, "invalid %sCONNMAX: %s", proto, text)
	}
	if text, ok = inv.Proc.Env.Get(proto + "CONNNUM"); !ok {
		return nil, applet.Fatal(applet.ExitUsage, "%sCONNNUM not set", proto)
	}
	n, ok := applet.ParseUint(text)
	if !ok {
		return nil, applet.Fatal(applet.ExitUsage, "invalid %sCONNNUM: %s", proto, text)
	}
	if n >= limit {
		return nil, applet.Fatal(1, "number of connections from this client limited to %d", limit)
	}
	return inv.Args, nil
}
