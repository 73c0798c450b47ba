package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendartest"
)

// TestCheckOfMeet: Google Meet is asked for accounts that say so, and whether it
// tells anything is told beside what the calendar says.
func TestCheckOfMeet(t *testing.T) {
	m := &mixed{TB: t, now: monday, g: calendartest.NewGoogle(calendartest.GoogleStyle{Clock: time.Now})}
	dir, text := t.TempDir(), "agenda: {kind: none}\naccounts:\n"
	for name, key := range map[string]string{"ann": "meet: true, ", "bob": "meet: true, ", "carl": ""} {
		secret := m.signUp(name)
		if name == "ann" {
			token := m.g.AccessToken(name+"@example.org", "calendar", "meetings.space.readonly")
			secret = regexp.MustCompile(`ya29[^"]*`).ReplaceAllString(secret, token)
		}
		text += "  - {name: " + name + ", provider: google, " + key + "credential: " + name + ", addresses: [" + name + "@example.org]}\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.App = open(t, Options{
		Config: parse(t, text), Credentials: dir, State: t.TempDir(), Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Transport: m,
	})
	for _, c := range m.Check(t.Context()) {
		if c.Err != nil || (c.Meet != nil) != (c.Account == "bob") {
			t.Errorf("%s: %v, %v", c.Account, c.Err, c.Meet)
		}
		if c.Meet != nil && !strings.Contains(c.Meet.Error(), `run "oneonone auth bob"`) {
			t.Errorf("told: %v", c.Meet)
		}
	}
	for _, a := range engineOptions(m.App.now.Load()).Accounts {
		if (a.Meet != nil) != (a.Name != "carl") {
			t.Errorf("%s: Meet is %v", a.Name, a.Meet)
		}
	}
}
