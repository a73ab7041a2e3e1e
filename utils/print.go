package utils

import "s6box/internal/applet"

// print writes text to stdout.
func print(inv *applet.Invocation, text string) error {
	if text == "" {
		return nil
	}
	if _, err := inv.Proc.Stdout().Write([]byte(text)); err != nil {
		return applet.System(err, "write to stdout")
	}
	return nil
}
