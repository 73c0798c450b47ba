package google

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

// paper is Ann's Drive, in which the agenda with Bob is kept.
type paper struct {
	testing.TB
	g    *calendartest.Google
	d    *Documents
	sent *recorder
}

func newPaper(t testing.TB, style calendartest.GoogleStyle) *paper {
	t.Helper()
	style.Clock = clock
	g := calendartest.NewGoogle(style)
	g.AddUser(calendartest.GoogleUser{Email: ann, Name: "Ann", Zone: "Europe/Vienna"})
	g.AddUser(calendartest.GoogleUser{Email: bob, Name: "Bob", Zone: "Europe/Vienna"})
	p := &paper{TB: t, g: g, sent: &recorder{next: g.Transport()}}
	p.d = p.open(userFile(t, g.AccessToken(ann, "calendar", "drive.file"), g.RefreshToken(ann, "calendar", "drive.file")), "")
	t.Cleanup(func() {
		for _, v := range g.Violations() {
			t.Errorf("the client did what it must not do: %s", v)
		}
		if mails := g.Mails(); len(mails) > 0 {
			t.Errorf("mails were sent: %v", mails)
		}
	})
	return p
}

func (p *paper) open(file, subject string) *Documents {
	p.Helper()
	c, err := New(Options{Account: "ann", Credential: file, Subject: subject, Documents: true, Transport: p.sent, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		p.Fatalf("New: %v", err)
	}
	return c.Documents()
}

// wanted is the document of Ann and Bob for their meeting on a Tuesday of
// November 2026.
func wantedOn(day int) agenda.Document {
	start := vienna(day, 10, 0)
	return agenda.Document{
		Key: agenda.DocumentKey(ann + " " + bob), Share: bob, Section: agenda.SectionKey("uid", start),
		Meeting: agenda.Meeting{Person: "Ann", Other: "Bob", Relation: calendar.Report, Number: 30, Start: start, End: start.Add(30 * time.Minute)},
	}
}

func (p *paper) publish(want agenda.Document) agenda.Published {
	p.Helper()
	got, err := p.d.Publish(context.Background(), want)
	if err != nil {
		p.Fatalf("Publish: %v", err)
	}
	return got
}

// doc is the only document there is.
func (p *paper) doc() calendartest.GoogleDoc {
	p.Helper()
	docs := p.g.Docs(ann)
	if len(docs) != 1 {
		p.Fatalf("there are %d documents, want one", len(docs))
	}
	return docs[0]
}

func TestPublish(t *testing.T) {
	p := newPaper(t, calendartest.GoogleStyle{})
	got := p.publish(wantedOn(10))
	doc := p.doc()
	want := agenda.Published{ID: doc.ID, Link: doc.Link, Shared: true, Section: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Publish (-want +got):\n%s", diff)
	}
	if !slices.Equal(doc.Writers, []string{bob}) || doc.Others != 0 {
		t.Errorf("writers %v and %d others", doc.Writers, doc.Others)
	}
	if diff := cmp.Diff([]string{"o3:20261110T090000Z", "o3:about"}, doc.Ranges); diff != "" {
		t.Errorf("named ranges (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(doc.Text, "Tuesday 10 November 2026, 10:00–10:30 Europe/Vienna\nHow is your week going?\n") {
		t.Errorf("the document begins %.120q", doc.Text)
	}
	styles := map[string]int{}
	for i, line := range strings.Split(strings.TrimSuffix(doc.Text, "\n"), "\n") {
		styles[doc.Styles[i]]++
		if strings.HasPrefix(line, "[ ]") && doc.Styles[i] != "NORMAL_TEXT" {
			t.Errorf("%q is %s", line, doc.Styles[i])
		}
	}
	if styles["HEADING_1"] != 1 || styles["HEADING_2"] != 10 || styles["NORMAL_TEXT•"] < 10 {
		t.Errorf("the styles are %v", styles)
	}
	before := doc.Text
	if again := p.publish(wantedOn(10)); again.ID != doc.ID || p.doc().Text != before {
		t.Errorf("a second time: %+v", again)
	}
}

// TestPublishIsIdempotent cuts the connection before and after each request, and
// begins anew with everything forgotten: there are one document, one writer, one
// section, and no mail.
func TestPublishIsIdempotent(t *testing.T) {
	for _, do := range []calendartest.Action{calendartest.CutBefore, calendartest.CutAfter} {
		for n := 1; ; n++ {
			hit := false
			t.Run(fmt.Sprintf("fault %d at request %d", do, n), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := newPaper(t, calendartest.GoogleStyle{})
					p.g.Script(calendartest.Fault{Nth: n, Do: do, Before: func(*http.Request) { hit = true }})
					_, err := p.d.Publish(context.Background(), wantedOn(10))
					if err != nil && !errors.Is(err, calendar.ErrUnknown) {
						t.Errorf("Publish: %v", err)
					}
					p.publish(wantedOn(10))
					doc := p.doc()
					if !slices.Equal(doc.Writers, []string{bob}) || len(doc.Ranges) != 2 || strings.Count(doc.Text, "10 November") != 1 {
						t.Errorf("writers %v, ranges %v", doc.Writers, doc.Ranges)
					}
				})
			})
			if !hit {
				break
			}
		}
	}
}

