package execline

import (
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
)

var cmdPosixCd = applet.Applet{
	Name:  "posix-cd",
	Usage: "[ -L | -P ] [ - | path ] [ prog... ]",
	Help: `Changes the working directory as POSIX says of cd, sets PWD and OLDPWD, and executes prog... if there is one.
Without a path it goes to HOME; - is OLDPWD, and prints where it leads; a relative path is
looked for in the directories of CDPATH first.

  -L        .. goes back one component of the path as it is written (the default)
  -P        .. goes to the parent of the directory that links lead to

Exit codes: 100 wrong usage, 111 the directory can't be entered, else prog's.

Example: posix-cd -P /var/run/app server
`,
	Chain: runPosixCd,
}

func runPosixCd(inv *applet.Invocation) ([]string, error) {
	physical := false
	err := inv.Getopt("LP", func(opt byte, value string) error { physical = opt == 'P'; return nil })
	if err != nil {
		return nil, err
	}
	var prog []string
	if len(inv.Args) > 0 {
		prog = inv.Args[1:]
	}
	dir, say, err := destination(inv)
	if err != nil {
		return nil, err
	}
	if err := enter(inv, dir, physical); err != nil {
		return nil, err
	}
	if now, _ := inv.Proc.Env.Get("PWD"); say {
		if _, err := inv.Proc.Stdout().Write([]byte(now + "\n")); err != nil {
			return nil, applet.System(err, "write to stdout")
		}
	}
	return prog, nil
}

// destination is where to go, and whether to say so.
func destination(inv *applet.Invocation) (dir string, say bool, err error) {
	name := "HOME"
	if len(inv.Args) > 0 {
		switch inv.Args[0] {
		case "":
			return "", false, inv.UsageError()
		case "-":
			name, say = "OLDPWD", true
		default:
			dir = searchCDPATH(inv, inv.Args[0])
			return dir, dir != inv.Args[0], nil
		}
	}
	dir, _ = inv.Proc.Env.Get(name)
	if dir == "" {
		return "", false, applet.Fatal(applet.ExitUsage, "no %s environment variable", name)
	}
	return dir, say, nil
}

// searchCDPATH returns where a directory of CDPATH has dir, or dir itself.
func searchCDPATH(inv *applet.Invocation, dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	if first == "" || first == "." || first == ".." {
		return dir
	}
	list, _ := inv.Proc.Env.Get("CDPATH")
	for _, parent := range strings.Split(list, ":") {
		name := dir
		if parent != "" {
			name = strings.TrimSuffix(parent, "/") + "/" + dir
		}
		if isDirectory(inv, name) == nil {
			return name
		}
	}
	return dir
}

// enter changes the directory and the variables that tell of it.
func enter(inv *applet.Invocation, dir string, physical bool) error {
	env := &inv.Proc.Env
	old, hadOld := workingDir(inv)
	now := dir
	if !physical {
		if !strings.HasPrefix(dir, "/") && hadOld {
			now = old + "/" + dir
		}
		var err error
		if now, err = canonical(inv, now); err != nil {
			return err
		}
	}
	if err := inv.Proc.Chdir(now); err != nil {
		return applet.System(err, "chdir to %s", dir)
	}
	if physical || !strings.HasPrefix(now, "/") {
		real, err := inv.Proc.Getwd()
		if err != nil {
			return applet.System(err, "getcwd")
		}
		now = real
	}
	if hadOld {
		*env = env.Set("OLDPWD", old)
	}
	*env = env.Set("PWD", now)
	return nil
}

// canonical removes . and .. from a path; what .. goes back from must be a directory.
func canonical(inv *applet.Invocation, name string) (string, error) {
	for i := 0; i < len(name); {
		next := strings.Index(name[i:], "/..")
		if next < 0 {
			break
		}
		i += next
		if rest := name[i+3:]; i > 0 && (rest == "" || rest[0] == '/') {
			if err := isDirectory(inv, name[:i]); err != nil {
				return "", applet.System(err, "canonicalize %s: problem with %s", name, name[:i])
			}
		}
		i += 3
	}
	return path.Clean(name), nil
}

func isDirectory(inv *applet.Invocation, name string) error {
	var st unix.Stat_t
	file, err := inv.Proc.Path(name)
	if err == nil {
		err = unix.Stat(file, &st)
	}
	if err == nil && st.Mode&unix.S_IFMT != unix.S_IFDIR {
		err = unix.ENOTDIR
	}
	return err
}

// workingDir is PWD if it names the working directory, else the path the system gives it.
func workingDir(inv *applet.Invocation) (string, bool) {
	pwd, _ := inv.Proc.Env.Get("PWD")
	real, err := inv.Proc.Getwd()
	if strings.HasPrefix(pwd, "/") && path.Clean(pwd) == pwd {
		var a, b unix.Stat_t
		if err == nil && unix.Stat(pwd, &a) == nil && unix.Stat(real, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino {
			return pwd, true
		}
	}
	return real, err == nil
}
