package calendartest

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	gcal "google.golang.org/api/calendar/v3"
)

// sync walks over all pages and returns what came, the pages and the token.
func (b *board) sync(s *gcal.Service, token string) (items []*gcal.Event, pages int, next string) {
	b.t.Helper()
	call := s.Events.List("primary").SingleEvents(false)
	if token != "" {
		call.SyncToken(token)
	}
	for {
		page, err := call.Do()
		if err != nil {
			b.t.Fatal(err)
		}
		if (page.NextPageToken == "") == (page.NextSyncToken == "") {
			b.t.Fatalf("a page has the page token %q and the sync token %q", page.NextPageToken, page.NextSyncToken)
		}
		items, pages = append(items, page.Items...), pages+1
		if page.NextSyncToken != "" {
			return items, pages, page.NextSyncToken
		}
		call.PageToken(page.NextPageToken)
	}
}

func ids(items []*gcal.Event) []string {
	var list []string
	for _, e := range items {
		list = append(list, e.Id)
	}
	slices.Sort(list)
	return list
}

func TestGoogleSyncDeliversExactlyWhatChanged(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	id := b.Put(ann, tuesdays)
	items, _, token := b.sync(b.ann, "")
	if !slices.Equal(ids(items), []string{id}) {
		t.Fatalf("the first sync has %q", ids(items))
	}
	if items, _, token = b.sync(b.ann, token); len(items) > 0 {
		t.Errorf("a sync of no change has %q", ids(items))
	}
	b.Put(ann, `{"id":"lunch","summary":"Lunch","start":{"dateTime":"2026-03-04T12:00:00Z"},"end":{"dateTime":"2026-03-04T13:00:00Z"}}`)
	items, _, next := b.sync(b.ann, token)
	again, _, _ := b.sync(b.ann, token)
	if !slices.Equal(ids(items), []string{"lunch"}) || !slices.Equal(ids(again), []string{"lunch"}) {
		t.Errorf("after one change the sync has %q, again %q", ids(items), ids(again))
	}
	b.Delete(ann, "lunch")
	items, _, _ = b.sync(b.ann, next)
	if len(items) != 1 || items[0].Status != "cancelled" || items[0].Summary != "" || items[0].Start != nil {
		t.Errorf("a deletion is %+v, want an id and cancelled", items)
	}
	if items, _, _ = b.sync(b.ann, ""); !slices.Equal(ids(items), []string{id}) {
		t.Errorf("a new first sync has %q", ids(items))
	}
}

// TestGooglePagesAreCutBeforeTheyAreFiltered: pages may be empty.
func TestGooglePagesAreCutBeforeTheyAreFiltered(t *testing.T) {
	b := newBoard(t, GoogleStyle{Page: 2})
	for i := range 9 {
		b.Put(ann, fmt.Sprintf(`{"id":"event%d","start":{"date":"2026-03-04"},"end":{"date":"2026-03-05"}}`, i))
	}
	for i := range 8 {
		b.Delete(ann, fmt.Sprint("event", i))
	}
	items, pages, _ := b.sync(b.ann, "")
	if !slices.Equal(ids(items), []string{"event8"}) || pages != 5 {
		t.Errorf("%q on %d pages, want event8 alone on 5", ids(items), pages)
	}
}

