package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

func TestCalendars(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{Page: 1})
	own := d.g.AddCalendar(ann, "Side", "America/New_York")
	d.g.Share(bob, ann, calendartest.RoleWriter) // another person's time
	team := d.g.AddCalendar(bob, "Team", "")
	d.g.Share(team, ann, calendartest.RoleReader)
	list, err := d.Calendars(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range list {
		got[c.ID] = fmt.Sprintf("%s %v default=%t writable=%t delivers=%t", c.Name, c.Zone, c.Default, c.Writable, c.Delivers)
	}
	want := map[string]string{
		ann: "ann@example.org Europe/Vienna default=true writable=true delivers=true",
		own: "Side America/New_York default=false writable=true delivers=true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calendars (-want +got):\n%s", diff)
	}
}

func TestPullListsPagesThatMayBeEmpty(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{Page: 1})
	for i := range 4 {
		id := fmt.Sprintf("event%05d", i)
		d.g.Put(ann, strings.Replace(lunch, "lunch00001", id, 1))
		if i%2 == 0 {
			d.g.Delete(ann, id)
		}
	}
	ch := d.pull(t, calendar.Since{})
	if want := []string{"event00001", "event00003"}; !ch.Full || !slices.Equal(ch.Hrefs, want) || !slices.Equal(ids(ch.Changed), want) {
		t.Errorf("Pull = %+v, want %q", ch, want)
	}
	if n := d.g.Calls()["calendar.events.list"]; n != 4 {
		t.Errorf("%d pages were asked for, want 4", n)
	}
}

func TestPullBringsWhatChanged(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	d.g.Put(ann, lunch)
	first := d.pull(t, calendar.Since{})
	known := map[string]calendar.ETag{}
	for _, r := range first.Changed {
		known[r.Href] = r.ETag
	}
	quiet := d.pull(t, calendar.Since{Cursor: first.Cursor, Known: known})
	if quiet.Full || len(quiet.Changed)+len(quiet.Removed) > 0 {
		t.Errorf("nothing changed, but the pull has %+v", quiet)
	}
	d.g.Edit(ann, "lunch00001", `{"summary":"Long lunch"}`)
	ch := d.pull(t, calendar.Since{Cursor: first.Cursor, Known: known})
	if !slices.Equal(ids(ch.Changed), []string{"lunch00001"}) {
		t.Errorf("one event changed, but the pull has %q", ids(ch.Changed))
	}
	d.g.Delete(ann, "lunch00001")
	ch = d.pull(t, calendar.Since{Cursor: ch.Cursor, Known: known})
	if !slices.Equal(ch.Removed, []string{"lunch00001"}) || len(ch.Changed) > 0 {
		t.Errorf("one event is gone, but the pull has %+v", ch)
	}
	full := d.pull(t, calendar.Since{Known: known})
	if !full.Full || !slices.Equal(full.Hrefs, []string{"weekly0001"}) || len(full.Changed) > 0 {
		t.Errorf("the full comparison is %+v", full)
	}
}

// A cancelled occurrence comes without the UID of its series; the caller needs it
// to know what it belongs to.
func TestPullOfACancelledOccurrence(t *testing.T) {
	for _, opaque := range []bool{false, true} {
		t.Run(fmt.Sprintf("opaque ids %t", opaque), func(t *testing.T) {
			d := newDesk(t, calendartest.GoogleStyle{OpaqueIDs: opaque})
			d.g.Put(ann, weekly)
			first := d.pull(t, calendar.Since{})
			id, _ := d.g.Instance(ann, "weekly0001", second())
			d.g.Delete(ann, id)
			for name, since := range map[string]calendar.Since{"changes": {Cursor: first.Cursor}, "everything": {}} {
				ch := d.pull(t, since)
				i := slices.IndexFunc(ch.Changed, func(r calendar.Resource) bool { return r.Href == id })
				if i < 0 {
					t.Fatalf("%s: the pull has %q, want %s among them", name, ids(ch.Changed), id)
				}
				e := d.parse(t, ch.Changed[i])
				if e.Status != calendar.Cancelled || !e.Original.Equal(second()) || e.SeriesID != "weekly0001" || e.UID != "weekly0001@google.com" {
					t.Errorf("%s: the occurrence is %+v", name, e)
				}
			}
			if got := d.parse(t, d.base(t, id)); got.Status != calendar.Cancelled || got.UID != "weekly0001@google.com" {
				t.Errorf("Get gives %+v", got)
			}
		})
	}
}

