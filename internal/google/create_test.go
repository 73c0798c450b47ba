package google

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/span"
)

// rich is weekly with all that a series can have.
const rich = `{"id":"rich000001","iCalUID":"rich@example.org","summary":"Ann / Bob","description":"Bring <b>the</b> plan.","location":"Room 5",
	"start":{"dateTime":"2026-11-03T10:00:00+01:00","timeZone":"Europe/Vienna"},
	"end":{"dateTime":"2026-11-03T10:30:00+01:00","timeZone":"Europe/Vienna"},
	"recurrence":["RRULE:FREQ=WEEKLY;BYDAY=TU"],"colorId":"7","visibility":"private","transparency":"opaque","guestsCanModify":true,"guestsCanInviteOthers":false,
	"reminders":{"useDefault":false,"overrides":[{"method":"popup","minutes":0},{"method":"email","minutes":60}]},
	"attendees":[{"email":"ann@example.org","responseStatus":"accepted"},{"email":"bob@example.org","responseStatus":"accepted","optional":true,"comment":"Late"},
		{"email":"room5@example.org","resource":true,"responseStatus":"accepted"}],
	"conferenceData":{"createRequest":{"requestId":"old"}},
	"attachments":[{"fileUrl":"https://drive.google.com/open?id=1","title":"Plan","mimeType":"application/pdf"}],
	"extendedProperties":{"shared":{"theirs":"stays","oneononeAgenda":"https://agenda.example.org/p/1"},"private":{"mine":"is about this event"}}}`

// third is an ordinary occurrence of weekly, like second.
func third() time.Time { return vienna(17, 10, 0) }

// goingOn is a draft of the series that goes on from id every two weeks from
// the second occurrence on, with the exceptions that are given.
func (d *desk) goingOn(t *testing.T, id string, carry ...calendar.Carried) calendar.Draft {
	t.Helper()
	old := d.base(t, id)
	draft := calendar.Draft{
		Calendar: ann, ID: "goeson0001", Like: []calendar.Resource{old}, After: d.parse(t, old).UID, Carry: carry,
		Start: second(), End: second().Add(45 * time.Minute), RRule: "FREQ=WEEKLY;INTERVAL=2", ExDates: []time.Time{vienna(10, 10, 0).AddDate(0, 0, 28)},
		Notify: true, Now: now, Self: []string{ann},
	}
	for _, c := range carry {
		x, ok := d.g.Instance(ann, id, c.From)
		if !ok {
			t.Fatalf("there is no occurrence at %v", c.From)
		}
		draft.Like = append(draft.Like, d.base(t, x))
	}
	return draft
}

// dragTo moves an occurrence of a series as a person, and returns its id.
func (d *desk) dragTo(t *testing.T, series string, original time.Time, to span.Span) string {
	t.Helper()
	id, ok := d.g.Instance(ann, series, original)
	if !ok || !d.g.Drag(ann, id, to) {
		t.Fatalf("there is no occurrence at %v", original)
	}
	return id
}

// thirdGoesAlong is what becomes of the third occurrence, which stands on Wednesday.
func thirdGoesAlong() calendar.Carried {
	return calendar.Carried{From: third(), To: vienna(24, 10, 0), Span: span.Of(vienna(18, 14, 0), time.Hour)}
}