func TestGoogleExceptions(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	_, _, token := b.sync(b.ann, "")
	// The clocks have changed by then: 10:00 in Vienna is 08:00 UTC.
	id, ok := b.Instance(ann, series, onTheClock(3, 31, 10, 0))
	if !ok || id != "weekly0001_20260331T080000Z" {
		t.Fatalf("the instance is %q, %v", id, ok)
	}
	if _, ok := b.Instance(ann, series, onTheClock(3, 30, 10, 0)); ok {
		t.Error("there is an instance on a Monday")
	}
	b.Drag(ann, id, halfHour(onTheClock(3, 31, 15, 0)))
	items, _, token := b.sync(b.ann, token)
	if !slices.Equal(ids(items), []string{series, id}) {
		t.Fatalf("after a move the sync has %q, want the instance and its series", ids(items))
	}
	for _, e := range items {
		if e.Id == series && (e.Sequence != 0 || len(e.Recurrence) != 1) {
			t.Errorf("the series is %+v", e)
		}
		if e.Id == id && (e.Sequence != 1 || e.RecurringEventId != series || e.OriginalStartTime.DateTime != "2026-03-31T10:00:00+02:00" ||
			e.Start.DateTime != "2026-03-31T15:00:00+02:00" || e.Summary != "Ann / Bob" || len(e.Recurrence) > 0 || e.ICalUID != "weekly0001@google.com") {
			t.Errorf("the exception is %+v", e)
		}
	}
	other, _ := b.Instance(ann, series, onTheClock(4, 7, 10, 0))
	b.Delete(ann, other)
	items, _, _ = b.sync(b.ann, token)
	i := slices.IndexFunc(items, func(e *gcal.Event) bool { return e.Id == other })
	if i < 0 || items[i].Status != "cancelled" || items[i].Start != nil || items[i].RecurringEventId != series || items[i].OriginalStartTime == nil {
		t.Errorf("the deleted instance is missing or not bare: %q", ids(items))
	}
	if items, _, _ = b.sync(b.ann, ""); !slices.Equal(ids(items), []string{series, id, other}) {
		t.Errorf("the first sync has %q, want the cancelled instance too", ids(items))
	}
	b.Delete(ann, series)
	if items, _, _ = b.sync(b.ann, ""); len(items) > 0 {
		t.Errorf("after the end of the series the first sync has %q", ids(items))
	}
}

// TestGoogleSplit: "this and following" leaves exceptions behind as bare ids.
func TestGoogleSplit(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	late, _ := b.Instance(ann, series, onTheClock(4, 7, 10, 0))
	b.Drag(ann, late, halfHour(onTheClock(4, 8, 10, 0)))
	_, _, token := b.sync(b.ann, "")
	segment := b.Split(ann, series, onTheClock(3, 24, 10, 0), `{"summary":"New name"}`)
	if segment != "weekly0001_R20260324T100000" {
		t.Errorf("the segment is %q", segment)
	}
	items, _, _ := b.sync(b.ann, token)
	byID := map[string]*gcal.Event{}
	for _, e := range items {
		byID[e.Id] = e
	}
	if len(byID) != 3 || byID[late].Status != "cancelled" || byID[late].RecurringEventId != "" || byID[segment].Summary != "New name" ||
		byID[series].Recurrence[0] != "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260323T225959Z" || byID[segment].Created != byID[series].Created ||
		byID[segment].ICalUID != segment+"@google.com" {
		t.Errorf("after a split the sync has %q: %+v, %+v, %+v", ids(items), byID[series], byID[segment], byID[late])
	}
	in, ok := b.Instance(ann, segment, onTheClock(3, 31, 10, 0))
	if !ok || in != "weekly0001_R20260324T100000_20260331T080000Z" {
		t.Errorf("the instance of the segment is %q, %v", in, ok)
	}
	if moved := b.Split(ann, segment, onTheClock(4, 14, 10, 0), fields{"start": at(onTheClock(4, 14, 11, 0)), "end": at(onTheClock(4, 14, 11, 30))}); moved == "" || moved[:6] == "weekly" {
		t.Errorf("a split with another time is %q, want an id of its own", moved)
	}
}

// TestGoogleOrphans: an end of the series that comes over the interface leaves
// the exceptions behind it where they are.
func TestGoogleOrphans(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	late, _ := b.Instance(ann, series, onTheClock(4, 7, 10, 0))
	b.Drag(ann, late, halfHour(onTheClock(4, 8, 10, 0)))
	_, _, token := b.sync(b.ann, "")
	patch := &gcal.Event{Recurrence: []string{"RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260323T225959Z"}}
	must(t, b.ann.Events.Patch("primary", series, patch).SendUpdates("none").Do)
	if items, _, _ := b.sync(b.ann, token); !slices.Equal(ids(items), []string{series}) {
		t.Errorf("after the end the sync has %q", ids(items))
	}
	orphan := must(t, b.ann.Events.Get("primary", late).Do)
	if orphan.Status != "confirmed" || orphan.RecurringEventId != series || orphan.OriginalStartTime == nil {
		t.Errorf("the exception is %+v", orphan)
	}
	if _, ok := b.Instance(ann, series, onTheClock(3, 31, 10, 0)); ok {
		t.Error("there is an ordinary instance beyond the end")
	}
}

