package google

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

func newGoogle() *calendartest.Google {
	g := calendartest.NewGoogle(calendartest.GoogleStyle{})
	g.AddUser(calendartest.GoogleUser{Email: ann, Zone: "Europe/Vienna"})
	return g
}

// consent opens an address as a browser does, and returns where Google sends it.
func consent(t *testing.T, g *calendartest.Google, address string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Error(err)
		return ""
	}
	resp, err := g.Transport().RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusFound {
		t.Errorf("the sign-in page answers %v, %v", resp, err)
		return ""
	}
	return resp.Header.Get("Location")
}

// browse follows Google's redirect to the program and returns what it shows.
func browse(t *testing.T, to string) (int, string) {
	t.Helper()
	resp, err := http.Get(to)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	page, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(page)
}

func TestAuthorize(t *testing.T) {
	g := newGoogle()
	g.Consent(ann)
	file := writeFile(t, g.ClientJSON())
	err := Authorize(context.Background(), Authorization{Credential: file, Transport: g.Transport(), Show: func(address string) {
		back := consent(t, g, address)
		forged, _ := url.Parse(back)
		q := forged.Query()
		q.Set("state", "guessed")
		forged.RawQuery = q.Encode()
		if code, _ := browse(t, forged.String()); code != http.StatusNotFound {
			t.Errorf("another state is answered with %d", code)
		}
		if code, page := browse(t, back); code != http.StatusOK || !strings.Contains(page, "Thank you") {
			t.Errorf("the browser ends at %d %q", code, page)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	if list, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); err != nil || len(list) > 0 {
		t.Errorf("%q is left beside the file", list)
	}
	d := &desk{g: g, sent: &recorder{next: g.Transport()}, log: &bytes.Buffer{}}
	if _, err := d.client(t, file, "").Calendars(context.Background()); err != nil {
		t.Errorf("signed in: %v", err)
	}
	for _, v := range g.Violations() {
		t.Error(v)
	}
}

func TestAuthorizeWithAPastedAddress(t *testing.T) {
	g := newGoogle()
	g.Consent(ann)
	file := writeFile(t, g.ClientJSON())
	in, out := io.Pipe()
	err := Authorize(context.Background(), Authorization{Credential: file, Transport: g.Transport(), Pasted: in, Show: func(address string) {
		go func() {
			defer out.Close()
			fmt.Fprintf(out, "yes?\nhttp://127.0.0.1:1/?state=guessed&code=x\n  %s  \n", consent(t, g, address))
		}()
	}})
	if err != nil {
		t.Fatal(err)
	}
	if cred, err := readCredential(file); err != nil || cred.Refresh == "" || len(cred.Scopes) != len(scopes) {
		t.Errorf("the file holds %v, %v", cred, err)
	}
}

func TestAuthorizeFails(t *testing.T) {
	tests := map[string]struct {
		prepare func(*calendartest.Google)
		want    string
	}{
		"refused": {func(*calendartest.Google) {}, "refused in the browser"},
		"a box unticked": {func(g *calendartest.Google) { g.Consent(ann, "calendar.events", "calendar.freebusy") },
			"see the time zone, and to see which calendars there are"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGoogle()
			test.prepare(g)
			file := writeFile(t, g.ClientJSON())
			err := Authorize(context.Background(), Authorization{Credential: file, Transport: g.Transport(), Show: func(address string) {
				browse(t, consent(t, g, address))
			}})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
			if cred, err := readCredential(file); err != nil || cred.Refresh != "" || cred.ID == "" {
				t.Errorf("the file holds %v, %v: a new attempt has to be possible", cred, err)
			}
		})
	}
	stopped, cancel := context.WithCancel(context.Background())
	file := writeFile(t, newGoogle().ClientJSON())
	if err := Authorize(stopped, Authorization{Credential: file, Show: func(string) { cancel() }}); err == nil || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("a sign-in that is stopped: %v", err)
	}
}

func TestCredentialsThatAreNone(t *testing.T) {
	g := newGoogle()
	key := g.ServiceAccount("robot@example.org")
	for name, test := range map[string]struct {
		data    []byte
		subject string
		want    string
	}{
		"no JSON":               {[]byte("secret-password"), "", "not a JSON file"},
		"some JSON":             {[]byte(`{"a":"secret-password"}`), "", "neither"},
		"a web client":          {[]byte(`{"web":{"client_id":"x"}}`), "", "Desktop app"},
		"half a key":            {[]byte(`{"type":"service_account","private_key":"secret-password"}`), "", "not a whole key"},
		"a key without subject": {key, "", "subject:"},
		"a subject without key": {g.ClientJSON(), ann, "subject is for"},
		"nobody signed in":      {g.ClientJSON(), "", `run "oneonone auth ann"`},
	} {
		_, err := New(Options{Account: "ann", Credential: writeFile(t, test.data), Subject: test.subject, Logger: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret-password") {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	if _, err := New(Options{Account: "ann", Credential: filepath.Join(t.TempDir(), "none")}); err == nil || !strings.Contains(err.Error(), "no credential file") {
		t.Errorf("no file: %v", err)
	}
	if text := fmt.Sprintf("%v %+v %#v", credential{Secret: "s3"}, &credential{Refresh: "s3"}, credential{Access: "s3"}); strings.Contains(text, "s3") {
		t.Errorf("a credential prints as %s", text)
	}
}

func TestTokensAreRefreshedAndKept(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	file := userFile(t, "", d.g.RefreshToken(ann))
	if _, err := d.client(t, file, "").Calendars(context.Background()); err != nil {
		t.Fatal(err)
	}
	cred, err := readCredential(file)
	if err != nil || cred.Access == "" || !cred.Expiry.After(time.Now()) {
		t.Errorf("the file was not written again: %v, %v", cred, err)
	}
	if n := d.g.Calls()["oauth.token"]; n != 1 {
		t.Errorf("%d tokens were asked for, want one", n)
	}
	if _, err := d.client(t, file, "").Calendars(context.Background()); err != nil || d.g.Calls()["oauth.token"] != 1 {
		t.Errorf("after a restart the token was asked for again, or %v", err)
	}
}

// Google may forget an access token before its time: it is replaced once, and
// the request, also a write, goes out again.
func TestAForgottenAccessTokenIsReplaced(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	base := d.base(t, "weekly0001")
	d.g.Expire(ann)
	link := "https://agenda.example.org/p/1"
	r, err := d.Apply(context.Background(), calendar.Change{Base: base, Now: now, Parts: []calendar.Part{{Link: &link}}})
	if err != nil || d.parse(t, r).AgendaLink != link {
		t.Errorf("Apply: %v", err)
	}
	if n := d.g.Calls()["oauth.token"]; n != 1 {
		t.Errorf("%d tokens were asked for, want one", n)
	}
}

func TestRevokedSignIn(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, lunch)
	base := d.base(t, "lunch00001")
	d.g.Revoke(ann)
	_, err := d.Get(context.Background(), ann, "lunch00001")
	if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "invalid_grant") || !strings.Contains(err.Error(), `run "oneonone auth ann"`) {
		t.Errorf("a read: %v", err)
	}
	if _, err := d.Apply(context.Background(), moveTo(base, noTime, eleven())); !errors.Is(err, calendar.ErrAuth) || errors.Is(err, calendar.ErrUnknown) {
		t.Errorf("a write: %v", err)
	}
}

func TestServiceAccount(t *testing.T) {
	// The library signs with the time of the machine.
	d := newDesk(t, calendartest.GoogleStyle{Clock: time.Now})
	d.g.Put(ann, lunch)
	allowed := d.client(t, writeFile(t, d.g.ServiceAccount("robot@example.org", scopeNames()...)), ann)
	if _, err := allowed.Get(context.Background(), ann, "lunch00001"); err != nil {
		t.Errorf("with the right delegated: %v", err)
	}
	last := d.sent.list[len(d.sent.list)-1]
	if q, _ := url.ParseQuery(last.query); len(q.Get("quotaUser")) != 32 || strings.Contains(q.Get("quotaUser"), "@") {
		t.Errorf("the request has %s, want a quotaUser without an address", last.query)
	}
	other := d.client(t, writeFile(t, d.g.ServiceAccount("other@example.org", "calendar.freebusy")), ann)
	_, err := other.Get(context.Background(), ann, "lunch00001")
	if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "domain-wide delegation") || !strings.Contains(err.Error(), scopes[0].scope) {
		t.Errorf("without it: %v", err)
	}
	d.g.Script(answering(403, "insufficientPermissions", "", 1))
	if _, err := allowed.Get(context.Background(), ann, "lunch00001"); err == nil || !strings.Contains(err.Error(), "domain-wide delegation") {
		t.Errorf("a right too few: %v", err)
	}
	d.g.Revoke(ann)
	_, err = d.client(t, writeFile(t, d.g.ServiceAccount("robot@example.org", scopeNames()...)), ann).Get(context.Background(), ann, "lunch00001")
	if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "subject") {
		t.Errorf("a person who is not there: %v", err)
	}
}

