package google

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/calendartest"
)

// TestConformance runs the suite of calendar.Provider over the fake Google,
// with each way in which Google might behave.
func TestConformance(t *testing.T) {
	for name, style := range map[string]calendartest.GoogleStyle{
		"as documented":            {},
		"small pages":              {Page: 3},
		"masters keep their ETag":  {SteadyMaster: true},
		"ids nobody can read":      {OpaqueIDs: true},
		"every patch is a change":  {TouchAlways: true},
		"masters reach exceptions": {Inherit: true},
		"attachments are refused":  {RefuseAttachments: true},
		"a guest's write diverges": {Guest: calendartest.GuestDiverges},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calendartest.Suite(t, func(t *testing.T) calendartest.Fixture { return fixture(t, style) }, synctest.Test)
		})
	}
}

// fixture is a Google of its own, on which alice signs in.
func fixture(t *testing.T, style calendartest.GoogleStyle) calendartest.Fixture {
	t.Helper()
	const alice, bob = "alice@example.org", "bob@example.org"
	// Every change needs a time of its own, but no test needs the real one.
	at := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	style.Clock = func() time.Time { at = at.Add(time.Second); return at }
	g := calendartest.NewGoogle(style)
	for email, name := range map[string]string{alice: "Alice", bob: "Bob, B."} {
		g.AddUser(calendartest.GoogleUser{Email: email, Name: name, Zone: "Europe/Vienna"})
	}
	t.Cleanup(func() {
		for _, v := range g.Violations() {
			t.Error(v)
		}
	})
	c, err := New(Options{
		Account: "alice", Credential: userFile(t, g.AccessToken(alice), g.RefreshToken(alice)),
		UserAgent: "oneonone/test", Transport: g.Transport(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	lose := func() { g.Script(calendartest.Fault{Method: calendartest.Writes, Nth: 1, Do: calendartest.CutAfter}) }
	return calendartest.Fixture{
		Provider: c, Account: g.Account(alice), Zone: zoneVienna, Self: []string{alice}, Writes: g.Writes, Delivers: true, LoseAnswer: lose,
	}
}