func TestR29AllGoesAlong(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.AddUser(calendartest.GoogleUser{Email: "room5@example.org", Room: true})
	d.g.Put(ann, rich)
	draft := d.goingOn(t, "rich000001")
	old := d.stored(t, ann, "rich000001")
	if _, err := d.Create(context.Background(), draft); err != nil {
		t.Fatal(err)
	}
	e := d.stored(t, ann, draft.ID)
	for _, same := range []string{"summary", "description", "location", "colorId", "visibility", "guestsCanModify", "guestsCanInviteOthers", "reminders", "attachments"} {
		if diff := cmp.Diff(old[same], e[same]); diff != "" || e[same] == nil {
			t.Errorf("%s: %s", same, diff)
		}
	}
	if e["hangoutLink"] == nil || e["hangoutLink"] == old["hangoutLink"] || old["hangoutLink"] == nil {
		t.Errorf("the Meet was %v and is %v", old["hangoutLink"], e["hangoutLink"])
	}
	if diff := cmp.Diff([]any{"EXDATE;TZID=Europe/Vienna:20261208T100000", "RRULE:FREQ=WEEKLY;INTERVAL=2"}, sorted(e["recurrence"])); diff != "" {
		t.Error(diff)
	}
	want := map[string]any{"shared": map[string]any{
		"theirs": "stays", "oneononeAgenda": "https://agenda.example.org/p/1", "oneononeMade": draft.ID, "oneononeAfter": "rich@example.org",
	}}
	if diff := cmp.Diff(want, e["extendedProperties"]); diff != "" {
		t.Error(diff)
	}
	text, _ := json.Marshal(e["attendees"])
	for _, part := range []string{`"email":"bob@example.org","optional":true,"responseStatus":"needsAction"`, `"resource":true`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("no %s among the guests %s", part, text)
		}
	}
	if _, ok := d.g.Event(bob, draft.ID); !ok || !slices.ContainsFunc(d.g.Mails(), func(m calendartest.GoogleMail) bool { return m.Event == draft.ID && m.To == bob }) {
		t.Errorf("bob is not invited: %v", d.g.Mails())
	}
}

func sorted(v any) []any {
	list, _ := v.([]any)
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	return list
}

// A conference of another maker is not Google's to make: it is taken along.
func TestR29OtherConferencesGoAlong(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	draft := d.goingOn(t, "weekly0001")
	draft.Like[0].Data = []byte(strings.Replace(string(draft.Like[0].Data), "{", `{"conferenceData":{"conferenceId":"z1","signature":"s",
		"conferenceSolution":{"key":{"type":"addOn"},"name":"Zoom"},"entryPoints":[{"entryPointType":"video","uri":"https://zoom.example/1"}]},`, 1))
	e, err := draftOf(draft)
	if err != nil || e.ConferenceData.Signature != "s" || e.ConferenceData.EntryPoints[0].Uri != "https://zoom.example/1" || e.ConferenceData.CreateRequest != nil {
		t.Errorf("%+v, %v", e.ConferenceData, err)
	}
}

// Whatever breaks while exceptions go along: the next call completes it, once.
func TestR29CreateIsCompleted(t *testing.T) {
	for name, fault := range map[string]calendartest.Fault{
		"insert lost":        {Method: http.MethodPost, Do: calendartest.CutAfter},
		"insert not made":    {Method: http.MethodPost, Do: calendartest.CutBefore},
		"insert twice":       {Method: http.MethodPost, Do: calendartest.Twice},
		"exception lost":     {Method: http.MethodPatch, Do: calendartest.CutAfter},
		"exception not made": {Method: http.MethodPatch, Do: calendartest.CutBefore},
		"exception refused":  {Method: http.MethodPatch, Do: calendartest.Answer, Status: 503, Reason: "backendError"},
	} {
		inTime(t, name, func(t *testing.T) {
			d := newDesk(t, calendartest.GoogleStyle{})
			d.g.Put(ann, weekly)
			id := d.dragTo(t, "weekly0001", third(), thirdGoesAlong().Span)
			d.g.Edit(ann, id, `{"summary":"Ann / Bob (long)","description":"Only this time.","location":null,"attachments":[]}`)
			draft := d.goingOn(t, "weekly0001", thirdGoesAlong())
			fault.Nth = 1
			d.g.Script(fault)
			if _, err := d.Create(context.Background(), draft); err != nil && !errors.Is(err, calendar.ErrUnknown) {
				t.Errorf("Create: %v", err)
			}
			r, err := d.Create(context.Background(), draft)
			if err != nil {
				t.Fatalf("Create again: %v", err)
			}
			x, _ := d.g.Instance(ann, draft.ID, thirdGoesAlong().To)
			e := d.parse(t, d.base(t, x))
			if !e.Span().Equal(thirdGoesAlong().Span) || e.Title != "Ann / Bob (long)" || e.Description != "Only this time." || e.After != "" {
				t.Errorf("what went along is %+v", e)
			}
			before := d.g.Writes()
			if again, err := d.Create(context.Background(), draft); err != nil || again.ETag != r.ETag || d.g.Writes() != before {
				t.Errorf("once more: %s, %v, %d writes", again.ETag, err, d.g.Writes()-before)
			}
			for _, m := range d.g.Mails() {
				if m.Event == x {
					t.Errorf("a mail about what went along: %+v", m)
				}
			}
		})
	}
}

