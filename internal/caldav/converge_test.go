package caldav

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

// TestMirrorConverges: whatever people and we do to a calendar, and however
// badly the server and the network behave meanwhile, the mirror is equal to the
// calendar, byte for byte, after the first pull that succeeds in quiet, and
// nothing was written that should not have been.
func TestMirrorConverges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // for the waits between tries
		rapid.Check(struct{ testing.TB }{t}, func(t *rapid.T) { // a bubble has no deadline to be asked for
			m := newTroubled(t)
			t.Repeat(map[string]func(*rapid.T){
				"a person writes": func(t *rapid.T) {
					m.w.put(m.name(t), rapid.StringMatching(`[A-Za-z &<]{1,8}`).Draw(t, "title"))
				},
				"a person deletes": func(t *rapid.T) { m.w.Delete("ann", "work", m.name(t)) },
				"tokens die":       func(*rapid.T) { m.w.KillTokens() },
				"restart":          func(*rapid.T) { m.w.client = m.again() },
				"trouble": func(t *rapid.T) {
					m.w.Chaos(rapid.Uint64().Draw(t, "seed"), 0.3, troubles...)
				},
				"quiet":   func(*rapid.T) { m.w.Heal() },
				"pull":    func(*rapid.T) { _ = m.pull(m.cursor) },
				"compare": func(*rapid.T) { _ = m.pull("") },
				"we move": func(t *rapid.T) { m.move(t) },
			})
			m.settle(t)
		})
	})
}

var troubles = []calendartest.Fault{
	{Do: calendartest.CutBefore}, {Do: calendartest.CutAfter},
	{Do: calendartest.Answer, Status: 500}, {Do: calendartest.Answer, Status: 502},
	{Do: calendartest.Answer, Status: 429, RetryAfter: "3"}, {Do: calendartest.Answer, Status: 503, RetryAfter: "600"},
	{Method: calendartest.Writes, Do: calendartest.Answer, Status: 412},
	{Method: calendartest.Writes, Do: calendartest.AnswerInside, Status: 412},
}

// troubled is a world with a mirror of its calendar.
type troubled struct {
	w      *world
	style  calendartest.Style
	cursor string
	mirror map[string]calendar.Resource // by href
}

func newTroubled(t *rapid.T) *troubled {
	style := calendartest.Style{
		NoSync:          rapid.Bool().Draw(t, "no sync"),
		SyncWithoutData: rapid.Bool().Draw(t, "no data in sync"),
		RepeatLast:      rapid.Bool().Draw(t, "repeats"),
		ListDeleted:     rapid.Bool().Draw(t, "lists deleted"),
		Page:            rapid.SampledFrom([]int{0, 1, 2, 3}).Draw(t, "page"),
		DeadToken:       rapid.SampledFrom([]int{0, 403, 500, 207}).Draw(t, "dead token"),
		ETag:            rapid.SampledFrom([]calendartest.ETagForm{calendartest.StrongETags, calendartest.WeakETags, calendartest.UnquotedETags}).Draw(t, "ETags"),
		RefuseInside:    rapid.Bool().Draw(t, "refuses inside"),
		EscapeAll:       rapid.Bool().Draw(t, "escapes"),
		RawCR:           rapid.Bool().Draw(t, "raw CR"),
	}
	d := calendartest.NewDAV(style)
	d.AddUser(calendartest.User{Name: "ann", Password: "pw"})
	d.AddCalendar("ann", calendartest.Calendar{Name: "work"})
	m := &troubled{w: &world{DAV: d, id: "https://dav.example.org/dav/calendars/ann/work/"}, style: style, mirror: map[string]calendar.Resource{}}
	m.w.client = m.again()
	return m
}

func (m *troubled) again() *Client {
	c, err := New(Options{URL: "https://dav.example.org/", Username: "ann", Password: "pw", Transport: m.w.Transport()})
	if err != nil {
		panic(err)
	}
	return c
}

func (m *troubled) name(t *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "b@c", "d e", "f+g", "h%i", "j"}).Draw(t, "name")
}

// pull does what the program does with a cursor: it forgets one that is gone,
// and stores the next with the resources.
func (m *troubled) pull(cursor string) error {
	known := make(map[string]calendar.ETag, len(m.mirror))
	for href, r := range m.mirror {
		known[href] = r.ETag
	}
	got, err := m.w.client.Pull(ctx, m.w.id, calendar.Since{Cursor: cursor, Known: known})
	if err != nil {
		return err
	}
	merge(known, got)
	for href := range m.mirror {
		if _, there := known[href]; !there {
			delete(m.mirror, href)
		}
	}
	for _, r := range got.Changed {
		m.mirror[r.Href] = r
	}
	m.cursor = got.Cursor
	return nil
}

// move writes to one resource of the mirror, which may be out of date.
func (m *troubled) move(t *rapid.T) {
	var hrefs []string
	for _, n := range []string{"a", "b@c", "d e", "f+g", "h%i", "j"} {
		if href := m.w.Path("ann", "work", n); m.mirror[href].Href != "" {
			hrefs = append(hrefs, href)
		}
	}
	if len(hrefs) == 0 {
		return
	}
	href := rapid.SampledFrom(hrefs).Draw(t, "href")
	r, err := m.w.client.Apply(ctx, move(m.mirror[href]))
	switch {
	case err == nil:
		m.mirror[href] = r
	case errors.Is(err, calendar.ErrRefused), errors.Is(err, calendar.ErrReadOnly):
		t.Fatalf("Apply: %v", err)
	}
}

// settle ends the trouble, pulls, and compares.
func (m *troubled) settle(t *rapid.T) {
	m.w.Heal()
	cursor := m.cursor
	if m.style.DeadToken == http.StatusMultiStatus {
		cursor = "" // such a server does not tell that a token is dead
	}
	if err := m.pull(cursor); err != nil {
		t.Fatalf("Pull in quiet: %v", err)
	}
	want, got := map[string]string{}, map[string]string{}
	for path, ics := range m.w.Objects() {
		want[canonical(path)] = string(ics)
	}
	for href, r := range m.mirror {
		got[canonical(href)] = string(r.Data)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the mirror differs (-server +mirror):\n%s", diff)
	}
	for _, v := range m.w.Violations() {
		t.Fatal(v)
	}
	before := m.w.client.Stats().Requests
	if err := m.pull(m.cursor); err != nil || m.w.client.Stats().Requests-before != 1 {
		t.Fatalf("an idle pull: %v after %d requests, want one", err, m.w.client.Stats().Requests-before)
	}
	if strings.HasPrefix(m.cursor, "list:") {
		t.Fatal(fmt.Sprint("no ctag from a server that has them: ", m.cursor))
	}
}