func TestGoogleAllDaySeries(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, `{"id":"days1","start":{"date":"2026-03-24"},"end":{"date":"2026-03-26"},"recurrence":["RRULE:FREQ=WEEKLY","EXDATE;VALUE=DATE:20260407"]}`)
	id, ok := b.Instance(ann, series, onTheClock(3, 31, 0, 0))
	e := must(t, b.ann.Events.Get("primary", id).Do)
	if !ok || id != "days1_20260331" || e.Start.Date != "2026-03-31" || e.End.Date != "2026-04-02" || e.OriginalStartTime.Date != "2026-03-31" {
		t.Errorf("the instance is %q, %v: %+v", id, ok, e)
	}
	if _, ok := b.Instance(ann, series, onTheClock(4, 7, 0, 0)); ok {
		t.Error("there is an instance on a day that is left out")
	}
	one := must(t, b.ann.Events.Instances("primary", series).OriginalStart("2026-03-31").Do)
	if !slices.Equal(ids(one.Items), []string{id}) {
		t.Errorf("the instance of that day is %q", ids(one.Items))
	}
	patch := moveTo(onTheClock(3, 31, 9, 0))
	patch.Start.NullFields, patch.End.NullFields = []string{"Date"}, []string{"Date"}
	if e = must(t, b.ann.Events.Patch("primary", id, patch).SendUpdates("none").Do); e.Start.Date != "" || e.Start.DateTime != "2026-03-31T09:00:00+02:00" {
		t.Errorf("made a timed one the instance is %+v", e.Start)
	}
}

func TestGoogleFilters(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	series := b.Put(ann, tuesdays)
	b.Put(ann, `{"id":"away1","eventType":"outOfOffice","summary":"Gone","start":{"date":"2026-03-04"},"end":{"date":"2026-03-05"}}`)
	b.Edit(ann, series, `{"location":"Room 5"}`)
	list := func() *gcal.EventsListCall { return b.ann.Events.List("primary").SingleEvents(false) }
	for name, c := range map[string]struct {
		call *gcal.EventsListCall
		want []string
	}{
		"types":    {list().EventTypes("outOfOffice"), []string{"away1"}},
		"default":  {list().EventTypes("default", "focusTime"), []string{series}},
		"words":    {list().Q("room 5"), []string{series}},
		"UID":      {list().ICalUID("away1@google.com"), []string{"away1"}},
		"shared":   {list().SharedExtendedProperty("theirs=stays"), []string{series}},
		"private":  {list().PrivateExtendedProperty("mine=other"), nil},
		"updated":  {list().UpdatedMin("2026-03-01T12:00:01Z"), nil},
		"timeMax":  {list().TimeMax("2026-03-04T00:00:00Z"), []string{series, "away1"}},
		"too late": {list().TimeMax("2026-03-03T00:00:00Z"), nil},
	} {
		if got := ids(must(t, c.call.Do).Items); !slices.Equal(got, slices.Sorted(slices.Values(c.want))) {
			t.Errorf("%s: the list is %q, want %q", name, got, c.want)
		}
	}
	all := must(t, b.ann.Events.Instances("primary", series).TimeMin("2026-03-10T00:00:00Z").TimeMax("2026-03-25T00:00:00Z").MaxResults(2).Do)
	if len(all.Items) != 2 || all.NextPageToken == "" {
		t.Errorf("the first instances are %q", ids(all.Items))
	}
	// An instance is a series of itself.
	id, _ := b.Instance(ann, series, onTheClock(3, 17, 10, 0))
	if one := must(t, b.ann.Events.Instances("primary", id).Do); !slices.Equal(ids(one.Items), []string{id}) {
		t.Errorf("the instances of an instance are %q", ids(one.Items))
	}
	// Google expands a daily series no further than this.
	b.Put(ann, `{"id":"daily","start":{"date":"2026-03-04"},"end":{"date":"2026-03-05"},"recurrence":["RRULE:FREQ=DAILY"]}`)
	if all = must(t, b.ann.Events.Instances("primary", "daily").MaxResults(2500).Do); len(all.Items) != 730 {
		t.Errorf("a daily series has %d instances", len(all.Items))
	}
}

