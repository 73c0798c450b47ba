package calendartest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gcal "google.golang.org/api/calendar/v3"
	"pgregory.net/rapid"

	"oneonone/internal/span"
)

// googleMirror is what a client keeps of a calendar by sync tokens, as Google's
// guide has it.
type googleMirror struct {
	service *gcal.Service
	token   string
	events  map[string]string // by id; what is compared of each
}

func (m *googleMirror) sync(t *rapid.T, page int64) {
	call := m.service.Events.List("primary").SingleEvents(false).MaxResults(page)
	if m.token != "" {
		call.SyncToken(m.token)
	}
	for {
		got, err := call.Do()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range got.Items {
			if e.Status == "cancelled" && e.RecurringEventId == "" {
				delete(m.events, e.Id)
				continue
			}
			m.events[e.Id] = said(e)
		}
		if got.NextSyncToken != "" {
			m.token = got.NextSyncToken
			return
		}
		call.PageToken(got.NextPageToken)
	}
}

// said is an event as text.
func said(e *gcal.Event) string {
	data, err := json.Marshal(e)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// TestGoogleMirrorConverges: whatever people do, who follows the sync tokens has
// what a first sync gives, and the guest has what the organizer has.
func TestGoogleMirrorConverges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBoard(t, GoogleStyle{
			SteadyMaster: rapid.Bool().Draw(rt, "steady"), OpaqueIDs: rapid.Bool().Draw(rt, "opaque"),
			Inherit: rapid.Bool().Draw(rt, "inherit"), KeepAnswers: rapid.Bool().Draw(rt, "keep"),
		})
		mirrors := map[string]*googleMirror{ann: {service: b.ann, events: map[string]string{}}, bob: {service: b.bob, events: map[string]string{}}}
		people := &people{Google: b.Google, rt: rt}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			people.act()
			if rapid.IntRange(0, 3).Draw(rt, "sync") == 0 {
				who := rapid.SampledFrom([]string{ann, bob}).Draw(rt, "who")
				mirrors[who].sync(rt, rapid.Int64Range(1, 5).Draw(rt, "page"))
			}
		}
		for who, m := range mirrors {
			m.sync(rt, 2)
			fresh := &googleMirror{service: m.service, events: map[string]string{}}
			fresh.sync(rt, 1000)
			if !maps.Equal(m.events, fresh.events) {
				rt.Fatalf("%s follows to\n%v\nbut a first sync gives\n%v", who, m.events, fresh.events)
			}
		}
		people.compare()
		if v := b.Violations(); len(v) > 0 {
			rt.Fatalf("reading has the violations %q", v)
		}
	})
}

// people are ann and bob at their calendars.
type people struct {
	*Google
	rt     *rapid.T
	series []string
	made   int
}

// act does one thing that somebody does.
func (p *people) act() {
	if len(p.series) == 0 || rapid.IntRange(0, 5).Draw(p.rt, "new") == 0 {
		p.made++
		id := fmt.Sprintf("series%d", p.made)
		start := onTheClock(3, rapid.IntRange(2, 6).Draw(p.rt, "day"), 10, 0)
		p.series = append(p.series, p.Put(ann, fields{
			"id": id, "summary": id, "start": at(start), "end": at(start.Add(time.Hour)),
			"recurrence": []string{"RRULE:FREQ=WEEKLY"}, "attendees": []fields{{"email": ann}, {"email": bob}},
		}))
		return
	}
	series := rapid.SampledFrom(p.series).Draw(p.rt, "series")
	id, original := p.anInstance(series)
	if id == "" {
		return
	}
	whose := rapid.SampledFrom([]string{ann, bob}).Draw(p.rt, "whose")
	switch rapid.IntRange(0, 6).Draw(p.rt, "what") {
	case 0:
		p.Drag(ann, id, span.Of(original.Add(time.Duration(rapid.IntRange(-30, 30).Draw(p.rt, "by"))*time.Hour), time.Hour))
	case 1:
		p.Delete(whose, id)
	case 2:
		p.Answer(bob, id, rapid.SampledFrom([]string{"accepted", "declined", "tentative"}).Draw(p.rt, "answer"))
	case 3:
		p.Edit(ann, series, fields{"description": rapid.StringMatching(`[a-z]{0,8}`).Draw(p.rt, "text")})
	case 4:
		p.Edit(ann, id, fields{"summary": rapid.StringMatching(`[a-z]{1,8}`).Draw(p.rt, "title")})
	case 5:
		p.series = append(p.series, p.Split(ann, series, original, fields{}))
	case 6:
		if rapid.IntRange(0, 3).Draw(p.rt, "all") == 0 {
			p.Delete(whose, series)
			p.series = slices.DeleteFunc(p.series, func(s string) bool { return s == series })
		}
	}
}

// anInstance is one of the next instances of a series that are not cancelled.
func (p *people) anInstance(series string) (string, time.Time) {
	data, ok := p.Event(ann, series)
	if !ok {
		return "", time.Time{}
	}
	var e gcal.Event
	if err := json.Unmarshal(data, &e); err != nil {
		p.rt.Fatal(err)
	}
	start, err := time.Parse(time.RFC3339, e.Start.DateTime)
	if err != nil {
		p.rt.Fatal(err)
	}
	week := rapid.IntRange(1, 6).Draw(p.rt, "week")
	original := start.In(zoneOf("Europe/Vienna")).AddDate(0, 0, 7*week)
	id, ok := p.Instance(ann, series, original)
	if !ok {
		return "", time.Time{}
	}
	return id, original
}

// compare holds the copies against each other. What bob took out of his
// calendar stays out of it.
func (p *people) compare() {
	all := p.Snapshot()
	for key, data := range all {
		var hers, his gcal.Event
		id, mine := strings.CutPrefix(key, ann+"/")
		copied, there := all[bob+"/"+id]
		if !mine || !there {
			continue
		}
		if err := json.Unmarshal(data, &hers); err != nil {
			p.rt.Fatal(err)
		}
		if err := json.Unmarshal(copied, &his); err != nil {
			p.rt.Fatal(err)
		}
		same := func(a, b *gcal.EventDateTime) bool {
			x, _ := time.Parse(time.RFC3339, a.DateTime)
			y, _ := time.Parse(time.RFC3339, b.DateTime)
			return x.Equal(y)
		}
		if !same(hers.Start, his.Start) || !same(hers.End, his.End) || hers.Summary != his.Summary || hers.Description != his.Description ||
			hers.ICalUID != his.ICalUID || !slices.Equal(hers.Recurrence, his.Recurrence) || answerOf(&hers, bob) != answerOf(&his, bob) ||
			hers.Sequence != his.Sequence {
			p.rt.Fatalf("ann has\n%s\nand bob has\n%s", data, copied)
		}
	}
}