// TestPublishFindsTheOldest: of two documents of a pair, made by two programs at
// once, all choose the same; one in the trash does not count before others.
func TestPublishFindsTheOldest(t *testing.T) {
	at := now
	p := newPaper(t, calendartest.GoogleStyle{Page: 1})
	p.g.SetStyle(calendartest.GoogleStyle{Page: 1, Clock: func() time.Time { at = at.Add(time.Second); return at }})
	p.g.Script(calendartest.Fault{Method: http.MethodPost, Nth: 1, Do: calendartest.Twice})
	made := p.publish(wantedOn(10))
	docs := p.g.Docs(ann)
	if len(docs) != 2 || made.ID != docs[1].ID {
		t.Fatalf("%d documents, %q of %v", len(docs), made.ID, docs)
	}
	if got := p.publish(wantedOn(10)); got.ID != docs[0].ID {
		t.Errorf("with everything forgotten the document is the younger one")
	}
	p.g.Trash(docs[0].ID, true)
	if got := p.publish(wantedOn(10)); got.ID != docs[1].ID {
		t.Errorf("the document in the trash is taken")
	}
	want := wantedOn(10)
	want.ID = docs[0].ID
	got, err := p.d.Publish(context.Background(), want)
	if !errors.Is(err, calendar.ErrRefused) || !strings.Contains(err.Error(), "trash") || got.Link != docs[0].Link {
		t.Errorf("a remembered document in the trash: %+v, %v", got, err)
	}
	p.g.Destroy(docs[0].ID)
	if got := p.publish(want); got.ID != docs[1].ID {
		t.Errorf("a document that is gone: %+v", got)
	}
	p.g.Destroy(docs[1].ID)
	if got := p.publish(want); got.ID == docs[0].ID || got.ID == docs[1].ID || len(p.g.Docs(ann)) != 1 {
		t.Errorf("all documents are gone: %+v", got)
	}
}

