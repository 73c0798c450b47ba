package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/span"
)

// TestMirrorConverges: whatever people and we do to a calendar, and however
// badly Google and the network behave meanwhile, the mirror is equal to the
// calendar after the first pull that succeeds in quiet, and nothing was written
// that should not have been.
func TestMirrorConverges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // for the waits between tries
		file := userFile(t, "", "")
		rapid.Check(struct{ testing.TB }{t}, func(t *rapid.T) { // a bubble has no deadline to be asked for
			m := newTroubled(t, file)
			t.Repeat(map[string]func(*rapid.T){
				"ann makes a series":  m.makeSeries,
				"ann drags":           m.drag,
				"ann writes":          m.write,
				"ann splits":          m.split,
				"somebody deletes":    m.delete,
				"bob answers":         m.answer,
				"tokens die":          func(*rapid.T) { m.g.KillTokens() },
				"access tokens die":   func(*rapid.T) { m.g.Expire(ann) },
				"restart":             func(t *rapid.T) { m.start(t) },
				"trouble":             func(t *rapid.T) { m.g.Chaos(rapid.Uint64().Draw(t, "seed"), 0.3, troubles...) },
				"quiet":               func(*rapid.T) { m.g.Heal() },
				"pull":                func(*rapid.T) { _ = m.pull(m.cursor) },
				"compare":             func(*rapid.T) { _ = m.pull("") },
				"we move":             m.move,
				"we write our upkeep": m.upkeep,
			})
			m.settle(t)
		})
	})
}

var troubles = []calendartest.Fault{
	{Do: calendartest.CutBefore}, {Do: calendartest.CutAfter}, {Do: calendartest.Twice},
	{Do: calendartest.Answer, Status: 500, Reason: "backendError"}, {Do: calendartest.Answer, Status: 502},
	{Do: calendartest.Answer, Status: 429, Reason: "rateLimitExceeded", RetryAfter: "3"},
	{Do: calendartest.Answer, Status: 403, Reason: "userRateLimitExceeded"},
	{Do: calendartest.Answer, Status: 403, Reason: "quotaExceeded"},
	{Do: calendartest.Answer, Status: 503, RetryAfter: "600"},
	{Method: calendartest.Writes, Do: calendartest.Answer, Status: 412, Reason: "conditionNotMet"},
}

// troubled is Ann's account on a Google in trouble, with a mirror of her calendar.
type troubled struct {
	g      *calendartest.Google
	client *Client
	file   string
	cursor string
	mirror map[string]calendar.Resource // by href
	series []string
	made   int
}

func newTroubled(t *rapid.T, file string) *troubled {
	m := &troubled{file: file, mirror: map[string]calendar.Resource{}}
	m.g = calendartest.NewGoogle(calendartest.GoogleStyle{
		KeepAnswers:  rapid.Bool().Draw(t, "keeps answers"),
		SteadyMaster: rapid.Bool().Draw(t, "steady masters"),
		OpaqueIDs:    rapid.Bool().Draw(t, "opaque ids"),
		TouchAlways:  rapid.Bool().Draw(t, "touches always"),
		Inherit:      rapid.Bool().Draw(t, "inherits"),
		Page:         rapid.SampledFrom([]int{0, 1, 2, 3}).Draw(t, "page"),
	})
	for _, email := range []string{ann, bob} {
		m.g.AddUser(calendartest.GoogleUser{Email: email, Zone: "Europe/Vienna"})
	}
	cred := &credential{Type: kindUser, ID: "1234-oneonone.apps.googleusercontent.com", Secret: "not-confidential-on-a-desktop",
		Refresh: m.g.RefreshToken(ann)}
	if err := cred.write(file); err != nil {
		t.Fatal(err)
	}
	m.start(t)
	return m
}

