package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"oneonone/internal/calendartest"
)

// TestAgendasAsDocuments: a pair whose organizer is on Google has a document,
// linked in both calendars, and others have a page where there are any.
func TestAgendasAsDocuments(t *testing.T) {
	for name, c := range map[string]struct {
		agenda   string
		onGoogle []string
		link     string
		docs     int
	}{
		"both on Google":            {"{kind: google}", []string{"ann", "bob"}, "https://docs.google.com/document/d/", 1},
		"the organizer on Google":   {"{kind: google, url: https://agenda.example.org}", []string{"ann"}, "https://docs.google.com/document/d/", 1},
		"the other one on Google":   {"{kind: google, url: https://agenda.example.org}", []string{"bob"}, "", 0}, // whose copy nobody here may write
		"both on Google with pages": {"{url: https://agenda.example.org}", []string{"ann", "bob"}, "https://agenda.example.org/a/", 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMixedWith(t, c.agenda, c.onGoogle...)
			if !slices.Contains(c.onGoogle, "bob") { // He has an account there all the same, and can be let in.
				m.g.AddUser(calendartest.GoogleUser{Email: "bob@example.org", Zone: "Europe/Vienna"})
			}
			for range 3 {
				m.pass()
			}
			if n := len(m.g.Docs("ann@example.org")); n != c.docs {
				t.Errorf("Ann has %d documents, want %d", n, c.docs)
			}
			pages := engineOptions(m.App.now.Load()).AgendaBase
			if want := strings.Contains(c.agenda, "url"); (pages != "") != want {
				t.Errorf("the pages are at %q", pages)
			}
			look, err := m.Engine().LookStored(t.Context(), m.now)
			if err != nil {
				t.Fatal(err)
			}
			if len(look.Items) == 0 {
				t.Fatal("no meeting is looked after")
			}
			for _, it := range look.Items {
				if !strings.HasPrefix(it.Link, c.link) {
					t.Errorf("the link of %v is %q, want %s…", it.Span, it.Link, c.link)
				}
			}
		})
	}
}

// TestCheckOfDocuments: what is missing for documents is told beside what the
// calendar says, and keeps nothing else from working.
func TestCheckOfDocuments(t *testing.T) {
	m := newMixedWith(t, "{kind: google}", "ann", "bob")
	for _, c := range m.Check(t.Context()) {
		if c.Err != nil || c.Agenda != nil {
			t.Errorf("%s: %v, %v", c.Account, c.Err, c.Agenda)
		}
	}
	m.g.Script(calendartest.Fault{Match: func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/v1/") }, Do: calendartest.Answer, Status: 403, Reason: "SERVICE_DISABLED"})
	for _, c := range m.Check(t.Context()) {
		if c.Err != nil || c.Agenda == nil || !strings.Contains(c.Agenda.Error(), "Google Docs API") {
			t.Errorf("%s: %v, %v", c.Account, c.Err, c.Agenda)
		}
	}
}
