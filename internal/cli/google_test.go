package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendartest"
)

// office is Ann and Bob on a fake Google, and the program's command line there.
type office struct {
	*testing.T
	g                       *calendartest.Google
	config, secrets, status string
}

func newOffice(t *testing.T, more string) *office {
	t.Helper()
	o := &office{T: t, g: calendartest.NewGoogle(calendartest.GoogleStyle{Clock: time.Now}), secrets: t.TempDir(), status: t.TempDir()}
	o.config = filepath.Join(t.TempDir(), "oneonone.yaml")
	text := "agenda: {url: https://agenda.example.org}\nlisten: 127.0.0.1:0\naccounts:\n" +
		"  - {name: ann, provider: google, credential: ann, addresses: [ann@example.org]" + more + "}\n" +
		"  - {name: bob, provider: google, credential: bob, addresses: [bob@example.org]}\n"
	if err := os.WriteFile(o.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ann", "bob"} {
		o.g.AddUser(calendartest.GoogleUser{Email: name + "@example.org", Zone: "Europe/Vienna"})
		o.signedIn(name)
	}
	t.Cleanup(func() {
		for _, v := range o.g.Violations() {
			t.Error(v)
		}
	})
	return o
}

// signedIn writes the file of somebody who has granted scopes, all when none is given.
func (o *office) signedIn(name string, scopes ...string) {
	o.Helper()
	data, err := json.Marshal(map[string]any{
		"type": "authorized_user", "client_id": "1234-oneonone.apps.googleusercontent.com", "client_secret": "hunter2",
		"refresh_token": o.g.RefreshToken(name+"@example.org", scopes...),
		"signed_in":     time.Now().Add(-7 * 24 * time.Hour),
	})
	if err != nil {
		o.Fatal(err)
	}
	o.write(name, data)
}

func (o *office) write(name string, data []byte) {
	o.Helper()
	if err := os.WriteFile(filepath.Join(o.secrets, name), data, 0o600); err != nil {
		o.Fatal(err)
	}
}

// run runs a command.
func (o *office) run(args ...string) (status int, stdout, stderr string) {
	o.Helper()
	var out, said bytes.Buffer
	status = Run(o.Context(), Env{
		Args:   append(args, "--config", o.config, "--credentials", o.secrets, "--state", o.status),
		Stdout: &out, Stderr: &said, Getenv: func(string) string { return "" }, Transport: o.g.Transport(),
	})
	if told := out.String() + said.String(); strings.Contains(told, "hunter2") || strings.Contains(told, "1//refresh") || strings.Contains(told, "ya29") {
		o.Errorf("a secret is told:\n%s", told)
	}
	return status, out.String(), said.String()
}

var ofTheCalendar = []string{"calendar.events", "calendar.freebusy", "calendar.settings.readonly", "calendar.calendarlist.readonly", "calendar.app.created"}

// without are all rights but one.
func without(missing string) []string {
	var rest []string
	for _, s := range ofTheCalendar {
		if s != missing {
			rest = append(rest, s)
		}
	}
	return rest
}

func TestCheckOnlineNamesTheMissingRight(t *testing.T) {
	for scope, words := range map[string]string{
		"":                               "",
		"calendar.events":                "see and change events",
		"calendar.freebusy":              "see when people are busy",
		"calendar.settings.readonly":     "see the time zone",
		"calendar.calendarlist.readonly": "see which calendars there are",
		"calendar.app.created":           "make a calendar of its own, from which its suggestions come",
	} {
		t.Run("a person without "+scope, func(t *testing.T) {
			o := newOffice(t, "")
			o.signedIn("ann", without(scope)...)
			status, out, said := o.run("check", "--online")
			want := "oneonone: account \"ann\": the sign-in to Google lacks rights: the program has to " + words + "; run \"oneonone auth ann\" and leave every box ticked\n"
			if words == "" {
				want = ""
			}
			if said != want || (status != 0) != (want != "") || !strings.Contains(out, "bob@example.org") {
				t.Errorf("status %d, %q, want %q, and\n%s", status, said, want, out)
			}
		})
		t.Run("a service account without "+scope, func(t *testing.T) {
			o := newOffice(t, ", subject: ann@example.org")
			o.write("ann", o.g.ServiceAccount("robot@example.org", without(scope)...))
			status, _, said := o.run("check", "--online")
			want := "oneonone: account \"ann\": the service account lacks rights: the program has to " + words +
				"; add these scopes to its client id in the Admin console, under domain-wide delegation: https://www.googleapis.com/auth/" + scope + "\n"
			if words == "" {
				want = ""
			}
			if said != want || (status != 0) != (want != "") {
				t.Errorf("status %d, %q, want %q", status, said, want)
			}
		})
	}
}