func (m *troubled) start(t *rapid.T) {
	c, err := New(Options{Account: "ann", Credential: m.file, Transport: m.g.Transport(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	m.client = c
}

func (m *troubled) makeSeries(t *rapid.T) {
	m.made++
	id := fmt.Sprintf("series%d", m.made)
	m.series = append(m.series, m.g.Put(ann, strings.Replace(weekly, "weekly0001", id, 1)))
}

// instance is one of the next occurrences of a series that are there.
func (m *troubled) instance(t *rapid.T) (series, id string, original time.Time) {
	if len(m.series) == 0 {
		return "", "", time.Time{}
	}
	series = rapid.SampledFrom(m.series).Draw(t, "series")
	original = vienna(3, 10, 0).AddDate(0, 0, 7*rapid.IntRange(1, 8).Draw(t, "week"))
	id, ok := m.g.Instance(ann, series, original)
	if !ok {
		id = ""
	}
	return series, id, original
}

func (m *troubled) drag(t *rapid.T) {
	if _, id, original := m.instance(t); id != "" {
		m.g.Drag(ann, id, span.Of(original.Add(time.Duration(rapid.IntRange(-20, 20).Draw(t, "by"))*time.Hour), 30*time.Minute))
	}
}

func (m *troubled) write(t *rapid.T) {
	if series, id, _ := m.instance(t); series != "" {
		what := rapid.SampledFrom([]string{series, id}).Draw(t, "what")
		m.g.Edit(ann, what, map[string]string{"summary": rapid.StringMatching(`[A-Za-z &<]{1,8}`).Draw(t, "title")})
	}
}

func (m *troubled) split(t *rapid.T) {
	if series, id, original := m.instance(t); id != "" {
		m.series = append(m.series, m.g.Split(ann, series, original, `{}`))
	}
}

func (m *troubled) delete(t *rapid.T) {
	series, id, _ := m.instance(t)
	who := rapid.SampledFrom([]string{ann, bob}).Draw(t, "who")
	switch {
	case series != "" && who == ann && rapid.IntRange(0, 3).Draw(t, "all") == 0:
		m.g.Delete(who, series)
		m.series = slices.DeleteFunc(m.series, func(s string) bool { return s == series })
	case id != "":
		m.g.Delete(who, id)
	}
}

func (m *troubled) answer(t *rapid.T) {
	if _, id, _ := m.instance(t); id != "" {
		m.g.Answer(bob, id, rapid.SampledFrom([]string{"accepted", "declined", "tentative"}).Draw(t, "answer"))
	}
}

// pull does what the program does with a cursor: it forgets one that is gone,
// and stores the next with the resources.
func (m *troubled) pull(cursor string) error {
	known := make(map[string]calendar.ETag, len(m.mirror))
	for href, r := range m.mirror {
		known[href] = r.ETag
	}
	ch, err := m.client.Pull(context.Background(), ann, calendar.Since{Cursor: cursor, Known: known})
	if errors.Is(err, calendar.ErrGone) && cursor != "" {
		return m.pull("")
	}
	if err != nil {
		return err
	}
	for href := range m.mirror {
		if ch.Full && !slices.Contains(ch.Hrefs, href) {
			delete(m.mirror, href)
		}
	}
	for _, r := range ch.Changed {
		m.mirror[r.Href] = r
	}
	for _, href := range ch.Removed {
		delete(m.mirror, href)
	}
	m.cursor = ch.Cursor
	return nil
}

// change makes a change to one event of the mirror, which may be out of date.
func (m *troubled) change(t *rapid.T, part func(e calendar.Event) (calendar.Part, bool)) {
	var hrefs []string
	for href := range m.mirror {
		hrefs = append(hrefs, href)
	}
	if len(hrefs) == 0 {
		return
	}
	slices.Sort(hrefs)
	base := m.mirror[rapid.SampledFrom(hrefs).Draw(t, "href")]
	events, err := m.client.Parse(base, zoneVienna)
	if err != nil || len(events) != 1 {
		t.Fatalf("Parse(%s) = %d events, %v", base.Data, len(events), err)
	}
	p, ok := part(events[0])
	if !ok {
		return
	}
	r, err := m.client.Apply(context.Background(), calendar.Change{Base: base, Parts: []calendar.Part{p}, Now: now, Self: []string{ann}, Organizer: true, Notify: true})
	switch {
	case err == nil:
		m.mirror[r.Href] = r
	case errors.Is(err, calendar.ErrRefused), errors.Is(err, calendar.ErrReadOnly):
		t.Fatalf("Apply: %v", err)
	}
}

func (m *troubled) move(t *rapid.T) {
	m.change(t, func(e calendar.Event) (calendar.Part, bool) {
		p := calendar.Part{Original: e.Original}
		if e.Recurs() {
			p.Original = e.Start.AddDate(0, 0, 7*rapid.IntRange(1, 8).Draw(t, "week"))
		}
		start := p.Original.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "later")) * time.Hour)
		to := span.Of(start, 30*time.Minute)
		p.To, p.Mark = &to, &calendar.Mark{Count: 1, From: span.Of(p.Original, 30*time.Minute), To: to, At: now}
		return p, e.Status != calendar.Cancelled
	})
}

func (m *troubled) upkeep(t *rapid.T) {
	m.change(t, func(e calendar.Event) (calendar.Part, bool) {
		link := "https://agenda.example.org/" + rapid.StringMatching(`[a-c]`).Draw(t, "link")
		return calendar.Part{Original: e.Original, Link: &link, Lines: []string{"Agenda: " + link}}, e.Status != calendar.Cancelled
	})
}

// settle ends the trouble, pulls, and compares.
func (m *troubled) settle(t *rapid.T) {
	m.g.Heal()
	if err := m.pull(m.cursor); err != nil {
		t.Fatalf("Pull in quiet: %v", err)
	}
	want, got := map[string]string{}, map[string]string{}
	for key, data := range m.g.Snapshot() {
		if id, mine := strings.CutPrefix(key, ann+"/"); mine {
			want[id] = string(data)
		}
	}
	for href, r := range m.mirror {
		var e struct{ Status string }
		if err := json.Unmarshal(r.Data, &e); err != nil {
			t.Fatal(err)
		}
		if e.Status != statusCancelled {
			got[href] = string(r.Data)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the mirror differs (-server +mirror):\n%s", diff)
	}
	for _, v := range m.g.Violations() {
		t.Fatal(v)
	}
}
