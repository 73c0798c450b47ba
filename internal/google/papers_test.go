package google_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/google"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// withPapers makes both people of the office keep agendas as documents, and
// takes the pages away.
func withPapers(o *office, options *engine.Options) {
	options.AgendaBase = ""
	for i := range options.Accounts {
		a := &options.Accounts[i]
		c := o.signInForPapers(a.Name, a.Person.Addresses[0])
		a.Provider, a.Agenda = c, c.Documents()
	}
}

func (o *office) signInForPapers(name, address string) *google.Client {
	o.Helper()
	data, err := json.Marshal(map[string]any{
		"type": "authorized_user", "client_id": "x", "refresh_token": "x", "expiry": time.Now().AddDate(1, 0, 0),
		"access_token": o.g.AccessToken(address, "calendar", "drive.file"),
	})
	if err != nil {
		o.Fatal(err)
	}
	file := filepath.Join(o.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		o.Fatal(err)
	}
	c, err := google.New(google.Options{Account: name, Credential: file, Documents: true, Transport: o.g.Transport(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		o.Fatal(err)
	}
	return c
}

// doc is the only document in the office.
func (o *office) doc() calendartest.GoogleDoc {
	o.Helper()
	docs := o.g.Docs(ann)
	if len(docs) != 1 || len(o.g.Docs(bob)) != 0 {
		o.Fatalf("Ann has %d documents and Bob %d, want one\n%s", len(docs), len(o.g.Docs(bob)), &o.log)
	}
	return docs[0]
}

// attached returns the agendas that are attached to an event, and its text.
func (o *office) attached(user, id string) (links []string, description string) {
	o.Helper()
	data, found := o.g.Event(user, id)
	if !found {
		o.Fatalf("%s has no event %s", user, id)
	}
	var e struct {
		Description string
		Attachments []struct{ FileURL, Title, MimeType string }
	}
	if err := json.Unmarshal(data, &e); err != nil {
		o.Fatal(err)
	}
	for _, a := range e.Attachments {
		links = append(links, a.Title+" "+a.MimeType+" "+a.FileURL)
	}
	return links, e.Description
}

// wantLinked checks that the document is on the series and on both exceptions,
// for both people.
func (o *office) wantLinked() {
	o.Helper()
	doc := o.doc()
	for _, user := range []string{ann, bob} {
		ids := []string{"weekly0001"}
		for _, day := range []int{1, 8} {
			id, _ := o.g.Instance(user, "weekly0001", time.Date(2026, 12, day, 10, 0, 0, 0, o.now.Location()))
			ids = append(ids, id)
		}
		for _, id := range ids {
			links, text := o.attached(user, id)
			want := []string{"Agenda application/vnd.google-apps.document " + doc.Link}
			if !slices.Equal(links, want) || strings.Count(text, doc.Link) == 0 {
				o.Errorf("%s has %v on %s, with %q, want %v", user, links, id, text, want)
			}
		}
	}
}

// A weekly 1:1 gets its document, on the series and on the meetings that were
// moved, without a mail beyond those about the moves; then nothing is left to do.
func TestAgendaDocumentOverGoogle(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{}, withPapers)
	for range 5 {
		o.pass()
	}
	o.wantLinked()
	doc := o.doc()
	if !slices.Equal(doc.Writers, []string{bob}) || doc.Others > 0 || doc.Name != "Bob and Ann: agenda" && doc.Name != "bob and ann: agenda" {
		t.Errorf("the document %q has the writers %v and %d others", doc.Name, doc.Writers, doc.Others)
	}
	if !strings.HasPrefix(doc.Text, "Tuesday 24 November 2026, 10:00–10:30 Europe/Vienna\n") || strings.Count(doc.Text, "24 November") != 1 {
		t.Errorf("the document begins %.100q", doc.Text)
	}
	if got, want := o.starts(), "1 09:15, 8 09:15, 1 09:15, 8 09:15"; got != want {
		t.Errorf("the 1:1s begin at %s, want %s\n%s", got, want, &o.log)
	}
	o.g.ResetCounters()
	o.pass()
	if calls := o.g.Calls(); len(calls) != 1 {
		t.Errorf("a quiet pass made %v", calls)
	}
	o.wellBehaved()
}

// After a meeting its section stays the topmost one for two hours; then the next
// one is put on top, once, with what is open.
func TestAgendaSectionsFollowTheMeetings(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{}, withPapers)
	o.pass()
	id := o.doc().ID
	o.now = time.Date(2026, 11, 24, 10, 30, 0, 0, o.now.Location())
	o.pass()
	o.g.Type(id, "About this document", "[ ] Who pays?\n")
	if strings.Contains(o.doc().Text, "1 December") {
		t.Errorf("a section too early: %s", o.doc().Text)
	}
	o.now = time.Date(2026, 11, 24, 12, 30, 0, 0, o.now.Location())
	for range 3 {
		o.pass()
	}
	top, _, _ := strings.Cut(o.doc().Text, "24 November")
	if strings.Count(o.doc().Text, "1 December 2026") != 1 || !strings.Contains(top, "[ ] Who pays?") {
		t.Errorf("the document is %s", o.doc().Text)
	}
	if len(o.g.Mails()) > 0 && slices.ContainsFunc(o.g.Mails(), func(m calendartest.GoogleMail) bool { return m.What == "share" }) {
		t.Errorf("mails about the document: %v", o.g.Mails())
	}
	before := o.doc().Text
	o.g.Erase(id, "1 December 2026") // A person may do to it whatever they like.
	for range 3 {
		o.now = o.now.Add(25 * time.Hour)
		o.pass()
	}
	if got := o.doc().Text; got != strings.Replace(before, "1 December 2026", "", 1) {
		t.Errorf("what a person took away came back: %s", got)
	}
}