// A credential that may only be read, as systemd hands it out, is good enough.
func TestReadOnlyCredential(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("root may write anywhere; the directory is taken away instead")
	}
	d := newDesk(t, calendartest.GoogleStyle{})
	file := userFile(t, "", d.g.RefreshToken(ann))
	c := d.client(t, file, "")
	if err := os.RemoveAll(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Calendars(context.Background()); err != nil || d.log.Len() > 0 {
		t.Errorf("%v; the log has %q", err, d.log)
	}
}

// TestEnded: a sign-in that ended says why as far as that can be told, whenever
// it is noticed, and what repairs it.
func TestEnded(t *testing.T) {
	const day = 24 * time.Hour
	const (
		week    = "seven days after the sign-in, as it does while the OAuth client is in \"Testing\": publish"
		perhaps = "if the OAuth client is still in \"Testing\""
		taken   = "the access was taken away"
	)
	made := now.Add(-100 * day)
	for name, test := range map[string]struct {
		life life
		now  time.Duration // after made
		want string
	}{
		"nobody knows when it was made":           {life{}, 7 * day, "If this comes every seven days"},
		"after seven days":                        {life{made: made}, 7*day + time.Minute, week},
		"taken an hour before":                    {life{made, made.Add(7*day - time.Hour)}, 7 * day, week},
		"the next day":                            {life{made: made}, 7*day + 20*time.Hour, week},
		"weeks later, taken until the end":        {life{made, made.Add(7*day - time.Hour)}, 30 * day, week},
		"weeks later, nobody knows when it ended": {life{made, made.Add(time.Minute)}, 30 * day, perhaps},
		"weeks later, taken on the fifth day":     {life{made, made.Add(5 * day)}, 30 * day, perhaps},
		"too early":                               {life{made: made}, 3 * day, taken},
		"taken for longer":                        {life{made, made.Add(20 * day)}, 21 * day, taken},
	} {
		got := test.life.ended("ann", made.Add(test.now))
		if !strings.Contains(got, test.want) || !strings.Contains(got, `run "oneonone auth ann"`) || !strings.HasPrefix(got, "Google refused the refresh token (invalid_grant)") {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// A sign-in that has ended is left alone for as long as only a person can repair
// it, and what is known of it comes from its file.
func TestDeadSignInIsLeftAlone(t *testing.T) {
	g := newGoogle()
	cred := &credential{Type: kindUser, ID: "1234-oneonone.apps.googleusercontent.com", Refresh: g.RefreshToken(ann),
		SignedIn: time.Now().Add(-20 * 24 * time.Hour), Access: "old", Expiry: time.Now().Add(-time.Hour)}
	file := filepath.Join(t.TempDir(), "ann")
	if err := cred.write(file); err != nil {
		t.Fatal(err)
	}
	g.Revoke(ann)
	d := &desk{g: g, sent: &recorder{next: g.Transport()}, log: &bytes.Buffer{}}
	_, err := d.client(t, file, "").Calendars(context.Background())
	var asks *calendar.RetryError
	if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "the access was taken away") {
		t.Errorf("a sign-in that was taken two hours ago: %v", err)
	}
	if !errors.As(err, &asks) || asks.After != deadFor {
		t.Errorf("it is tried again too soon: %v", err)
	}
}

// A file that tells of a right too few, as after an update that needs another
// one, does not keep the program from starting: what can be done goes on.
func TestARightTooFewStopsNobody(t *testing.T) {
	g := newGoogle()
	granted := slices.DeleteFunc(scopeNames(), func(s string) bool { return s == gcal.CalendarAppCreatedScope })
	cred := &credential{Type: kindUser, ID: "1234-oneonone.apps.googleusercontent.com", Refresh: g.RefreshToken(ann, granted...), Scopes: granted}
	file := filepath.Join(t.TempDir(), "ann")
	if err := cred.write(file); err != nil {
		t.Fatal(err)
	}
	d := &desk{g: g, sent: &recorder{next: g.Transport()}, log: &bytes.Buffer{}}
	c := d.client(t, file, "")
	const want = "the program has to make a calendar of its own, from which its suggestions come; run \"oneonone auth ann\""
	if !strings.Contains(d.log.String(), "make a calendar of its own") {
		t.Errorf("the log does not name it: %s", d.log)
	}
	if err := c.Rights(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Rights: %v, want %q", err, want)
	}
	if _, err := c.Calendars(context.Background()); err != nil {
		t.Errorf("what needs other rights: %v", err)
	}
	if _, err := c.OwnCalendar(context.Background()); !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), want) {
		t.Errorf("what needs this one: %v, want %q", err, want)
	}
}