// TestR22CarryOver: what is open goes on to the next section, what is done does
// not, and what was left is told.
func TestR22CarryOver(t *testing.T) {
	p := newPaper(t, calendartest.GoogleStyle{GrowRanges: true})
	id := p.publish(wantedOn(10)).ID
	p.g.Type(id, "What we agreed before\n", "[ ] The 😀 laptop\n[ ] Holidays\n")
	p.g.Type(id, "About this document\n", "[ ] Bob writes the plan\n")
	p.g.Tick(id, "Holidays")
	got := p.publish(wantedOn(17))
	if diff := cmp.Diff([]agenda.Past{{Section: "20261110T090000Z", Unfinished: true}}, got.Past); diff != "" {
		t.Errorf("Past (-want +got):\n%s", diff)
	}
	newest, _, _ := strings.Cut(p.doc().Text, "10 November")
	if !strings.Contains(newest, "Bob’s topics\nBob begins, and decides what comes first.\n[ ] The 😀 laptop\n") ||
		!strings.Contains(newest, "one by one.\n[ ] Bob writes the plan\n") || strings.Contains(newest, "Holidays") {
		t.Errorf("the new section is %s", newest)
	}
	p.g.Tick(id, "The 😀 laptop") // in the new section, which is above
	p.g.Tick(id, "Bob writes the plan")
	got = p.publish(wantedOn(24))
	want := []agenda.Past{{Section: "20261117T090000Z"}, {Section: "20261110T090000Z", Unfinished: true}}
	if diff := cmp.Diff(want, got.Past); diff != "" {
		t.Errorf("Past (-want +got):\n%s", diff)
	}
	if newest, _, _ := strings.Cut(p.doc().Text, "17 November"); strings.Contains(newest, "laptop") {
		t.Errorf("what is done came back: %s", newest)
	}
}

// TestPublishNumbersByTheDocument: the calendar may have forgotten the meetings
// before; a pair that has a section has no first meeting any more.
func TestPublishNumbersByTheDocument(t *testing.T) {
	p := newPaper(t, calendartest.GoogleStyle{})
	want := wantedOn(10)
	want.Meeting.Number = 1
	p.publish(want)
	if !strings.Contains(p.doc().Text, "What is said here stays here") {
		t.Errorf("the first meeting is %s", p.doc().Text)
	}
	want = wantedOn(17)
	want.Meeting.Number = 1
	p.publish(want)
	if strings.Count(p.doc().Text, "What is said here stays here") != 1 || !strings.Contains(p.doc().Text, "A question to warm up") {
		t.Errorf("the second meeting is %s", p.doc().Text)
	}
}

// TestHumanTextStays: whatever people write and wherever, also while a section is
// on its way, stands there afterwards, in the same order.
func TestHumanTextStays(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := newPaper(t, calendartest.GoogleStyle{GrowRanges: rapid.Bool().Draw(r, "grow")})
		id := p.publish(wantedOn(3)).ID
		n := 0
		text := rapid.SampledFrom([]string{"note", "[ ] topic", "😀\n", "\nline\n", "[x] done\n", "\v", "\u00e4"})
		write := func() {
			n++
			before := rapid.SampledFrom([]string{"", "November 2026", "Ann’s topics", "Tuesday", "topics", "[ ]", "About this"}).Draw(r, "before")
			p.g.Type(id, before, fmt.Sprintf("<%d%s>", n, text.Draw(r, "text")))
		}
		for day := 10; day <= 24; day += 7 {
			for range rapid.IntRange(0, 4).Draw(r, "edits") {
				write()
			}
			was := p.doc().Text
			late := rapid.Bool().Draw(r, "while it is on its way")
			if late {
				p.g.Script(calendartest.Fault{Method: http.MethodPost, Nth: 1, Before: func(*http.Request) { write(); was = p.doc().Text }})
			}
			p.publish(wantedOn(day))
			is := p.doc().Text
			p.g.Heal()
			if !strings.HasSuffix(is, was) && !late {
				r.Fatalf("people left\n%s\nand it is\n%s", was, is)
			}
			if title := fmt.Sprintf("Tuesday %d November 2026, 10:00", day); late && !holds(is, was, title) {
				r.Fatalf("people left\n%s\nand it is\n%s", was, is)
			}
			for i := 1; i <= n; i++ {
				if strings.Count(is, fmt.Sprintf("<%d", i)) < 1 {
					r.Fatalf("edit %d is gone: %s", i, is)
				}
			}
		}
		if got := len(p.doc().Ranges); got != 5 {
			r.Fatalf("%d named ranges: %v", got, p.doc().Ranges)
		}
	})
}

