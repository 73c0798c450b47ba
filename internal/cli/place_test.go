package cli

import (
	"testing"
)

func TestStateDir(t *testing.T) {
	for _, x := range []struct {
		name, flag, env, want string
	}{
		{"nothing is the working directory", "", "", ""},
		{"the flag", "/a", "", "/a"},
		{"systemd", "", "/var/lib/oneonone", "/var/lib/oneonone"},
		{"systemd with several", "", "/var/lib/one:/var/lib/two", "/var/lib/one"},
		{"the flag before systemd", "/a", "/b", "/a"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := &call{
				env:  Env{Getenv: func(name string) string { return map[string]string{"STATE_DIRECTORY": x.env}[name] }},
				opts: options{state: x.flag},
			}
			if got := c.stateDir(); got != x.want {
				t.Errorf("stateDir = %q, want %q", got, x.want)
			}
		})
	}
}