func TestGoogleTokensDie(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	_, _, token := b.sync(b.ann, "")
	list := func() *gcal.EventsListCall { return b.ann.Events.List("primary").SingleEvents(false).SyncToken(token) }
	_, err := list().TimeMin("2026-01-01T00:00:00Z").Do()
	fails(t, err, http.StatusBadRequest, "badRequest")
	_, err = list().EventTypes("default").Do()
	fails(t, err, http.StatusBadRequest, "badRequest")
	if v := b.Violations(); len(v) != 2 {
		t.Errorf("the violations are %q, want one for each", v)
	}
	_, err = b.ann.Events.List("primary").SyncToken("garbage").Do()
	fails(t, err, http.StatusBadRequest, "invalid")
	_, err = b.bob.Events.List("primary").SingleEvents(false).SyncToken(token).Do()
	fails(t, err, http.StatusBadRequest, "invalid")
	b.KillTokens()
	_, err = list().Do()
	fails(t, err, http.StatusGone, "fullSyncRequired")
	_, err = b.ann.Events.List("primary").UpdatedMin("2025-01-01T00:00:00Z").Do()
	fails(t, err, http.StatusGone, "updatedMinTooLongAgo")
}

func TestGoogleChangesBetweenPagesAreNotLost(t *testing.T) {
	b := newBoard(t, GoogleStyle{Page: 2})
	for i := range 6 {
		b.Put(ann, fmt.Sprintf(`{"id":"event%d","start":{"date":"2026-03-04"},"end":{"date":"2026-03-05"}}`, i))
	}
	first := must(t, b.ann.Events.List("primary").SingleEvents(false).Do)
	b.Edit(ann, "event0", `{"summary":"seen, then changed"}`)
	b.Edit(ann, "event5", `{"summary":"changed before it was seen"}`)
	page, known := first, ids(first.Items)
	for page.NextPageToken != "" {
		page = must(t, b.ann.Events.List("primary").SingleEvents(false).PageToken(page.NextPageToken).Do)
		known = append(known, ids(page.Items)...)
	}
	delta, _, _ := b.sync(b.ann, page.NextSyncToken)
	known = append(known, ids(delta)...)
	for i := range 6 {
		if !slices.Contains(known, fmt.Sprint("event", i)) {
			t.Errorf("event%d is lost: %q", i, known)
		}
	}
	if !slices.Equal(ids(delta), []string{"event0", "event5"}) {
		t.Errorf("the sync after the pages has %q", ids(delta))
	}
}

func TestGoogleInstancesAndWindows(t *testing.T) {
	b := newBoard(t, GoogleStyle{Page: 3})
	series := b.Put(ann, tuesdays)
	id, _ := b.Instance(ann, series, onTheClock(3, 10, 10, 0))
	b.Drag(ann, id, halfHour(onTheClock(3, 11, 9, 0)))
	gone, _ := b.Instance(ann, series, onTheClock(3, 24, 10, 0))
	b.Delete(ann, gone)
	from, to := onTheClock(3, 4, 0, 0).Format(time.RFC3339), onTheClock(4, 8, 0, 0).Format(time.RFC3339)
	want := []string{"2026-03-11T09:00:00+01:00", "2026-03-17T10:00:00+01:00", "2026-03-31T10:00:00+02:00", "2026-04-07T10:00:00+02:00"}
	var got []string
	call := b.ann.Events.List("primary").SingleEvents(true).OrderBy("startTime").TimeMin(from).TimeMax(to)
	for {
		page := must(t, call.Do)
		for _, e := range page.Items {
			got = append(got, e.Start.DateTime)
		}
		if page.NextPageToken == "" {
			break
		}
		call.PageToken(page.NextPageToken)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the window has %q, want %q", got, want)
	}
	one := must(t, b.ann.Events.Instances("primary", series).OriginalStart("2026-03-10T10:00:00+01:00").Do)
	if len(one.Items) != 1 || one.Items[0].Id != id {
		t.Errorf("the instance with that original start is %q", ids(one.Items))
	}
	dead := must(t, b.ann.Events.Instances("primary", series).OriginalStart("2026-03-24T09:00:00Z").ShowDeleted(true).Do)
	if len(dead.Items) != 1 || dead.Items[0].Status != "cancelled" {
		t.Errorf("the cancelled instance is %q", ids(dead.Items))
	}
	window := must(t, b.ann.Events.List("primary").SingleEvents(false).TimeMin("2027-01-01T00:00:00Z").TimeMax("2027-02-01T00:00:00Z").Do)
	if !slices.Equal(ids(window.Items), []string{series, gone}) {
		t.Errorf("a window years later has %q, want the series", ids(window.Items))
	}
}
