package google

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/span"
)

// suggest puts a suggestion into Ann's calendar, from the program's own.
func (d *desk) suggest(t *testing.T, id string) calendar.Resource {
	t.Helper()
	c, err := d.OwnCalendar(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Create(context.Background(), calendar.Draft{
		Calendar: c.ID, ID: id, Start: vienna(4, 9, 15), End: vienna(4, 9, 30), Own: calendar.OwnSuggestion, Transparent: true,
		Title: "Suggestion: 1:1 with Bob every two weeks", Description: "The last 3 took 12, 15 and 9 minutes.",
		Attendees: []calendar.Attendee{{Address: ann, Name: "Ann", Answer: calendar.NeedsAction}}, Now: now, Self: []string{ann},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// until ends weekly before its second occurrence.
func (d *desk) until(t *testing.T) {
	t.Helper()
	before := second()
	_, err := d.Apply(context.Background(), calendar.Change{
		Base: d.base(t, "weekly0001"), Now: now, Organizer: true, Notify: true, Parts: []calendar.Part{{Until: &before}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// R8: no meeting is ever removed, whatever is said of it.
func TestR8DeleteRefuses(t *testing.T) {
	ctx := context.Background()
	for name, find := range map[string]func(t *testing.T, d *desk) calendar.Resource{
		"a series":       func(t *testing.T, d *desk) calendar.Resource { return d.base(t, "weekly0001") },
		"a single event": func(t *testing.T, d *desk) calendar.Resource { return d.base(t, "lunch00001") },
		"an occurrence": func(t *testing.T, d *desk) calendar.Resource {
			return d.base(t, d.dragTo(t, "weekly0001", third(), eleven()))
		},
		"no event at all": func(t *testing.T, d *desk) calendar.Resource {
			return calendar.Resource{Calendar: ann, Href: "x", ETag: `"1"`, Data: []byte("{}")}
		},
		"without an ETag": func(t *testing.T, d *desk) calendar.Resource { r := d.suggest(t, "asked00001"); r.ETag = ""; return r },
		"a series that goes on from one that has ended": func(t *testing.T, d *desk) calendar.Resource {
			r, err := d.Create(ctx, d.goingOn(t, "weekly0001"))
			if err != nil {
				t.Fatal(err)
			}
			d.until(t)
			return r
		},
		"a series that goes on from one that is gone": func(t *testing.T, d *desk) calendar.Resource {
			r, err := d.Create(ctx, d.goingOn(t, "weekly0001"))
			if err != nil {
				t.Fatal(err)
			}
			d.g.Delete(ann, "weekly0001")
			return r
		},
		"a meeting that a person made out of a suggestion": func(t *testing.T, d *desk) calendar.Resource {
			data := string(d.suggest(t, "asked00001").Data)
			shared := data[strings.Index(data, `"extendedProperties"`):]
			d.g.Put(ann, strings.Replace(strings.Replace(lunch, "lunch00001", "copied0001", 1), "{", "{"+shared[:strings.Index(shared, "}}")+2]+",", 1))
			return d.base(t, "copied0001")
		},
		"a later part of the new series that a person split off": func(t *testing.T, d *desk) calendar.Resource {
			if _, err := d.Create(ctx, d.goingOn(t, "weekly0001")); err != nil {
				t.Fatal(err)
			}
			return d.base(t, d.g.Split(ann, "goeson0001", vienna(24, 10, 0), `{"summary":"Now with cake"}`))
		},
		"the person's copy of a suggestion": func(t *testing.T, d *desk) calendar.Resource { return d.base(t, d.suggest(t, "asked00001").Href) },
	} {
		inTime(t, name, func(t *testing.T) {
			d := newDesk(t, calendartest.GoogleStyle{})
			d.g.Put(ann, weekly)
			d.g.Put(ann, lunch)
			r := find(t, d)
			before := len(d.g.Snapshot())
			for _, notify := range []bool{false, true} {
				if err := d.Delete(ctx, r, notify); !errors.Is(err, calendar.ErrRefused) {
					t.Errorf("Delete: %v, want ErrRefused", err)
				}
			}
			if after := len(d.g.Snapshot()); after != before || d.g.Calls()["calendar.events.delete"] > 0 {
				t.Errorf("of %d events %d are left", before, after)
			}
		})
	}
}

// A suggestion goes from both calendars without a mail, whatever breaks.
func TestSuggestionsGoWithoutMail(t *testing.T) {
	deletion := calendartest.Fault{Method: http.MethodDelete, Do: calendartest.CutAfter}
	first, other, late := deletion, deletion, deletion
	first.Nth, other.Nth, late.Nth, late.Do = 1, 2, 2, calendartest.CutBefore
	for name, faults := range map[string][]calendartest.Fault{
		"nothing breaks": nil, "after the copy": {first}, "after all": {other}, "between the two": {late},
	} {
		inTime(t, name, func(t *testing.T) {
			d := newDesk(t, calendartest.GoogleStyle{})
			r := d.suggest(t, "asked00001")
			if _, ok := d.g.Event(ann, r.Href); !ok {
				t.Fatal("Ann has no invitation")
			}
			d.g.Script(faults...)
			for range 1 + len(faults) {
				if err := d.Delete(context.Background(), r, false); err != nil && !errors.Is(err, calendar.ErrUnknown) {
					t.Errorf("Delete: %v", err)
				}
			}
			if left, mails := d.g.Snapshot(), d.g.Mails(); len(left) > 0 || len(mails) > 0 {
				t.Errorf("%v and the mails %v are left", left, mails)
			}
		})
	}
}

// An answer that was given meanwhile is not thrown away with the suggestion.
func TestAnsweredSuggestionsStay(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	r := d.suggest(t, "asked00001")
	d.g.Script(calendartest.Fault{Method: http.MethodDelete, Nth: 1, Before: func(*http.Request) { d.g.Answer(ann, r.Href, "accepted") }})
	if err := d.Delete(context.Background(), r, false); !errors.Is(err, calendar.ErrConflict) {
		t.Errorf("Delete: %v, want ErrConflict", err)
	}
	now := d.parse(t, mustGet(t, d, r))
	if a, _ := now.AnswerOf([]string{ann}); a != calendar.Accepted {
		t.Errorf("the answer is %s", a)
	}
	if err := d.Delete(context.Background(), mustGet(t, d, r), false); err != nil {
		t.Error(err)
	}
}

func mustGet(t *testing.T, d *desk, r calendar.Resource) calendar.Resource {
	t.Helper()
	now, err := d.Get(context.Background(), r.Calendar, r.Href)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// R29: half of a change that came to nothing goes, from the guests too.
func TestR29HalfIsTakenBack(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{Page: 1})
	d.g.Put(ann, weekly)
	r, err := d.Create(context.Background(), d.goingOn(t, "weekly0001"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Delete(context.Background(), r, false); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{ann, bob} {
		if _, ok := d.g.Event(who, r.Href); ok {
			t.Errorf("%s still has it", who)
		}
	}
}

// R29: what Google leaves behind the end of a series goes, from the guests too.
func TestR29OrphansGo(t *testing.T) {
	for name, style := range map[string]calendartest.GoogleStyle{"": {}, "opaque ids": {OpaqueIDs: true}} {
		inTime(t, name, func(t *testing.T) {
			d := newDesk(t, style)
			d.g.Put(ann, weekly)
			id := d.dragTo(t, "weekly0001", third(), span.Of(vienna(18, 14, 0), time.Hour))
			if _, err := d.Create(context.Background(), d.goingOn(t, "weekly0001", thirdGoesAlong())); err != nil {
				t.Fatal(err)
			}
			if err := d.Delete(context.Background(), d.base(t, id), false); !errors.Is(err, calendar.ErrRefused) {
				t.Errorf("before the series has ended: %v, want ErrRefused", err)
			}
			d.until(t)
			if err := d.Delete(context.Background(), d.base(t, id), false); err != nil {
				t.Error(err)
			}
			for _, who := range []string{ann, bob} {
				if _, ok := d.g.Event(who, id); ok {
					t.Errorf("%s still has it", who)
				}
			}
		})
	}
}