// R13: what a person did to a meeting that went along stays.
func TestR13CarriedMeetingsBelongToPeople(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	d.dragTo(t, "weekly0001", third(), thirdGoesAlong().Span)
	draft := d.goingOn(t, "weekly0001", thirdGoesAlong())
	d.g.Script(calendartest.Fault{Method: http.MethodPatch, Nth: 1, Do: calendartest.CutBefore})
	if _, err := d.Create(context.Background(), draft); !errors.Is(err, calendar.ErrUnknown) {
		t.Fatalf("Create: %v", err)
	}
	to := span.Of(vienna(25, 9, 0), 30*time.Minute)
	id := d.dragTo(t, draft.ID, thirdGoesAlong().To, to)
	if _, err := d.Create(context.Background(), draft); err != nil {
		t.Fatal(err)
	}
	if e := d.parse(t, d.base(t, id)); !e.Span().Equal(to) {
		t.Errorf("it stands at %v", e.Span())
	}
}

// What cannot be made whole is not made at all.
func TestCreateRefuses(t *testing.T) {
	for name, spoil := range map[string]func(d *desk, draft *calendar.Draft){
		"a guest's copy":                 func(_ *desk, draft *calendar.Draft) { draft.Copy = true },
		"an id nobody can have":          func(_ *desk, draft *calendar.Draft) { draft.ID = "WXYZ-1" },
		"no length":                      func(_ *desk, draft *calendar.Draft) { draft.End = draft.Start },
		"a rule that makes no sense":     func(_ *desk, draft *calendar.Draft) { draft.RRule = "FREQ=OFTEN" },
		"no series to go on from":        func(_ *desk, draft *calendar.Draft) { draft.Like = draft.Like[1:] },
		"an exception that is not there": func(_ *desk, draft *calendar.Draft) { draft.Like = draft.Like[:1] },
		"an exception without a place":   func(_ *desk, draft *calendar.Draft) { draft.Carry[0].To = vienna(23, 10, 0) },
		"days from times":                func(_ *desk, draft *calendar.Draft) { draft.AllDay = true },
		"a zone without a name": func(_ *desk, draft *calendar.Draft) {
			draft.Start, draft.End = draft.Start.In(time.FixedZone("", 3600)), draft.End.In(time.FixedZone("", 3600))
		},
		"a third guest on one occurrence": func(_ *desk, draft *calendar.Draft) {
			draft.Like[1].Data = []byte(strings.Replace(string(draft.Like[1].Data), `"attendees":[`, `"attendees":[{"email":"eve@example.org"},`, 1))
		},
		"somebody else's series": func(_ *desk, draft *calendar.Draft) {
			draft.Like[0].Data = []byte(strings.Replace(string(draft.Like[0].Data), `"self":true}`, `"self":false}`, -1))
		},
		"the id of an event that was deleted": func(d *desk, draft *calendar.Draft) {
			d.g.Put(ann, strings.Replace(lunch, "lunch00001", draft.ID, 1))
			d.g.Delete(ann, draft.ID)
		},
	} {
		inTime(t, name, func(t *testing.T) {
			d := newDesk(t, calendartest.GoogleStyle{})
			d.g.Put(ann, weekly)
			d.dragTo(t, "weekly0001", third(), thirdGoesAlong().Span)
			draft := d.goingOn(t, "weekly0001", thirdGoesAlong())
			spoil(d, &draft)
			before := d.g.Snapshot()
			if _, err := d.Create(context.Background(), draft); !errors.Is(err, calendar.ErrRefused) {
				t.Errorf("Create: %v, want ErrRefused", err)
			}
			if diff := cmp.Diff(before, d.g.Snapshot()); diff != "" || d.g.Writes() > 0 {
				t.Errorf("%d writes: %s", d.g.Writes(), diff)
			}
		})
	}
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	d.g.Put(ann, strings.Replace(lunch, "lunch00001", "goeson0001", 1))
	if _, err := d.Create(context.Background(), d.goingOn(t, "weekly0001")); !errors.Is(err, calendar.ErrConflict) {
		t.Errorf("the id of another event: %v, want ErrConflict", err)
	}
}