// A program that lost all its records, and one that was cut off at any request to
// Docs and Drive, end up with one document, one section, one writer and no mail.
func TestAgendaDocumentWhateverHappens(t *testing.T) {
	papers := func(r *http.Request) bool {
		return strings.HasPrefix(r.URL.Path, "/v1/") || strings.HasPrefix(r.URL.Path, "/drive/")
	}
	for _, do := range []calendartest.Action{calendartest.CutBefore, calendartest.CutAfter, calendartest.Answer} {
		for n := 1; ; n++ {
			hit := false
			t.Run(fmt.Sprintf("fault %d at request %d", do, n), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					o := newOffice(t, calendartest.GoogleStyle{}, withPapers)
					o.g.Script(calendartest.Fault{Nth: n, Match: papers, Do: do, Status: 403, Reason: "quotaExceeded", Before: func(*http.Request) { hit = true }})
					for range 3 {
						o.pass()
					}
					if got, want := o.starts(), "1 09:15, 8 09:15, 1 09:15, 8 09:15"; got != want {
						t.Errorf("the 1:1s begin at %s, want %s\n%s", got, want, &o.log)
					}
					forgetful := newStore(t)
					o.e = o.again(forgetful)
					for range 6 {
						o.now = o.now.Add(time.Hour)
						o.pass()
					}
					o.wantLinked()
					if doc := o.doc(); !slices.Equal(doc.Writers, []string{bob}) || strings.Count(doc.Text, "24 November") != 1 {
						t.Errorf("the document has the writers %v: %s", doc.Writers, doc.Text)
					}
					o.wellBehaved()
				})
			})
			if !hit {
				break
			}
		}
	}
}