// holds reports whether is reads was when the lines from title on that were put
// in are taken out: some way to split was in two has it around them.
func holds(is, was, title string) bool {
	if !strings.Contains(is, title) {
		return false
	}
	n := len(is) - len(was)
	for i := 0; i <= len(was); i++ {
		if strings.HasPrefix(is, was[:i]) && is[i+n:] == was[i:] {
			return true
		}
	}
	return false
}

// TestPublishFailures: what is told, and what the engine may conclude.
func TestPublishFailures(t *testing.T) {
	create := func(r *http.Request) bool { return r.Method == http.MethodPost }
	shares := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/permissions") }
	for name, c := range map[string]struct {
		fault calendartest.Fault
		is    error
		says  string
	}{
		"a project without Docs": {calendartest.Fault{Do: calendartest.Answer, Status: 403, Reason: "accessNotConfigured"}, calendar.ErrAuth, "Google Docs API"},
		"no right":               {calendartest.Fault{Do: calendartest.Answer, Status: 403, Reason: "insufficientPermissions"}, calendar.ErrAuth, "oneonone auth ann"},
		"a full Drive":           {calendartest.Fault{Match: create, Do: calendartest.Answer, Status: 403, Reason: "storageQuotaExceeded"}, nil, "is full"},
		"too many":               {calendartest.Fault{Match: create, Do: calendartest.Answer, Status: 429, Reason: "rateLimitExceeded", RetryAfter: "90"}, nil, "fewer requests"},
		"sharing is forbidden":   {calendartest.Fault{Match: shares, Method: http.MethodPost, Do: calendartest.Answer, Status: 403, Reason: "forbidden"}, calendar.ErrRefused, "agenda"},
		"a lost answer":          {calendartest.Fault{Match: create, Do: calendartest.CutAfter}, calendar.ErrUnknown, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPaper(t, calendartest.GoogleStyle{})
				p.g.Script(c.fault)
				_, err := p.d.Publish(context.Background(), wantedOn(10))
				if err == nil || !errors.Is(err, c.is) && c.is != nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("Publish: %v", err)
				}
				var asks *calendar.RetryError
				if c.is == nil && (!errors.As(err, &asks) || asks.After < time.Minute) {
					t.Errorf("Publish asks for no patience: %v", err)
				}
				for _, secret := range []string{"ya29", ann, bob, "/document/"} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("%q is told: %v", secret, err)
					}
				}
			})
		})
	}
}

// TestPublishToAStranger: somebody without a Google account cannot be let in
// without a mail; the document is there and linked all the same.
func TestPublishToAStranger(t *testing.T) {
	p := newPaper(t, calendartest.GoogleStyle{})
	want := wantedOn(10)
	want.Share = "carl@elsewhere.example"
	got, err := p.d.Publish(context.Background(), want)
	if !errors.Is(err, calendar.ErrRefused) || !strings.Contains(err.Error(), "without a mail") || got.Link == "" || !got.Section || got.Shared {
		t.Errorf("Publish: %+v, %v", got, err)
	}
}

// TestRolesStay: a person who may only read stays a reader.
func TestRolesStay(t *testing.T) {
	p := newPaper(t, calendartest.GoogleStyle{})
	want := wantedOn(10)
	want.Share = ""
	id := p.publish(want).ID
	c := p.g.Client(ann, "drive.file")
	resp, err := c.Post("https://www.googleapis.com/drive/v3/files/"+id+"/permissions?sendNotificationEmail=false", "application/json",
		strings.NewReader(`{"type":"user","role":"reader","emailAddress":"bob@example.org"}`))
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(err, resp)
	}
	resp.Body.Close()
	if got := p.publish(wantedOn(10)); !got.Shared || len(p.doc().Writers) != 0 || p.doc().Others != 1 {
		t.Errorf("Publish: %+v; writers %v", got, p.doc().Writers)
	}
}

