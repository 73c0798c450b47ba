package caldav

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
)

func TestCalendars(t *testing.T) {
	privileges := func(names ...string) string {
		s := "<d:current-user-privilege-set>"
		for _, n := range names {
			s += "<d:privilege><d:" + n + "/></d:privilege>"
		}
		return s + "</d:current-user-privilege-set>"
	}
	const zone = "<c:calendar-timezone>BEGIN:VCALENDAR&#13;\nBEGIN:VTIMEZONE&#13;\nTZID:/x.org/Europe/Vienna&#13;\nEND:VTIMEZONE&#13;\nEND:VCALENDAR</c:calendar-timezone>"
	home := []string{
		found("/h/", aCollection),
		found("/h/work/", aCalendar+"<d:displayname>Work &amp; more</d:displayname>"+zone+privileges("read", "write")),
		found("/h/na%20med/", aCalendar+privileges("read", "write-content")+
			`<c:supported-calendar-component-set><c:comp name="VTODO"/><c:comp name="VEVENT"/></c:supported-calendar-component-set>`),
		found("/h/read/", aCalendar+"<d:displayname>Read</d:displayname>"+privileges("read", "write-properties")),
		found("/h/tasks/", aCalendar+`<c:supported-calendar-component-set><c:comp name="VTODO"/></c:supported-calendar-component-set>`),
		found("/h/feed/", `<d:resourcetype><d:collection/><c:calendar/><cs:subscribed/></d:resourcetype>`),
		found("/h/trash/", `<d:resourcetype><d:collection/><c:calendar/><n:trash-bin xmlns:n="http://nextcloud.com/ns"/></d:resourcetype>`),
		found("/h/inbox/", `<d:resourcetype><d:collection/><c:schedule-inbox/></d:resourcetype><c:schedule-default-calendar-URL><d:href>/h/na%20med</d:href></c:schedule-default-calendar-URL>`),
		found("/h/outbox/", `<d:resourcetype><d:collection/><c:schedule-outbox/></d:resourcetype>`),
		found("/h/contacts/", aCollection),
		failing("/h/secret/", "403 Forbidden"),
	}
	s := &site{at: map[string]http.HandlerFunc{
		"dav.example.org/":   items(found("/", principalAt("/p/"))),
		"dav.example.org/p/": items(found("/p/", homeAt("/h/"))),
		"dav.example.org/h/": items(home...),
	}}
	got, err := clientOf(t, s, "https://dav.example.org").Calendars(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := []calendar.Calendar{
		{ID: "https://dav.example.org/h/work/", Name: "Work & more", Zone: vienna, Writable: true},
		{ID: "https://dav.example.org/h/na%20med/", Name: "na med", Default: true, Writable: true},
		{ID: "https://dav.example.org/h/read/", Name: "Read"},
	}
	sameZone := cmp.Transformer("zone", func(c calendar.Calendar) map[string]any {
		z := ""
		if c.Zone != nil {
			z = c.Zone.String()
		}
		return map[string]any{"id": c.ID, "name": c.Name, "zone": z, "default": c.Default, "writable": c.Writable, "delivers": c.Delivers}
	})
	if diff := cmp.Diff(want, got, sameZone); diff != "" {
		t.Errorf("Calendars() (-want +got):\n%s", diff)
	}
}

func TestDelivers(t *testing.T) {
	const outbox = "<c:schedule-outbox-URL><d:href>/h/outbox/</d:href></c:schedule-outbox-URL>"
	for _, tc := range []struct {
		name, principal, dav, options string
		want                          bool
	}{
		{"said with PROPFIND", outbox, "1, calendar-access, calendar-auto-schedule", "", true},
		{"said with OPTIONS", outbox, "", "1,calendar-auto-schedule", true},
		{"said nowhere", outbox, "1, calendar-access", "1, calendar-schedule", false},
		{"no outbox", "", "calendar-auto-schedule", "calendar-auto-schedule", false},
		{"Xandikos", outbox, "calendar-auto-scheduling", "1, calendar-auto-scheduling", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &site{at: map[string]http.HandlerFunc{
				"dav.example.org/": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("DAV", tc.dav)
					items(found("/", homeAt("/h/")+tc.principal))(w, r)
				},
				"dav.example.org/h/": func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodOptions {
						w.Header().Set("DAV", tc.options)
						return
					}
					items(found("/h/work/", aCalendar))(w, r)
				},
			}}
			got, err := clientOf(t, s, "https://dav.example.org").Calendars(ctx)
			if err != nil || len(got) != 1 || got[0].Delivers != tc.want {
				t.Errorf("Calendars() = %+v, %v, want one that delivers: %v", got, err, tc.want)
			}
		})
	}
}

// TestMovedHome: what discovery found is kept, and found again when the server
// no longer knows it.
func TestMovedHome(t *testing.T) {
	home := "/h1/"
	s := &site{at: map[string]http.HandlerFunc{
		"dav.example.org/":    func(w http.ResponseWriter, r *http.Request) { items(found("/", homeAt(home)))(w, r) },
		"dav.example.org/h1/": items(found("/h1/work/", aCalendar)),
	}}
	c := clientOf(t, s, "https://dav.example.org")
	for range 2 {
		if got, err := c.Calendars(ctx); err != nil || len(got) != 1 {
			t.Fatalf("Calendars() = %v, %v", got, err)
		}
	}
	if got := strings.Join(s.seen, ", "); got != "PROPFIND dav.example.org/, PROPFIND dav.example.org/h1/, PROPFIND dav.example.org/h1/" {
		t.Errorf("requests: %s", got)
	}
	s.at["dav.example.org/h2/"], home = s.at["dav.example.org/h1/"], "/h2/"
	delete(s.at, "dav.example.org/h1/")
	s.at["dav.example.org/h2/"] = items(found("/h2/work/", aCalendar))
	got, err := c.Calendars(ctx)
	if err != nil || len(got) != 1 || got[0].ID != "https://dav.example.org/h2/work/" {
		t.Errorf("after the move, Calendars() = %v, %v", got, err)
	}
}