func newStore(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "oneonone.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// A document in the trash is left there, and it is said; one that is gone is made
// anew, and the new one linked. Meetings are looked after all the while.
func TestAgendaDocumentThrownAway(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{}, withPapers)
	for range 3 {
		o.pass()
	}
	old := o.doc()
	o.g.Trash(old.ID, true)
	o.now = o.now.Add(25 * time.Hour)
	o.pass()
	o.pass()
	if words := o.trouble("ann"); !strings.Contains(words, "trash") {
		t.Errorf("the status is %q", words)
	}
	o.wantLinked()
	o.g.Trash(old.ID, false)
	o.now = o.now.Add(2 * time.Hour)
	o.pass()
	if words := o.trouble("ann"); words != "" {
		t.Errorf("the status stays %q", words)
	}
	o.g.Destroy(old.ID)
	o.now = o.now.Add(25 * time.Hour)
	for range 4 {
		o.pass()
	}
	if now := o.doc(); now.ID == old.ID || !slices.Equal(now.Writers, []string{bob}) || len(now.Ranges) != 2 {
		t.Errorf("the new document is %+v", now)
	}
	for _, user := range []string{ann, bob} {
		if links, _ := o.attached(user, "weekly0001"); len(links) != 1 || !strings.HasSuffix(links[0], o.doc().Link) {
			t.Errorf("%s has %v, want the new document", user, links)
		}
	}
}

// trouble is what status says of an account.
func (o *office) trouble(account string) string {
	o.Helper()
	all, err := o.db.AccountStatuses(context.Background())
	if err != nil {
		o.Fatal(err)
	}
	for _, s := range all {
		if s.Account == account {
			return s.Failing
		}
	}
	return ""
}

// Docs that are down stop no move, are said in the status, and are asked less and
// less often.
func TestAgendaDocumentsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, calendartest.GoogleStyle{}, withPapers)
		o.g.Script(calendartest.Fault{Match: func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/drive/") }, Do: calendartest.Answer, Status: 403, Reason: "accessNotConfigured"})
		for range 8 {
			o.pass()
		}
		if got, want := o.starts(), "1 09:15, 8 09:15, 1 09:15, 8 09:15"; got != want {
			t.Errorf("the 1:1s begin at %s, want %s\n%s", got, want, &o.log)
		}
		if words := o.trouble("ann"); !strings.Contains(words, "Google Docs API") {
			t.Errorf("the status is %q", words)
		}
		if n := strings.Count(o.log.String(), "agenda documents cannot be kept"); n != 1 {
			t.Errorf("it is logged %d times\n%s", n, &o.log)
		}
		if n := o.g.Calls()["drive.files.list"]; n > 6 {
			t.Errorf("Drive was asked %d times", n)
		}
		for _, secret := range []string{ann, bob, "docs.google.com", "ya29"} {
			if strings.Contains(o.log.String(), secret) {
				t.Errorf("the log holds %q:\n%s", secret, &o.log)
			}
		}
		o.g.Heal()
		for range 3 {
			o.now = o.now.Add(2 * time.Hour)
			o.pass()
		}
		o.wantLinked()
		if words := o.trouble("ann"); words != "" {
			t.Errorf("the status stays %q", words)
		}
	})
}

// What a person attached stays, a document of theirs too; taking the program's
// marks off leaves the document itself.
func TestAgendaDocumentBesideOthers(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{}, withPapers)
	theirs := o.g.AddDoc(ann, "Notes", "What we said")
	o.g.Edit(ann, "weekly0001", fmt.Sprintf(`{"attachments":[{"fileUrl":%q,"title":"Notes","mimeType":"application/vnd.google-apps.document"}]}`, theirs))
	o.now = o.now.Add(time.Hour)
	for range 4 {
		o.pass()
	}
	docs := o.g.Docs(ann)
	if len(docs) != 2 {
		t.Fatalf("there are %d documents\n%s", len(docs), &o.log)
	}
	links, _ := o.attached(bob, "weekly0001")
	if len(links) != 2 || !strings.HasSuffix(links[0], theirs) || !strings.HasSuffix(links[1], docs[1].Link) && !strings.HasSuffix(links[1], docs[0].Link) {
		t.Errorf("the attachments are %v", links)
	}
	if _, err := o.e.Remove(context.Background(), o.now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if links, text := o.attached(ann, "weekly0001"); len(links) != 1 || !strings.HasSuffix(links[0], theirs) || strings.Contains(text, "docs.google.com") {
		t.Errorf("after remove: %v, %q", links, text)
	}
	if n := len(o.g.Docs(ann)); n != 2 {
		t.Errorf("there are %d documents after remove", n)
	}
	for _, v := range o.g.Violations() {
		t.Error(v)
	}
}

