package overlay

import (
	"strings"

	"golang.org/x/sys/unix"

	"s6box/internal/applet"
	"s6box/internal/sys"
	"s6box/overlay/image"
	"s6box/rc/compile"
	"s6box/rc/source"
)

// sources are the directories that the services of the container are defined in.
func (s Settings) sources() image.Sources {
	from := image.At("")
	if s.Profile != "" {
		base := "/etc/cont-profile.d/" + s.Profile + "/s6-overlay"
		from.Services, from.Bundles = []string{base + "/s6-rc.d"}, []string{base + "/user-bundles.d"}
	}
	if s.BundleDir != "" {
		from.Bundles = []string{s.BundleDir}
	}
	from.Optional = s.Profile == ""
	return from
}

// noBundles is the error that a directory of user bundles which is asked for is not there. Where those are defined in the
// place they once had, it is not needed, and a warning is enough.
func (l *life) noBundles(s Settings, services string) error {
	if s.BundleDir == "" {
		return nil
	}
	fd, err := sys.Open(sys.AT, s.BundleDir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err == nil {
		unix.Close(fd)
		return nil
	}
	const text = "unable to opendir %s: %s (S6_RUNTIME_BUNDLEDIR says that user bundles are defined there)"
	if old, _ := sys.Exists(sys.AT, services+"/user"); old {
		l.warn(text, s.BundleDir, applet.Reason(err))
		return nil
	}
	return applet.Fatal(1, text, s.BundleDir, applet.Reason(err))
}

// compile compiles the services of the container.
func (l *life) compile(settings Settings) (*compile.Result, error) {
	progress := func(verbosity int, text string) {
		if settings.Verbosity > verbosity {
			applet.Say(l.inv.Proc.Stderr(), "s6-rc-compile", "info", text)
		}
	}
	from := settings.sources()
	if problem := l.noBundles(settings, from.Services[0]); problem != nil {
		return nil, problem
	}
	defs, problems := from.Read(progress)
	result := compile.Compile(defs, compile.Options{Bindir: "/command", Progress: progress})
	problems = append(problems, result.Problems...)
	for _, p := range problems {
		level := [...]string{source.Notice: "info", source.Warning: "warning", source.Fatal: "fatal", source.System: "fatal"}[p.Severity]
		if p.Severity >= source.Fatal || settings.Verbosity >= 1 {
			applet.Say(l.inv.Proc.Stderr(), "s6-rc-compile", level, p.String())
		}
	}
	if source.Failed(problems) {
		asked := ""
		if settings.Profile != "" {
			asked = " (S6_RUNTIME_PROFILE is " + settings.Profile + ")"
		}
		return nil, applet.Fatal(1, "the services in %s can't be compiled, see above%s", strings.Join(from.Services, " "), asked)
	}
	return result, nil
}