func TestPullAfterTheSeriesWasDeleted(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	id, _ := d.g.Instance(ann, "weekly0001", second())
	d.g.Delete(ann, id)
	first := d.pull(t, calendar.Since{})
	d.g.Delete(ann, "weekly0001")
	ch := d.pull(t, calendar.Since{Cursor: first.Cursor})
	if len(ch.Changed) > 0 || !slices.Contains(ch.Removed, "weekly0001") {
		t.Errorf("the pull has %+v", ch)
	}
	if full := d.pull(t, calendar.Since{}); len(full.Hrefs) > 0 {
		t.Errorf("the full comparison still names %q", full.Hrefs)
	}
}

// An exception beyond the end of a series that was cut short comes as an id alone.
func TestPullAfterASplit(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	id, _ := d.g.Instance(ann, "weekly0001", vienna(17, 10, 0))
	d.g.Edit(ann, id, `{"summary":"Ann / Bob, long"}`)
	first := d.pull(t, calendar.Since{})
	segment := d.g.Split(ann, "weekly0001", second(), `{"summary":"Ann / Bob again"}`)
	ch := d.pull(t, calendar.Since{Cursor: first.Cursor})
	if !slices.Contains(ch.Removed, id) || !slices.Contains(ids(ch.Changed), segment) || !slices.Contains(ids(ch.Changed), "weekly0001") {
		t.Errorf("the pull has %q and lacks %q", ids(ch.Changed), ch.Removed)
	}
}

func TestDeadCursors(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, lunch)
	good := d.pull(t, calendar.Since{}).Cursor
	token, ok := tokenOf(good)
	if !ok {
		t.Fatalf("the cursor is %q", good)
	}
	dead := map[string]string{
		"garbage":          "garbage",
		"other parameters": cursorKind + ":000000000000:" + token,
		"no token":         cursorKind + ":" + parametersHash() + ":",
		"bad token":        good + "0",
		"page token":       cursorFor("eyJQYWdlIjp0cnVlfQ"),
	}
	for name, cursor := range dead {
		if _, err := d.Pull(context.Background(), ann, calendar.Since{Cursor: cursor}); !errors.Is(err, calendar.ErrGone) {
			t.Errorf("%s: %v, want ErrGone", name, err)
		}
	}
	d.g.KillTokens()
	if _, err := d.Pull(context.Background(), ann, calendar.Since{Cursor: good}); !errors.Is(err, calendar.ErrGone) {
		t.Errorf("expired: %v, want ErrGone", err)
	}
}

// 410 means three things: a token that is dead, a search too far back, and an
// event that has been deleted.
func TestThreeMeaningsOf410(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, lunch)
	base := d.base(t, "lunch00001")
	for reason, want := range map[string]error{
		"fullSyncRequired": calendar.ErrGone, "updatedMinTooLongAgo": calendar.ErrGone, "deleted": calendar.ErrNotFound,
	} {
		d.g.Script(calendartest.Fault{Method: http.MethodGet, Nth: 1, Do: calendartest.Answer, Status: http.StatusGone, Reason: reason})
		if _, err := d.Get(context.Background(), ann, "lunch00001"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", reason, err, want)
		}
	}
	d.g.Delete(ann, "lunch00001")
	if _, err := d.Get(context.Background(), ann, "lunch00001"); !errors.Is(err, calendar.ErrNotFound) {
		t.Errorf("Get of a deleted event: %v, want ErrNotFound", err)
	}
	_, err := d.Apply(context.Background(), moveTo(base, noTime, eleven()))
	if !errors.Is(err, calendar.ErrNotFound) && !errors.Is(err, calendar.ErrConflict) {
		t.Errorf("Apply to a deleted event: %v", err)
	}
}