// Google does not say which of a service account's rights is missing; the check does.
func TestRightsOfAServiceAccount(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{Clock: time.Now})
	without := func(scope string) []string {
		return slices.DeleteFunc(scopeNames(), func(s string) bool { return s == scope })
	}
	for name, test := range map[string]struct {
		delegated []string
		want, not string
	}{
		"all":          {scopeNames(), "", ""},
		"one too few":  {without(gcal.CalendarFreebusyScope), "has to see when people are busy; add these scopes", gcal.CalendarEventsScope},
		"none of them": {[]string{"drive.file"}, "may not act for this person", "lacks rights"},
	} {
		err := d.client(t, writeFile(t, d.g.ServiceAccount("robot@example.org", test.delegated...)), ann).Rights(context.Background())
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), test.not)):
			t.Errorf("%s: %v, want %q and no %q", name, err, test.want, test.not)
		}
	}
	d.g.Revoke(ann)
	err := d.client(t, writeFile(t, d.g.ServiceAccount("robot@example.org", scopeNames()...)), ann).Rights(context.Background())
	if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "subject") {
		t.Errorf("a person who is not there: %v", err)
	}
}

// Who signs in again is taken in without a restart.
func TestSignInAgainIsTakenIn(t *testing.T) {
	g := newGoogle()
	g.Consent(ann)
	file := userFile(t, "", "1//long-dead")
	d := &desk{g: g, sent: &recorder{next: g.Transport()}, log: &bytes.Buffer{}}
	c := d.client(t, file, "")
	if _, err := c.Calendars(context.Background()); !errors.Is(err, calendar.ErrAuth) {
		t.Fatalf("with a dead token: %v", err)
	}
	err := Authorize(context.Background(), Authorization{Credential: file, Transport: g.Transport(), Show: func(address string) {
		browse(t, consent(t, g, address))
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Calendars(context.Background()); err != nil {
		t.Errorf("after the new sign-in: %v", err)
	}
	if cred, err := readCredential(file); err != nil || cred.SignedIn.IsZero() || len(cred.Scopes) != len(scopes) {
		t.Errorf("the file holds %v, %v", cred, err)
	}
}

// People can untick rights; the check tells which is missing, in words.
func TestRightsAreToldInWords(t *testing.T) {
	for _, unticked := range append(slices.Clone(scopes), struct{ scope, why string }{}) {
		if unticked.scope == gcal.CalendarCalendarlistReadonlyScope {
			continue // Listing the calendars says it.
		}
		want := unticked.why
		granted := slices.DeleteFunc(scopeNames(), func(s string) bool { return s == unticked.scope })
		g := newGoogle()
		g.Consent(ann, granted...)
		file := writeFile(t, g.ClientJSON())
		// Another program made the file, and did not look at what was granted.
		var tok *oauth2.Token
		cred, err := readCredential(file)
		if err != nil {
			t.Fatal(err)
		}
		conf := cred.config()
		conf.RedirectURL = "http://127.0.0.1:1/"
		verifier := oauth2.GenerateVerifier()
		back, err := url.Parse(consent(t, g, conf.AuthCodeURL("x", oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier))))
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: g.Transport()})
		if tok, err = conf.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier)); err != nil {
			t.Fatal(err)
		}
		d := &desk{g: g, sent: &recorder{next: g.Transport()}, log: &bytes.Buffer{}}
		c := d.client(t, userFile(t, "", tok.RefreshToken), "")
		if _, err := c.Calendars(context.Background()); err != nil {
			t.Fatal(err)
		}
		err = c.Rights(context.Background())
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), "has to "+want+";") || !strings.Contains(err.Error(), "oneonone auth ann")) {
			t.Errorf("Rights: %v, want %q", err, want)
		}
		for _, v := range g.Violations() {
			t.Error(v)
		}
	}
}