// What people write under "Agenda:" before and after the section is there stands
// in it once, and what they take out of the document does not come back.
func TestAgendaTopicsReachTheDocument(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{}, withPapers)
	describe := func(lines string) {
		o.g.Edit(ann, "weekly0001", fmt.Sprintf(`{"description":%q}`, lines))
		for range 3 {
			o.pass()
		}
	}
	describe("Agenda:\nBudget")
	describe("Agenda:\nBudget\nParking")
	doc := o.doc()
	for _, topic := range []string{"[ ] Budget\n", "[ ] Parking\n"} {
		if strings.Count(doc.Text, topic) != 1 {
			t.Errorf("%q does not stand once in %s", topic, doc.Text)
		}
	}
	o.g.Erase(doc.ID, "[ ] Parking\n")
	describe("Agenda:\nBudget\nParking\nHolidays")
	if text := o.doc().Text; strings.Contains(text, "Parking") || strings.Count(text, "[ ] Holidays\n") != 1 {
		t.Errorf("the document is %s", text)
	}
	for _, v := range o.g.Violations() {
		t.Error(v)
	}
}

// A meeting that is moved after its section was made has its new time told in
// it, once for each move.
func TestAgendaDocumentTellsTheNewTime(t *testing.T) {
	o := newOffice(t, calendartest.GoogleStyle{}, withPapers)
	o.pass()
	before := o.doc().Text
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, o.now.Location())
	id, _ := o.g.Instance(ann, "weekly0001", at)
	o.g.Drag(ann, id, span.Of(at.Add(4*time.Hour), time.Hour))
	for range 3 {
		o.pass()
	}
	title, rest, _ := strings.Cut(before, "\n")
	if want := title + "\nNow on Tuesday 24 November 2026, 14:00–15:00 Europe/Vienna\n" + rest; o.doc().Text != want {
		t.Errorf("the document is %s", o.doc().Text)
	}
	o.g.Drag(ann, id, span.Of(at, 30*time.Minute))
	for range 3 {
		o.pass()
	}
	if want := title + "\nNow on " + title + "\nNow on Tuesday 24"; !strings.HasPrefix(o.doc().Text, want) {
		t.Errorf("the document is %s", o.doc().Text)
	}
}

// Whatever happens to the requests of some passes, afterwards there are one
// document, one section and one writer, linked everywhere, and both moves.
func TestAgendaDocumentsInChaos(t *testing.T) {
	troubles := 0
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, calendartest.GoogleStyle{GrowRanges: seed%2 == 0}, withPapers)
				o.g.Chaos(seed, 0.5,
					calendartest.Fault{Do: calendartest.CutBefore}, calendartest.Fault{Do: calendartest.CutAfter},
					calendartest.Fault{Do: calendartest.Answer, Status: http.StatusServiceUnavailable, Reason: "backendError"},
					calendartest.Fault{Do: calendartest.Answer, Status: http.StatusTooManyRequests, Reason: "rateLimitExceeded", RetryAfter: "3"},
				)
				for range 8 {
					o.now = o.now.Add(15 * time.Minute)
					if _, err := o.e.Pass(context.Background(), o.now, true); err != nil {
						t.Fatalf("Pass: %v", err)
					}
				}
				troubles += strings.Count(o.log.String(), "agenda documents cannot be kept")
				o.g.Heal()
				for range 8 { // What failed waits longer each time.
					o.now = o.now.Add(time.Hour)
					o.pass()
				}
				if got, want := o.starts(), "1 09:15, 8 09:15, 1 09:15, 8 09:15"; got != want {
					t.Errorf("the 1:1s begin at %s, want %s\n%s", got, want, &o.log)
				}
				o.wantLinked()
				if doc := o.doc(); !slices.Equal(doc.Writers, []string{bob}) || strings.Count(doc.Text, "24 November") != 1 {
					t.Errorf("the document has the writers %v: %s", doc.Writers, doc.Text)
				}
				o.wellBehaved()
			})
		})
	}
	if troubles == 0 {
		t.Error("no document saw any trouble, which proves nothing")
	}
}
