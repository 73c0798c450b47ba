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
		"a right too few": {[]byte(`{"type":"authorized_user","client_id":"x","refresh_token":"secret-password","scopes":["` + scopes[0].scope + `"]}`), "",
			"see when people are busy, and to see the time zone"},
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

// A refresh token that died is told with what repairs it, and why it may have died.
func TestDeadSignInSaysWhy(t *testing.T) {
	for name, test := range map[string]struct {
		signedIn time.Time
		want     string
	}{
		"seven days ago":    {time.Now().Add(-testingLife - time.Minute), "while the OAuth client is in \"Testing\""},
		"yesterday":         {time.Now().Add(-24 * time.Hour), "the access was taken away"},
		"nobody knows when": {time.Time{}, "If this comes every seven days"},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGoogle()
			cred := &credential{Type: kindUser, ID: "1234-oneonone.apps.googleusercontent.com", Refresh: g.RefreshToken(ann), SignedIn: test.signedIn}
			file := filepath.Join(t.TempDir(), "ann")
			if err := cred.write(file); err != nil {
				t.Fatal(err)
			}
			g.Revoke(ann)
			d := &desk{g: g, sent: &recorder{next: g.Transport()}, log: &bytes.Buffer{}}
			_, err := d.client(t, file, "").Calendars(context.Background())
			var asks *calendar.RetryError
			if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), `run "oneonone auth ann"`) {
				t.Errorf("%v, want %q", err, test.want)
			}
			if !errors.As(err, &asks) || asks.After != deadFor {
				t.Errorf("it is tried again too soon: %v", err)
			}
		})
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
