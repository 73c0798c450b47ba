package calendartest

import (
	"bytes"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
)

// Fixture is what one case of the suite works on.
type Fixture struct {
	Provider calendar.Provider // signed in as the account's user, in the state of a fresh start
	Account  Account           // how another client of the same user reaches the calendar under test, which is empty
	Zone     *time.Location    // of the person
	Self     []string          // the person's addresses
	// Writes returns how many writes the server has seen; nil where nobody counts.
	Writes func() int
}

// T is what Suite needs of *testing.T, which is spelled so that this package
// does not import testing.
type T[S any] interface {
	TB
	Run(name string, f func(S)) bool
}

// Suite checks that a provider keeps the contract of calendar.Provider. Each
// case calls open for a fixture of its own.
func Suite[S T[S]](t S, open func(S) Fixture) {
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t S) { cases[name](t, open(t)) })
	}
}

var cases = map[string]func(TB, Fixture){
	"calendars are listed":               caseCalendars,
	"first pull":                         caseFirstPull,
	"first pull of nothing":              caseEmpty,
	"pull of no change":                  caseNoChange,
	"pull of one change":                 caseOneChange,
	"pull of a deletion":                 caseDeletion,
	"pull with a dead cursor":            caseDeadCursor,
	"full comparison":                    caseComparison,
	"pull of 300 objects":                caseMany,
	"get":                                caseGet,
	"hostile objects":                    caseHostile,
	"odd names":                          caseOddNames,
	"odd texts":                          caseOddTexts,
	"parse a series":                     caseParse,
	"move an occurrence":                 caseMove,
	"move a moved occurrence":            caseMoveAgain,
	"move a single event":                caseMoveSingle,
	"move in an attendee's copy":         caseMoveCopy,
	"a stale base is a conflict":         caseStale,
	"a deleted base is not made anew":    caseDeleted,
	"a change of nothing is not sent":    caseNothing,
	"link and lines come and go":         caseUpkeep,
	"one's own write is seen in a pull":  caseOwnWrite,
	"writes to one leave others as is":   caseNeighbours,
	"two parts in one change":            caseTwoParts,
	"floating and all-day are kept":      caseFloating,
	"answers in an organizer's move":     caseAnswers,
	"an occurrence can be moved back":    caseMoveBack,
	"a fresh provider takes the cursor":  caseCursorIsEnough,
	"removing the mark leaves the event": caseRemoveMark,
}

// now is the instant of every change in the suite.
var now = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// id is the calendar under test as the provider calls it.
func (f Fixture) id(t TB) string {
	t.Helper()
	list, err := f.Provider.Calendars(context.Background())
	if err != nil {
		t.Fatalf("Calendars: %v", err)
	}
	for _, c := range list {
		if strings.TrimSuffix(c.ID, "/") == strings.TrimSuffix(f.Account.Calendar, "/") {
			return c.ID
		}
	}
	t.Fatalf("Calendars = %+v, without %s", list, f.Account.Calendar)
	return ""
}

// put stores an object as another client, and fails when the server does not take it.
func (f Fixture) put(t TB, name string, ics []byte) {
	t.Helper()
	if !f.Account.Put(t, name, ics) {
		t.Fatalf("the server does not take %s", name)
	}
}

// get reads an object as another client.
func (f Fixture) get(t TB, name string) []byte {
	t.Helper()
	data, ok := f.Account.Get(t, name)
	if !ok {
		t.Fatalf("%s is gone", name)
	}
	return data
}

// mirror is what a caller keeps of a calendar: what the contract says of
// Changes, applied.
type mirror struct {
	f       Fixture
	id      string
	cursor  string
	objects map[string]calendar.Resource // by href
}

func newMirror(t TB, f Fixture) *mirror {
	t.Helper()
	m := &mirror{f: f, id: f.id(t), objects: map[string]calendar.Resource{}}
	m.pull(t)
	return m
}

// pull brings the mirror up to date with its cursor.
func (m *mirror) pull(t TB) calendar.Changes {
	t.Helper()
	ch, err := m.f.Provider.Pull(context.Background(), m.id, calendar.Since{Cursor: m.cursor, Known: m.known()})
	if err != nil {
		t.Fatalf("Pull: %v", err)
	}
	m.apply(ch)
	return ch
}

// compare brings the mirror up to date without its cursor.
func (m *mirror) compare(t TB) calendar.Changes {
	t.Helper()
	m.cursor = ""
	return m.pull(t)
}

func (m *mirror) known() map[string]calendar.ETag {
	known := map[string]calendar.ETag{}
	for href, r := range m.objects {
		known[href] = r.ETag
	}
	return known
}

func (m *mirror) apply(ch calendar.Changes) {
	m.cursor = ch.Cursor
	for _, r := range ch.Changed {
		m.objects[r.Href] = r
	}
	for _, href := range ch.Removed {
		delete(m.objects, href)
	}
	if !ch.Full {
		return
	}
	for href := range m.objects {
		if !slices.Contains(ch.Hrefs, href) {
			delete(m.objects, href)
		}
	}
}

// find returns the resource with that name in its href.
func (m *mirror) find(t TB, name string) calendar.Resource {
	t.Helper()
	for href, r := range m.objects {
		if nameOf(href) == name {
			return r
		}
	}
	t.Fatalf("the mirror has no %s, only %q", name, m.names())
	return calendar.Resource{}
}

// nameOf is the decoded last segment of an href.
func nameOf(href string) string {
	name, err := url.PathUnescape(href[strings.LastIndex(href, "/")+1:])
	if err != nil {
		return href
	}
	return name
}

// names returns the names in the mirror, sorted.
func (m *mirror) names() []string {
	var list []string
	for href := range m.objects {
		list = append(list, nameOf(href))
	}
	slices.Sort(list)
	return list
}

// check compares the mirror with what the server gives another client: the
// named objects, no others, each byte for byte.
func (m *mirror) check(t TB, names ...string) {
	t.Helper()
	m.checkNames(t, names)
	for href, r := range m.objects {
		m.checkData(t, r)
		if r.Href != href || r.ETag == "" || r.Calendar != m.id {
			t.Errorf("%s is incomplete: %q in %q with ETag %q", href, r.Href, r.Calendar, r.ETag)
		}
	}
}

func (m *mirror) checkNames(t TB, names []string) {
	t.Helper()
	names = slices.Sorted(slices.Values(names))
	if got := m.names(); !slices.Equal(got, names) {
		t.Fatalf("the mirror has %q, want %q", got, names)
	}
}

func (m *mirror) checkData(t TB, r calendar.Resource) {
	t.Helper()
	if want := m.f.get(t, nameOf(r.Href)); !bytes.Equal(r.Data, want) {
		t.Errorf("%s is\n%q\nwant\n%q", r.Href, r.Data, want)
	}
}

// changedNames returns the names of what a pull brought, sorted.
func changedNames(ch calendar.Changes) []string {
	var list []string
	for _, r := range ch.Changed {
		list = append(list, nameOf(r.Href))
	}
	slices.Sort(list)
	return list
}