// TestDocumentTraces compares what goes over the wire with testdata/trace.
func TestDocumentTraces(t *testing.T) {
	known := func(p *paper) agenda.Document {
		want := wantedOn(17)
		want.ID, want.Share = p.publish(wantedOn(10)).ID, ""
		p.sent.list = nil
		return want
	}
	for name, run := range map[string]func(p *paper){
		"document_made": func(p *paper) { p.publish(wantedOn(10)) },
		"document_next": func(p *paper) { p.publish(known(p)) },
		"document_look": func(p *paper) {
			want := known(p)
			want.Section = ""
			p.publish(want)
		},
		"document_gone": func(p *paper) {
			want := known(p)
			want.Section = ""
			p.g.Destroy(want.ID)
			p.publish(want)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPaper(t, calendartest.GoogleStyle{})
			run(p)
			compareTrace(t, name, p.sent.list)
		})
	}
}

// TestLateTopics: what people write into their calendars after the section was
// made gets below their headings, once, however the headings look by then; and a
// section that somebody took away does not come back.
func TestLateTopics(t *testing.T) {
	late := func() agenda.Document {
		want := wantedOn(10)
		want.Made, want.Late = true, []string{"Parking 😀", "Budget"}
		want.Meeting.OthersTopics, want.Meeting.PersonsTopics = want.Late[:1], want.Late[1:]
		return want
	}
	t.Run("below the headings", func(t *testing.T) {
		p := newPaper(t, calendartest.GoogleStyle{})
		id := p.publish(wantedOn(10)).ID
		p.g.Type(id, "How is your week", "Notes 😀\n")
		before := p.doc().Text
		p.g.Script(calendartest.Fault{Method: http.MethodPost, Nth: 1, Before: func(*http.Request) { p.g.Type(id, "Tuesday", "<meanwhile>") }})
		for range 2 {
			want := late()
			want.ID = id
			if got := p.publish(want); !got.Section {
				t.Errorf("Publish: %+v", got)
			}
		}
		want := strings.Replace("<meanwhile>"+before, "Bob’s topics\n", "Bob’s topics\n[ ] Parking 😀\n", 1)
		want = strings.Replace(want, "Ann’s topics\n", "Ann’s topics\n[ ] Budget\n", 1)
		doc := p.doc()
		if diff := cmp.Diff(want, doc.Text); diff != "" {
			t.Errorf("the document (-want +got):\n%s", diff)
		}
		for i, line := range strings.Split(doc.Text, "\n") {
			if strings.HasPrefix(line, "[ ] ") && doc.Styles[i] != "NORMAL_TEXT" {
				t.Errorf("%q is %s", line, doc.Styles[i])
			}
		}
	})
	t.Run("without the headings", func(t *testing.T) {
		p := newPaper(t, calendartest.GoogleStyle{})
		id := p.publish(wantedOn(10)).ID
		p.g.Erase(id, "Bob’s topics\n")
		p.g.Erase(id, "Ann’s topics\n")
		want := late()
		want.ID = id
		p.publish(want)
		if _, rest, _ := strings.Cut(p.doc().Text, "\n"); !strings.HasPrefix(rest, "[ ] Parking 😀\n[ ] Budget\n") {
			t.Errorf("the document is %s", p.doc().Text)
		}
	})
	t.Run("without the section", func(t *testing.T) {
		p := newPaper(t, calendartest.GoogleStyle{})
		id := p.publish(wantedOn(10)).ID
		p.g.Erase(id, strings.TrimSuffix(p.doc().Text, "\n"))
		want := late()
		want.ID = id
		if got := p.publish(want); p.doc().Text != "\n" || !got.Section {
			t.Errorf("%+v, and the document is %q", got, p.doc().Text)
		}
		want.Section = agenda.SectionKey("uid", vienna(17, 10, 0))
		want.Made = false
		p.g.Type(id, "", "What we said")
		if p.publish(want); !strings.Contains(p.doc().Text, "[ ] Parking") || strings.Contains(p.doc().Text, "About this") {
			t.Errorf("the next section is missing: %q", p.doc().Text)
		}
	})
}
