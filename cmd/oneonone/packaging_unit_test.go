package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"oneonone/internal/cli"
)

// directives returns what the unit says, by key.
func directives(t *testing.T) map[string][]string {
	t.Helper()
	said := map[string][]string{}
	for line := range strings.Lines(read(t, "systemd/oneonone.service")) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(key, "#") {
			said[key] = append(said[key], value)
		}
	}
	return said
}

func TestUnitAgreesWithTheProgram(t *testing.T) {
	said := directives(t)
	for key, want := range map[string]string{
		"Type":                     "notify",
		"NotifyAccess":             "main",
		"DynamicUser":              "yes",
		"StateDirectory":           "oneonone",
		"ConfigurationDirectory":   "oneonone",
		"LoadCredential":           "oneonone:/etc/oneonone/credentials",
		"Restart":                  "on-failure",
		"RestartPreventExitStatus": strconv.Itoa(cli.Config),
		"ExecStart":                "/usr/local/bin/oneonone run --config /etc/oneonone/oneonone.yaml",
		"ExecReload":               "/bin/kill -HUP $MAINPID",
	} {
		if got := said[key]; !slices.Equal(got, []string{want}) {
			t.Errorf("the unit has %s=%q, want %q", key, got, want)
		}
	}
	for key, values := range said {
		if len(values) > 1 && key != "SystemCallFilter" && key != "After" {
			t.Errorf("the unit has %s= %d times; the last one may not be all that counts", key, len(values))
		}
	}
}

// The program looks twice per WatchdogSec= whether it got on; so the longest
// step may take half of it.
func TestUnitIsMorePatientThanTheEngine(t *testing.T) {
	said := directives(t)
	for _, c := range []struct {
		key, pkg, constant string
		steps              time.Duration
	}{
		{"WatchdogSec", "caldav", "bulkLimit", 2},
		{"TimeoutStopSec", "engine", "writeTimeout", 2},
	} {
		patience, least := unitDuration(t, said[c.key]), c.steps*durationIn(t, c.pkg, c.constant)
		if patience < least {
			t.Errorf("%s= is %v, which is less than %d times %s of %s: %v", c.key, patience, c.steps, c.constant, c.pkg, least)
		}
	}
}

func unitDuration(t *testing.T, values []string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(strings.Replace(strings.Join(values, " "), "min", "m", 1))
	if err != nil {
		t.Fatalf("a duration of the unit: %v", err)
	}
	return d
}

// durationIn reads a constant of a package from its text, because other
// packages cannot see it.
func durationIn(t *testing.T, pkg, name string) time.Duration {
	t.Helper()
	file := map[string]string{"engine": "internal/engine/pull.go", "caldav": "internal/caldav/request.go"}[pkg]
	m := regexp.MustCompile(`(?m)^\s*` + name + `\s*=\s*(\d+) \* time\.(Second|Minute)$`).FindStringSubmatch(read(t, file))
	if m == nil {
		t.Fatalf("%s has no %s that this test can find", pkg, name)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n) * map[string]time.Duration{"Second": time.Second, "Minute": time.Minute}[m[2]]
}
