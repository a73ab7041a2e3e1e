package runner

import (
	"fmt"

	"s6box/internal/chain"
	"s6box/internal/proc"
	"s6box/internal/sys"
	"s6box/rc/db"
	"s6box/rc/live"
)

// Scripts starts the scripts of oneshots out of the database in force, as the runner does: in its service
// directory, in a session of its own, with the service's name in RC_NAME.
type Scripts struct {
	Live *live.Dir
	Env  proc.Env
}

// Start starts the script of oneshot number for up, down or reload. pid is 0 where the outcome is known at
// once. stdio, unless nil, are the descriptors the script gets; they stay the caller's.
func (s *Scripts) Start(event string, number int, stdio *[3]int) (pid int, status proc.Status, err error) {
	compiled := s.Live.Path + "/" + live.Compiled
	name, argv, err := db.ReadScript(sys.AT, compiled, uint64(number), event)
	if err != nil {
		return 0, 0, fmt.Errorf("can't read the script: %w", err)
	}
	if len(argv) == 0 {
		return 0, 0, nil
	}
	env := s.Env.Set("RC_NAME", name)
	if event == "reload" {
		env = env.Set("RC_RELOAD", "1")
	}
	st := proc.New(env)
	defer st.Release()
	if stdio != nil {
		for n, fd := range stdio {
			if err := st.BorrowFD(n, fd); err != nil {
				return 0, 0, err
			}
		}
	}
	if err := st.Chdir(s.Live.Servicedir(db.OneshotRunner)); err != nil {
		return 0, 0, err
	}
	if err := st.Setsid(); err != nil {
		return 0, 0, err
	}
	return chain.StartRest(st, "s6-rc-oneshot-run", argv)
}