// Texts are shown as they were meant, whether Google takes them for HTML or not.
func TestDraftTextsAreHTML(t *testing.T) {
	for text, want := range map[string]string{
		"Plain, Q & A\nsecond": "Plain, Q & A\nsecond",
		"a <b> c":              "<span>a &lt;b&gt; c</span>",
		"x &lt; y\r\nz":        "<span>x &amp;lt; y<br>z</span>",
	} {
		if got := asHTML(text); got != want {
			t.Errorf("asHTML(%q) = %q, want %q", text, got, want)
		}
	}
}

// What goes along is written on the new series whole, also when it is a lot.
func TestR29PlansAreReadBack(t *testing.T) {
	var want []calendar.Carried
	for i := range 30 {
		from := second().AddDate(0, 0, 7*i)
		want = append(want, calendar.Carried{From: from, To: from.AddDate(0, 0, 7), Span: span.Of(from.Add(26*time.Hour), 40*time.Minute)})
	}
	plan := writePlan(want)
	got := readPlan(&gcal.Event{ExtendedProperties: &gcal.EventExtendedProperties{Private: plan}})
	slices.SortFunc(got, func(a, b calendar.Carried) int { return a.From.Compare(b.From) })
	same := func(a, b calendar.Carried) bool {
		return a.From.Equal(b.From) && a.To.Equal(b.To) && a.Span.Equal(b.Span)
	}
	if !slices.EqualFunc(got, want, same) {
		t.Errorf("%v became %v", want, got)
	}
	for key, value := range plan {
		if len(key) > 44 || len(value) > 1024 {
			t.Errorf("%s has %d characters", key, len(value))
		}
	}
	broken := &gcal.Event{ExtendedProperties: &gcal.EventExtendedProperties{Private: map[string]string{planKey + "1": "x>y=z/w 20261117T090000Z>20261124T090000Z= >>>>"}}}
	if got := readPlan(broken); len(got) > 0 {
		t.Errorf("nonsense is read as %v", got)
	}
}

// The marks come off a series that the program made, too.
func TestMarksComeOffANewSeries(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	d.dragTo(t, "weekly0001", third(), thirdGoesAlong().Span)
	r, err := d.Create(context.Background(), d.goingOn(t, "weekly0001", thirdGoesAlong()))
	if err != nil {
		t.Fatal(err)
	}
	x, _ := d.g.Instance(ann, r.Href, thirdGoesAlong().To)
	for _, base := range []calendar.Resource{r, d.base(t, x)} {
		part := calendar.Part{RemoveMark: true, Lines: []string{}, Original: d.parse(t, base).Original}
		if _, err := d.Apply(context.Background(), calendar.Change{Base: base, Now: now, Organizer: true, Parts: []calendar.Part{part}}); err != nil {
			t.Errorf("%s: %v", base.Href, err)
		}
		if data, _ := d.g.Event(ann, base.Href); strings.Contains(string(data), "oneonone") {
			t.Errorf("something of the program is left on it: %s", data)
		}
	}
}
