package app

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/cadence"
	"oneonone/internal/config"
	"oneonone/internal/engine"
)

// optionsOf are the engine's options for a configuration.
func optionsOf(t *testing.T, text string) engine.Options {
	t.Helper()
	cfg, err := config.Parse("oneonone.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	a := &App{o: Options{Config: cfg, Stored: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}}
	r, err := a.build(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return engineOptions(r)
}

// account is ann's, in the zone, "" for none.
func account(zone string) string {
	if zone != "" {
		zone = ", time_zone: " + zone
	}
	return "accounts:\n  - {name: ann, provider: caldav, url: https://dav.example.org/, username: ann, credential: ann, addresses: [ann@example.org]" + zone + "}\n"
}

func TestSuggestionsAreConfigured(t *testing.T) {
	o := optionsOf(t, `
moves: {max_gap: 21d}
cadence: {short: 15m, streak: 2, window: 5, long: 50m}
suggestions: {organizer: asks@example.org, weekly_status: true}
agenda: {kind: none}
`+account("Europe/Vienna"))
	want := cadence.Policy{Short: 15 * time.Minute, Streak: 2, Window: 5, Long: 50 * time.Minute, MaxGap: 21 * 24 * time.Hour}
	if diff := cmp.Diff(want, o.Cadence); diff != "" || o.SuggestFrom != "asks@example.org" || !o.WeeklyStatus || o.AgendaBase != "" {
		t.Errorf("from %q, weekly %v, agenda %q (-want +got):\n%s", o.SuggestFrom, o.WeeklyStatus, o.AgendaBase, diff)
	}
	o = optionsOf(t, account("Europe/Vienna"))
	if o.SuggestFrom != "oneonone@oneonone.invalid" || o.WeeklyStatus || o.Cadence.MaxGap != 14*24*time.Hour {
		t.Errorf("by default: from %q, weekly %v, %+v", o.SuggestFrom, o.WeeklyStatus, o.Cadence)
	}
}

// TestOnboardingEndsWithItsDay, in the zone of the person that is new.
func TestOnboardingEndsWithItsDay(t *testing.T) {
	for name, tc := range map[string]struct{ zone, person, want string }{
		"in the person's own zone":        {"Europe/Vienna", "addresses: [carl@partner.example], time_zone: America/New_York, ", "2026-03-09T00:00:00-04:00"},
		"in the zone of the account":      {"Asia/Kolkata", "addresses: [ann@example.org], ", "2026-03-09T00:00:00+05:30"},
		"in that of the first one":        {"Europe/Vienna", "addresses: [carl@partner.example], ", "2026-03-09T00:00:00+01:00"},
		"in UTC when nobody says another": {"", "addresses: [carl@partner.example], ", "2026-03-09T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			o := optionsOf(t, account(tc.zone)+"people:\n  - {"+tc.person+"onboarding: 2026-03-08, every: 6w}\n")
			if got := o.Contacts[0].Onboarding.Format(time.RFC3339); got != tc.want || o.Contacts[0].Every != 42*24*time.Hour {
				t.Errorf("until %s, want %s; every %v", got, tc.want, o.Contacts[0].Every)
			}
		})
	}
	if o := optionsOf(t, account("")+"people:\n  - {addresses: [carl@partner.example]}\n"); !o.Contacts[0].Onboarding.IsZero() || o.Contacts[0].Every != 0 {
		t.Errorf("of somebody who is not new: %+v", o.Contacts[0])
	}
}
