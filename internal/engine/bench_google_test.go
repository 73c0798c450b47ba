package engine_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"oneonone/internal/google"
	"oneonone/internal/span"
)

// googleBench is the calendars on Google.
type googleBench struct{ *desk }

// signIn returns a client for who's account on Google.
func (d *desk) signIn(who string) *google.Client {
	d.Helper()
	data, err := json.Marshal(map[string]any{
		"type": "authorized_user", "client_id": "x", "refresh_token": "x",
		"access_token": d.google.AccessToken(address(who)), "expiry": time.Now().AddDate(1, 0, 0),
	})
	if err != nil {
		d.Fatal(err)
	}
	file := filepath.Join(d.TempDir(), who)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		d.Fatal(err)
	}
	c, err := google.New(google.Options{Account: who, Credential: file, Transport: through{d}, Logger: d.o.Log})
	if err != nil {
		d.Fatal(err)
	}
	return c
}

// eventID is the id of who's event with that name.
func eventID(name string) string { return "e0" + hex.EncodeToString([]byte(name)) }

// servers takes requests to all servers of the desk.
func (d *desk) servers() http.RoundTripper {
	if d.google == nil {
		return d.Transport()
	}
	return byHost{d}
}

type byHost struct{ d *desk }

func (b byHost) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() == "127.0.0.1" {
		return b.d.Transport().RoundTrip(r)
	}
	return b.d.google.Transport().RoundTrip(r)
}

// stamped is a time as Google wants it.
func stamped(t time.Time) string {
	return fmt.Sprintf(`{"dateTime":%q,"timeZone":%q}`, t.Format(time.RFC3339), t.Location())
}

func (b googleBench) invite(who string, p *pairing, no ...time.Time) {
	b.Helper()
	if who == p.e.organizer || b.bench(p.e.organizer) != b {
		b.google.Put(address(who), fmt.Sprintf(`{"id":%q,"iCalUID":%q,"summary":%q,"start":%s,"end":%s,"recurrence":[%q],"organizer":{"email":%q},
			"attendees":[{"email":%[7]q,"responseStatus":"accepted"},{"email":%[8]q,"responseStatus":"accepted"}]}`,
			eventID(p.name), p.name, p.e.title, stamped(p.e.start), stamped(p.e.start.Add(time.Duration(p.minutes)*time.Minute)),
			"RRULE:"+p.e.rule, address(p.e.organizer), address(p.e.guest)))
	}
	for _, original := range no {
		b.decline(who, p, original)
	}
}

func (b googleBench) put(who string, x entry) {
	b.Helper()
	e := map[string]any{"id": eventID(x.name), "summary": "secret " + x.name}
	if x.days > 0 {
		e["summary"] = x.title
		e["start"] = map[string]any{"date": x.start.Format(time.DateOnly)}
		e["end"] = map[string]any{"date": x.start.AddDate(0, 0, x.days).Format(time.DateOnly)}
	} else {
		e["start"] = json.RawMessage(stamped(x.start.In(vienna)))
		e["end"] = json.RawMessage(stamped(x.start.In(vienna).Add(time.Duration(x.minutes) * time.Minute)))
	}
	if x.transparent {
		e["transparency"] = "transparent"
	}
	if x.tentative {
		e["status"] = "tentative"
	}
	b.google.Put(address(who), e)
}

// instance is the id of an occurrence in the calendar of who.
func (b googleBench) instance(who, name string, original time.Time) string {
	b.Helper()
	id, ok := b.google.Instance(address(who), eventID(name), original)
	if !ok {
		b.Fatalf("%s has lost the occurrence of %s of %s", who, name, told(original))
	}
	return id
}

func (b googleBench) drag(p *pairing, original time.Time, to span.Span) {
	b.Helper()
	b.google.Drag(address(p.e.organizer), b.instance(p.e.organizer, p.name, original), to)
}

func (b googleBench) decline(who string, p *pairing, original time.Time) {
	b.Helper()
	if !b.google.Answer(address(who), b.instance(who, p.name, original), "declined") {
		b.Fatalf("%s is no guest of %s", who, p.name)
	}
}

func (b googleBench) rename(p *pairing, title string) {
	b.Helper()
	b.google.Edit(address(p.e.organizer), eventID(p.name), map[string]string{"summary": title + " " + p.e.title})
}

// seen is what the tests read of an event on Google.
type seen struct {
	Summary, ICalUID              string
	Start, End, OriginalStartTime struct{ DateTime time.Time }
}

func (b googleBench) event(who, id string) seen {
	b.Helper()
	var e seen
	data, ok := b.google.Event(address(who), id)
	if !ok {
		b.Fatalf("%s has no event %s", who, id)
	}
	if err := json.Unmarshal(data, &e); err != nil {
		b.Fatal(err)
	}
	return e
}

func (b googleBench) title(who string, p *pairing) string {
	b.Helper()
	return b.event(who, eventID(p.name)).Summary
}

func (b googleBench) spot(who, name string, original time.Time) (start, end time.Time) {
	b.Helper()
	e := b.event(who, b.instance(who, name, original))
	return e.Start.DateTime, e.End.DateTime
}

// takeIn does what the programs of people elsewhere do with Google's mails about
// single occurrences: their copies follow, and ask for another answer.
func (d *desk) takeIn(series ...pairing) {
	d.Helper()
	if d.google == nil {
		return
	}
	mails := d.google.Mails()
	for _, m := range mails[d.tookIn:] {
		who, _, _ := strings.Cut(m.To, "@")
		if m.What != "update" || slices.Contains(d.onGoogle, who) {
			continue
		}
		for i := range series {
			d.takeInOne(who, &series[i], m.Event)
		}
	}
	d.tookIn = len(mails)
}

func (d *desk) takeInOne(who string, p *pairing, id string) {
	d.Helper()
	if p.e.guest != who || !slices.Contains(d.onGoogle, p.e.organizer) || id == eventID(p.name) {
		return
	}
	if _, there := d.google.Event(address(p.e.organizer), id); !there {
		return
	}
	e := googleBench{d}.event(p.e.organizer, id)
	if e.ICalUID != p.name {
		return
	}
	b, original := davBench{d}, e.OriginalStartTime.DateTime
	b.retime(who, p, original, span.Span{Start: e.Start.DateTime, End: e.End.DateTime})
	b.exception(who, p, original, func(s string) string {
		return strings.ReplaceAll(s, "PARTSTAT=DECLINED:mailto:"+who, "PARTSTAT=NEEDS-ACTION:mailto:"+who)
	})
}