// A sign-in that has ended stops its account and no other; run and status say
// why, and what repairs it.
func TestASignInThatEndedIsToldWithItsRepair(t *testing.T) {
	o := newOffice(t, "")
	o.g.Revoke("ann@example.org")
	const why = "Google refused the refresh token (invalid_grant) seven days after the sign-in, as it does while the OAuth client is in \"Testing\": " +
		"publish the client in the Google Cloud console, then run \"oneonone auth ann\""
	status, out, said := o.run("run", "--once")
	if status != Failed || !strings.Contains(out+said, "invalid_grant") {
		t.Errorf("status %d, %s%s", status, out, said)
	}
	_, out, _ = o.run("status")
	// Long lines are broken.
	told := strings.Join(strings.Fields(out), " ")
	if !strings.Contains(told, why) || !strings.Contains(told, "; next try in 1 h") || !strings.Contains(told, "bob less than a minute ago in order") {
		t.Errorf("status says\n%s", out)
	}
	if status, _, said = o.run("check", "--online"); status != Failed || said != "oneonone: account \"ann\": "+why+"\n" {
		t.Errorf("check: status %d, %q", status, said)
	}
}

// consent lets the person at the browser sign in as carol.
func consent(t *testing.T, g *calendartest.Google, asked *url.URL) string {
	r, err := http.NewRequest(http.MethodGet, asked.String(), nil)
	if err != nil {
		t.Error(err)
		return ""
	}
	resp, err := g.Transport().RoundTrip(r)
	if err != nil {
		t.Error(err)
		return ""
	}
	return resp.Header.Get("Location")
}

func TestAuthSaysWhatEndsTheSignIn(t *testing.T) {
	for name, test := range map[string]struct {
		scopes          []string
		status          int
		out, complaints string
	}{
		"all rights": {nil, 0, "ends this sign-in after seven days:\npublish the client in the Google Cloud console, and run \"oneonone auth carol\" once more.\n", ""},
		"a box unticked": {without("calendar.freebusy"), Failed, "",
			"oneonone: not all rights were given: the program has to see when people are busy; sign in again and leave every box ticked\n"},
	} {
		t.Run(name, func(t *testing.T) {
			g := calendartest.NewGoogle(calendartest.GoogleStyle{Clock: time.Now})
			g.AddUser(calendartest.GoogleUser{Email: "carol@example.org"})
			g.Consent("carol@example.org", test.scopes...)
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "carol"), g.ClientJSON(), 0o600); err != nil {
				t.Fatal(err)
			}
			status, out, complaints := signIn(t, dir, g.Transport(), func(asked *url.URL) string { return consent(t, g, asked) })
			if status != test.status || !strings.Contains(out, test.out) || complaints != test.complaints {
				t.Errorf("status %d, %q and\n%s", status, complaints, out)
			}
			data, err := os.ReadFile(filepath.Join(dir, "carol"))
			if err != nil || strings.Contains(string(data), `"signed_in"`) != (test.status == 0) {
				t.Errorf("the file holds %d bytes, %v", len(data), err)
			}
		})
	}
}
