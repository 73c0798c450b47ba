package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestPeopleAreAnswered does what people do to the running demonstration.
func TestPeopleAreAnswered(t *testing.T) {
	next := func(w *week, day int, at string) time.Time { return w.on(w.monday.AddDate(0, 0, 7+day), at) }
	tests := []struct {
		name string
		do   func(r *running)
		want []string
	}{
		{"a decline", func(r *running) {
			at := next(r.week, mon, "11:00")
			r.add(bob, "one-ann-bob", occurrence("one-ann-bob", bob, "DECLINED", at, at))
		}, []string{"Bob declined “Ann / Bob” on Mon 30 Nov 11:00", "→ moved to Mon 30 Nov 11:15: Bob said no to this time"}},
		{"the organizer drags", func(r *running) {
			r.add(ann, "one-ann-dora", occurrence("one-ann-dora", dora, "ACCEPTED", next(r.week, thu, "10:30"), next(r.week, thu, "11:00")))
		}, []string{"Ann dragged “Ann / Dora” from Thu 3 Dec 10:30 to Thu 3 Dec 11:00", "→ Dora's calendar follows"}},
		{"something in the way", func(r *running) {
			r.request(http.MethodPut, ann, "dentist", string(r.week.object(event{
				uid: "dentist", title: "Dentist", whose: []person{ann}, day: 7 + mon, at: "10:45", length: time.Hour}, ann)), "")
		}, []string{"Ann added “Dentist” on Mon 30 Nov 10:45", "→ the 1:1 with Bob on Mon 30 Nov 11:00 moved to Mon 30 Nov 10:00: Ann is not available then"}},
		{"nothing in the way", func(r *running) {
			r.request(http.MethodPut, ann, "walk", string(r.week.object(event{
				uid: "walk", title: "Walk", whose: []person{ann}, day: 7 + tue, at: "16:00", length: time.Hour}, ann)), "")
		}, []string{"Ann added “Walk” on Tue 1 Dec 16:00", "→ it is in nobody's way"}},
		{"a deletion", func(r *running) {
			r.request(http.MethodDelete, bob, "support-bob", "", "")
		}, []string{"Bob deleted the whole series “Support desk”", "→ that is respected"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			test.do(r)
			for _, want := range test.want {
				r.out.wait(t, want)
			}
		})
	}
}

// running is a demonstration that goes on.
type running struct {
	t      *testing.T
	out    *tap
	dav    string // http://host:port
	cancel context.CancelFunc
	ended  chan error
	week   *week
}

// start starts a demonstration and waits until it is somebody's turn.
func start(t *testing.T) *running {
	t.Helper()
	return startOn(t, Options{})
}

// startOn is start with options.
func startOn(t *testing.T, o Options) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{t: t, out: newTap(), cancel: cancel, ended: make(chan error, 1), week: newWeek(someday)}
	go func() {
		o.Stdout, o.Listen, o.DAV, o.Now = r.out, "127.0.0.1:0", "127.0.0.1:0", someday
		r.ended <- Run(ctx, o)
	}()
	t.Cleanup(func() { cancel(); <-r.ended })
	text := r.out.wait(t, "Now it is your turn")
	r.dav = regexp.MustCompile(`http://127\.0\.0\.1:\d+/dav/calendars/ann/`).FindString(text)
	r.dav = strings.TrimSuffix(r.dav, "/dav/calendars/ann/")
	return r
}

// request does what p's client does with an object, and returns its text and ETag.
func (r *running) request(method string, p person, object, body, etag string) (text, newETag string) {
	r.t.Helper()
	url := r.dav + "/dav/calendars/" + p.user + "/" + calendarName + "/" + object + ".ics"
	req, err := http.NewRequestWithContext(r.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.SetBasicAuth(p.user, password)
	req.Header.Set("User-Agent", "somebody's client")
	if method == http.MethodPut {
		req.Header.Set("Content-Type", "text/calendar; charset=utf-8")
		if etag != "" {
			req.Header.Set("If-Match", etag)
		} else {
			req.Header.Set("If-None-Match", "*")
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode/100 != 2 {
		r.t.Fatalf("%s %s = %s, %v", method, url, resp.Status, err)
	}
	return string(data), resp.Header.Get("ETag")
}

// add adds a component to an object of p's, conditional on what it read.
func (r *running) add(p person, object, component string) {
	r.t.Helper()
	text, etag := r.request(http.MethodGet, p, object, "", "")
	end := "END:VCALENDAR"
	text = strings.Replace(text, end, strings.ReplaceAll(component, "\n", "\r\n")+end, 1)
	r.request(http.MethodPut, p, object, text, etag)
}

// occurrence writes what a client stores for one changed occurrence.
func occurrence(uid string, guest person, answer string, original, start time.Time) string {
	return fmt.Sprintf(`BEGIN:VEVENT
UID:%s@demo.example
DTSTAMP:20261120T210000Z
RECURRENCE-ID%s
DTSTART%s
DTEND%s
SUMMARY:Ann / %s
ORGANIZER;CN=Ann:mailto:ann@demo.example
ATTENDEE;CN=Ann;PARTSTAT=ACCEPTED:mailto:ann@demo.example
ATTENDEE;CN=%s;PARTSTAT=%s:mailto:%s
END:VEVENT
`, uid, wall(original), wall(start), wall(start.Add(30*time.Minute)), guest.name, guest.name, answer, guest.address())
}

// tap is a writer whose text can be waited for.
type tap struct {
	mu   sync.Mutex
	b    strings.Builder
	more chan struct{} // closed and replaced at each write
}

func newTap() *tap { return &tap{more: make(chan struct{})} }

func (p *tap) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.b.Write(b)
	close(p.more)
	p.more = make(chan struct{})
	return len(b), nil
}

func (p *tap) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// wait returns all that was written as soon as it contains words.
func (p *tap) wait(t *testing.T, words string) string {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	for {
		p.mu.Lock()
		text, more := p.b.String(), p.more
		p.mu.Unlock()
		if strings.Contains(text, words) {
			return text
		}
		select {
		case <-more:
		case <-deadline.C:
			t.Fatalf("nobody said %q within a minute:\n%s", words, text)
		}
	}
}
