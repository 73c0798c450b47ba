package calendartest

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
)

// Fixture is what one case of the suite works on.
type Fixture struct {
	Provider calendar.Provider // signed in as the account's user, in the state of a fresh start
	Account  Raw               // how another client of the same user reaches the calendar under test, which is empty
	Zone     *time.Location    // of the person
	Self     []string          // the person's addresses
	// Writes returns how many writes the server has seen; nil where nobody counts.
	Writes func() int
	// Delivers says that the server brings an organizer's change to the guests.
	Delivers bool
	// LoseAnswer makes the server do what the next write asks for and cut the
	// connection before it answers; nil where that cannot be arranged.
	LoseAnswer func()

	// found is what id found, since listing many calendars takes servers long.
	found *string
}

// Raw is how another client reaches the calendar that a provider is tested
// with. It speaks iCalendar whatever the server keeps: Account reaches a CalDAV
// server, GoogleAccount a Google.
type Raw interface {
	// ID is the calendar's id as the provider has it, but for a slash at its end.
	ID() string
	// Another makes a second calendar of the same user and returns its ID.
	Another(t TB, name string) string
	// Put stores an object and reports whether the server took it.
	Put(t TB, name string, ics []byte) bool
	// Get returns what the server has of an object, and whether it is there.
	Get(t TB, name string) ([]byte, bool)
	Delete(t TB, name string)
	// Name is the name of what is stored at href. Whole is false when that is
	// an exception which the server keeps by itself.
	Name(href string) (name string, whole bool)
	// Whole reports whether the server keeps a series and its exceptions as one.
	Whole() bool
	// Damage tells what an edit did beyond what the program may do.
	Damage(before, after []byte) []string
}

// T is what Suite needs of *testing.T, which is spelled so that this package
// does not import testing.
type T[S any] interface {
	TB
	Run(name string, f func(S)) bool
	Skip(reason ...any)
}

// Suite checks that a provider keeps the contract of calendar.Provider. Each
// case calls open for a fixture of its own.
//
// Cases that are about what only iCalendar can say, or about objects that hold a
// whole series, run where the server keeps such objects (Raw.Whole); those about
// whole events that the program makes, where somebody can answer them.
//
// Each of around is called with what is to run within it, such as synctest.Test
// for a provider that leaves time between its writes.
func Suite[S T[S]](t S, open func(S) Fixture, around ...func(S, func(S))) {
	all := maps.Clone(cases)
	maps.Copy(all, wholeCases)
	maps.Copy(all, authorCases)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		run := func(t S) {
			f := open(t)
			f.found = new(string)
			if why := f.lacks(name); why != "" {
				t.Skip(why)
			}
			all[name](t, f)
		}
		for _, within := range around {
			inner := run
			run = func(t S) { within(t, inner) }
		}
		t.Run(name, run)
	}
}

// lacks says why the case with that name cannot run with f, "" when it can.
func (f Fixture) lacks(name string) string {
	_, whole := wholeCases[name]
	_, authors := authorCases[name]
	_, answers := f.Account.(Answerer)
	switch {
	case whole && !f.Account.Whole():
		return "this case is about iCalendar objects, which the server does not keep"
	case authors && !answers:
		return "nobody can answer what the provider makes"
	case name == caseLostName && f.LoseAnswer == nil:
		return "nobody can make this server lose an answer"
	}
	return ""
}

// wholeCases are about iCalendar objects.
var wholeCases = map[string]func(TB, Fixture){
	"hostile objects":               caseHostile,
	"odd names":                     caseOddNames,
	"odd texts":                     caseOddTexts,
	"floating and all-day are kept": caseFloating,
	"move in an attendee's copy":    caseMoveCopy,
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
	"parse a series":                     caseParse,
	"move an occurrence":                 caseMove,
	"move a moved occurrence":            caseMoveAgain,
	"move a single event":                caseMoveSingle,
	"a stale base is a conflict":         caseStale,
	"a deleted base is not made anew":    caseDeleted,
	"a change of nothing is not sent":    caseNothing,
	"link and lines come and go":         caseUpkeep,
	"one's own write is seen in a pull":  caseOwnWrite,
	"writes to one leave others as is":   caseNeighbours,
	"two parts in one change":            caseTwoParts,
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
	if *f.found != "" {
		return *f.found
	}
	list, err := f.Provider.Calendars(context.Background())
	if err != nil {
		t.Fatalf("Calendars: %v", err)
	}
	for _, c := range list {
		if strings.TrimSuffix(c.ID, "/") == strings.TrimSuffix(f.Account.ID(), "/") {
			*f.found = c.ID
			return c.ID
		}
	}
	t.Fatalf("Calendars = %+v, without %s", list, f.Account.ID())
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
	return newMirrorOf(t, f, f.id(t))
}

func newMirrorOf(t TB, f Fixture, id string) *mirror {
	t.Helper()
	m := &mirror{f: f, id: id, objects: map[string]calendar.Resource{}}
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
		if m.f.nameOf(href) == name {
			return r
		}
	}
	t.Fatalf("the mirror has no %s, only %q", name, m.names())
	return calendar.Resource{}
}

// nameOf is the name of what is stored at href.
func (f Fixture) nameOf(href string) string {
	name, _ := f.Account.Name(href)
	return name
}

// names returns the names in the mirror, sorted.
func (m *mirror) names() []string {
	var list []string
	for href := range m.objects {
		if name, whole := m.f.Account.Name(href); whole {
			list = append(list, name)
		}
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
	if want := m.f.get(t, m.f.nameOf(r.Href)); !bytes.Equal(r.Data, want) {
		t.Errorf("%s is\n%q\nwant\n%q", r.Href, r.Data, want)
	}
}

// changedNames returns the names of what a pull brought, sorted.
func (f Fixture) changedNames(ch calendar.Changes) []string {
	var list []string
	for _, r := range ch.Changed {
		if name, whole := f.Account.Name(r.Href); whole {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}
