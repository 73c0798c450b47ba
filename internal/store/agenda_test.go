package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
)

// token is a well-formed token that ends in name.
func token(name string) string { return strings.Repeat("x", 22-min(len(name), 21)) + name }

func giving(token string) func() (string, error) {
	return func() (string, error) { return token, nil }
}

func TestEnsureAgenda(t *testing.T) {
	broken := func() (string, error) { return "", errors.New("no randomness") }
	each(t, func(t *testing.T, db *DB) {
		for _, c := range []struct {
			name, pair, adopt string
			newToken          func() (string, error)
			want              string // "" for an error
		}{
			{"a new one", "ann|bob", "", giving(token("bob")), token("bob")},
			{"for ever the same", "ann|bob", "", broken, token("bob")},
			{"adopted from the event", "ann|carl", token("carl"), broken, token("carl")},
			{"not that of another pair", "ann|dora", token("carl"), giving(token("dora")), token("dora")},
			{"too short", "ann|e", "short", giving(token("e")), token("e")},
			{"not base64url", "ann|f", token("f+/="), giving(token("f")), token("f")},
			{"too long", "ann|g", strings.Repeat("g", 129), giving(token("g")), token("g")},
			{"no randomness", "ann|h", "", broken, ""},
			{"a bad new one", "ann|i", "", giving("1234"), ""},
			{"a new one that is taken", "ann|j", "", giving(token("bob")), ""},
			{"after failures", "ann|j", "", giving(token("j")), token("j")},
			{"another one on its events", "ann|bob", token("else"), broken, token("else")},
			{"another pair's on its events", "ann|bob", token("carl"), broken, token("else")},
		} {
			got, err := db.EnsureAgenda(t.Context(), c.pair, c.adopt, c.newToken)
			if got != c.want || (err != nil) != (c.want == "") {
				t.Errorf("%s: EnsureAgenda = %q, %v, want %q", c.name, got, err, c.want)
			}
		}
	})
}

func TestEnsureAgendaRace(t *testing.T) {
	db := fresh(t)
	var wg sync.WaitGroup
	got := make([]string, 16)
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = db.EnsureAgenda(context.Background(), "ann|bob", "", giving(token(fmt.Sprint(i)))); err != nil {
				t.Errorf("EnsureAgenda: %v", err)
			}
		})
	}
	wg.Wait()
	for _, g := range got {
		if g == "" || g != got[0] {
			t.Fatalf("the same pair was given the tokens %q", got)
		}
	}
}

func TestAgendaFacts(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		a := Agenda{
			Pair: "ann|bob", Token: "not mine to say", Names: [2]string{"Ann", "Bob"},
			Addresses: [2]string{"ann@example.org", "bob@example.org"}, Organizer: "ann@example.org", Relation: calendar.Report,
			NextStart: t0, NextEnd: t0.Add(30 * time.Minute), Zone: "Europe/Vienna", Held: 12, PreviousAt: t0.AddDate(0, 0, -7),
		}
		if err := db.PutAgendaFacts(t.Context(), a); err == nil {
			t.Error("facts were stored for a pair without an agenda")
		}
		for _, pair := range []string{"ann|bob", "ann|carl"} {
			if _, err := db.EnsureAgenda(t.Context(), pair, "", giving(token(pair[4:]))); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.PutAgendaFacts(t.Context(), a); err != nil {
			t.Fatalf("PutAgendaFacts: %v", err)
		}
		a.Token = token("bob")
		got, found, err := db.AgendaByToken(t.Context(), a.Token)
		if diff := cmp.Diff(a, got); err != nil || !found || diff != "" {
			t.Errorf("AgendaByToken = found %v, %v (-want +got):\n%s", found, err, diff)
		}
		for _, wrong := range []string{"", "x", token("eve"), strings.ToUpper(a.Token), a.Token + "' OR ''='", a.Token + "\x00"} {
			if _, found, err := db.AgendaByToken(t.Context(), wrong); err != nil || found {
				t.Errorf("AgendaByToken(%q) = found %v, %v", wrong, found, err)
			}
		}
	})
}

func TestAccountStatus(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		want := []AccountStatus{
			{Account: ann, LastPull: t0, LastPass: t0.Add(time.Second), NextTry: t0.Add(time.Minute)},
			{Account: "bob", Failing: "the server refused the user name or password", FailingSince: t0, Failures: 3},
		}
		puts := append([]AccountStatus{{Account: ann, Failing: "old news", Failures: 1}}, want...)
		for _, s := range puts {
			if err := db.PutAccountStatus(t.Context(), s); err != nil {
				t.Fatalf("PutAccountStatus: %v", err)
			}
		}
		got, err := db.AccountStatuses(t.Context())
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("AccountStatuses: %v (-want +got):\n%s", err, diff)
		}
	})
}
