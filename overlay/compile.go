package overlay

import (
	"strings"

	"s6box/internal/applet"
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
	from.Optional = true
	return from
}

// compile compiles the services of the container.
func (l *life) compile(settings Settings) (*compile.Result, error) {
	progress := func(verbosity int, text string) {
		if settings.Verbosity > verbosity {
			applet.Say(l.inv.Proc.Stderr(), "s6-rc-compile", "info", text)
		}
	}
	from := settings.sources()
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
		return nil, applet.Fatal(1, "the services in %s can't be compiled, see above", strings.Join(from.Services, " "))
	}
	return result, nil
}
