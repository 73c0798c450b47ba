package app

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/calendartest"
	"oneonone/internal/config"
	"oneonone/internal/web"
)

const annMail = "ann@example.org"

// pushed is the service for Ann and Bob on Google, with a 1:1 that Ann organizes
// each Tuesday at 10:00 in Vienna, inside a bubble of synctest: it is 1 January 2000.
type pushed struct {
	*App
	*testing.T
	g      *calendartest.Google
	o      Options
	log    *bytes.Buffer
	chance func() float64
	reload chan struct{}
	next   *config.Config
	stop   func()

	mu     sync.Mutex
	tokens map[string]bool // ever given to a channel
}

const pushURL = "push: {url: https://calendar.example.org/oneonone}\n"

func newPushed(t *testing.T, more string) *pushed {
	t.Helper()
	p := &pushed{T: t, log: &bytes.Buffer{}, reload: make(chan struct{}), tokens: map[string]bool{}, chance: func() float64 { return 0.5 }}
	p.g = calendartest.NewGoogle(calendartest.GoogleStyle{})
	dir := t.TempDir()
	for _, name := range []string{"ann", "bob"} {
		mail := name + "@example.org"
		p.g.AddUser(calendartest.GoogleUser{Email: mail, Zone: "Europe/Vienna"})
		cred, err := json.Marshal(map[string]any{
			"type": "authorized_user", "client_id": "1234-oneonone.apps.googleusercontent.com",
			"client_secret": "not-confidential-on-a-desktop", "refresh_token": p.g.RefreshToken(mail),
			"access_token": p.g.AccessToken(mail), "expiry": time.Now().AddDate(1, 0, 0),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), cred, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.g.Put(annMail, `{"id":"weekly0001","summary":"Ann / Bob",`+when("2000-01-04", "10:30")+`,"recurrence":["RRULE:FREQ=WEEKLY"],
		"attendees":[{"email":"ann@example.org","responseStatus":"accepted"},{"email":"bob@example.org","responseStatus":"accepted"}]}`)
	p.o = Options{
		Config: p.config(more), Credentials: dir, State: t.TempDir(), Transport: p,
		Log:    slog.New(slog.NewTextHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Chance: func() float64 { return p.chance() },
	}
	p.App = open(t, p.o)
	p.g.PushTo(http.StripPrefix("/oneonone", p.Handler())) // As a proxy does.
	return p
}

func (p *pushed) config(more string) *config.Config {
	return parse(p.T, more+`agenda: {kind: none}
moves: {settle: 0s}
accounts:
  - {name: ann, provider: google, credential: ann, addresses: [ann@example.org], time_zone: Europe/Vienna}
  - {name: bob, provider: google, credential: bob, addresses: [bob@example.org], time_zone: Europe/Vienna}
`)
}

// RoundTrip implements http.RoundTripper: requests to Google, whose tokens of
// channels are noted.
func (p *pushed) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := p.g.Transport().RoundTrip(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ch := range p.g.Channels() {
		p.tokens[ch.Token] = true
	}
	return resp, err
}

// start runs the service until stop, and waits for its first pass and its channels.
func (p *pushed) start() {
	ctx, cancel := context.WithCancel(p.Context())
	ended := make(chan error, 1)
	load := func() (*config.Config, error) { return p.next, nil }
	go func() { ended <- p.loop(ctx, p.reload, load) }()
	p.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			p.Errorf("the service ended: %v", err)
		}
	})
	p.Cleanup(func() {
		p.stop()
		for _, v := range p.g.Violations() {
			p.Error(v)
		}
	})
	synctest.Wait()
}

// reloadWith gives the running service another configuration.
func (p *pushed) reloadWith(more string) {
	p.next = p.config(more)
	p.reload <- struct{}{}
	synctest.Wait()
}

func (p *pushed) script(faults ...calendartest.Fault) { p.g.Script(faults...) }

// at notes when something happens.
func (p *pushed) at(began time.Time, into *[]time.Duration) func(*http.Request) {
	return func(*http.Request) { *into = append(*into, time.Since(began)) }
}

// isListing finds the one request of every pass for Ann.
func isListing(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, annMail+"/events") }

func isWatch(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/events/watch") }

// passes is how many passes there have been.
func (p *pushed) passes() int { return p.g.Calls()["calendar.events.list"] / 2 }

// block puts something over the 1:1 of 11 January.
func (p *pushed) block() {
	p.g.Put(annMail, `{"id":"dentist001","summary":"Dentist",`+when("2000-01-11", "11:00")+`}`)
}

// moved reports whether that 1:1 is somewhere else.
func (p *pushed) moved() bool {
	p.Helper()
	id, _ := p.g.Instance(annMail, "weekly0001", time.Date(2000, 1, 11, 9, 0, 0, 0, time.UTC))
	data, _ := p.g.Event(annMail, id)
	var e struct{ Start struct{ DateTime time.Time } }
	if err := json.Unmarshal(data, &e); err != nil {
		p.Fatal(err)
	}
	return e.Start.DateTime.UTC().Format("15:04") != "09:00"
}

// post sends a message and returns the status of the answer.
func (p *pushed) post(id, token, state string) int {
	r := httptest.NewRequest(http.MethodPost, "https://calendar.example.org"+web.PushPath, nil)
	r.Header.Set("X-Goog-Channel-ID", id)
	r.Header.Set("X-Goog-Channel-Token", token)
	r.Header.Set("X-Goog-Resource-State", state)
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, r)
	return w.Code
}

func TestAChangeIsLookedAtWithinSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 1h\n"+pushURL)
		p.start()
		if got := p.g.Channels(); len(got) != 2 || got[0].Token == got[1].Token || got[0].Address != "https://calendar.example.org/oneonone/push/google" || len(got[0].Token) < 26 {
			t.Fatalf("channels: %+v", got)
		}
		time.Sleep(10 * time.Minute)
		p.block()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if !p.moved() {
			t.Error("3 s after the change the 1:1 is where it was")
		}
		// Our own write is told too. It makes one pass, and that one makes none.
		before := p.passes()
		time.Sleep(20 * time.Minute)
		if n := p.passes() - before; n > 1 {
			t.Errorf("our own write made %d passes", n)
		}
		for _, m := range p.g.Pushes() {
			if m.Status != http.StatusOK && m.Status != http.StatusNoContent {
				t.Errorf("a message was answered %d: %+v", m.Status, m)
			}
		}
	})
}

// What changes after the first pass and before the channel is open is not told
// by anybody.
func TestAChangeBeforeTheChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 1h\n"+pushURL)
		p.script(calendartest.Fault{Method: "POST", Match: isWatch, Nth: 1, Before: func(*http.Request) { p.block() }})
		p.start()
		time.Sleep(passGap + time.Second)
		synctest.Wait()
		if !p.moved() {
			t.Error("the change was not looked at")
		}
	})
}

func TestALostMessageIsMadeUpForByPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 1h\n"+pushURL)
		p.start()
		p.g.PushCopies(func(calendartest.GooglePush) int { return 0 })
		time.Sleep(10 * time.Minute)
		p.block()
		time.Sleep(45 * time.Minute)
		synctest.Wait()
		if p.moved() {
			t.Error("the change was looked at although nobody told of it")
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if !p.moved() {
			t.Error("polling did not find the change")
		}
	})
}

// A burst, and every message twice, makes few passes, and none is missed at its end.
func TestABurstMakesFewPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 1h\n"+pushURL)
		p.start()
		p.g.PushCopies(func(calendartest.GooglePush) int { return 2 })
		time.Sleep(time.Minute)
		before := p.passes()
		for range 60 {
			p.g.Edit(annMail, "weekly0001", `{"summary":"`+time.Now().Format("15:04:05")+`"}`)
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		if n := p.passes() - before; n < 5 || n > 8 {
			t.Errorf("a minute of changes made %d passes, want one in 10 s", n)
		}
		before = p.passes()
		p.block()
		time.Sleep(toldQuiet + time.Second)
		synctest.Wait()
		if !p.moved() || p.passes() == before {
			t.Error("the change after the burst was not looked at")
		}
	})
}

// A message that nobody could have sent wakes nobody.
func TestForeignMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 1h\n"+pushURL)
		p.start()
		time.Sleep(time.Minute)
		ch, before := p.g.Channels()[0], p.passes()
		for _, c := range []struct {
			id, token, state string
			want             int
		}{
			{ch.ID, ch.Token + "x", "exists", 404}, {ch.ID, "", "exists", 404}, {"", "", "exists", 404},
			{ch.ID + "x", ch.Token, "exists", 404}, {ch.ID, ch.Token, "sync", 200},
		} {
			if got := p.post(c.id, c.token, c.state); got != c.want {
				t.Errorf("%q %q %s is answered %d, want %d", c.id, c.token, c.state, got, c.want)
			}
		}
		time.Sleep(time.Minute)
		if p.passes() != before {
			t.Error("a foreign message made a pass")
		}
		if got := p.post(ch.ID, ch.Token, "exists"); got != 204 {
			t.Errorf("the right message is answered %d", got)
		}
		time.Sleep(time.Minute)
		if p.passes() != before+1 {
			t.Error("the right message made no pass")
		}
	})
}

// TestNoTokenInTheLog reads all that a run of three days prints, good and bad.
func TestNoTokenInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 1h\n"+pushURL)
		p.start()
		time.Sleep(time.Hour)
		p.block()
		for _, status := range []int{400, 401, 403, 404, 503} {
			p.script(calendartest.Fault{Method: "POST", Do: calendartest.Answer, Status: status, Reason: "new"})
			time.Sleep(12 * time.Hour)
			ch := append(p.g.Channels(), calendartest.GoogleChannel{})[0]
			p.post(ch.ID, ch.Token+"x", "exists")
			p.g.Heal()
			p.reloadWith("poll: 1h\n" + pushURL)
			time.Sleep(time.Hour)
		}
		p.stop()
		if len(p.tokens) < 3 || p.log.Len() == 0 {
			t.Fatalf("%d tokens, %d bytes of log", len(p.tokens), p.log.Len())
		}
		for token := range p.tokens {
			if strings.Contains(p.log.String(), token) {
				t.Error("a token is in the log")
			}
		}
		for _, secret := range []string{annMail, "ya29", "Dentist", "calendar.example.org"} {
			if strings.Contains(p.log.String(), secret) {
				t.Errorf("%q is in the log:\n%s", secret, p.log)
			}
		}
	})
}
