package app

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendartest"
)

// A sign-in that has ended stops its account and no other. The log says it once,
// systemd's status line as long as it lasts, each with the command that repairs
// it; Google is left alone until then, and a new sign-in is taken in.
func TestASignInThatEndedStopsItsAccountAlone(t *testing.T) {
	g := calendartest.NewGoogle(calendartest.GoogleStyle{Clock: time.Now})
	dir := t.TempDir()
	signIn := func(name string) {
		data, err := json.Marshal(map[string]string{
			"type": "authorized_user", "client_id": "1234-oneonone.apps.googleusercontent.com", "refresh_token": g.RefreshToken(name + "@example.org"),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"ann", "bob"} {
		g.AddUser(calendartest.GoogleUser{Email: name + "@example.org", Zone: "Europe/Vienna"})
		signIn(name)
	}
	g.Put("bob@example.org", `{"id":"dentist001","summary":"Dentist",`+when("2026-12-01", "11:00")+`}`)
	var log bytes.Buffer
	a := open(t, Options{
		Config: parse(t, `agenda: {url: https://agenda.example.org}
accounts:
  - {name: ann, provider: google, credential: ann, addresses: [ann@example.org]}
  - {name: bob, provider: google, credential: bob, addresses: [bob@example.org]}
`), Credentials: dir, State: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil)), Transport: g.Transport(),
	})
	g.Revoke("ann@example.org")
	const want = `1 of 2 accounts in order, 0 1:1 series looked after; account ann: listing the calendars: Google refused the refresh token (invalid_grant); run "oneonone auth ann"`
	now := monday
	for i := range 2 {
		r, err := a.Pass(t.Context(), now.Add(time.Duration(i)*time.Minute), false)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"ann"}, slices.Collect(maps.Keys(r.Failed))); diff != "" {
			t.Errorf("failed accounts (-want +got):\n%s", diff)
		}
		if got := statusLine(r, 2); !strings.HasPrefix(got, want) {
			t.Errorf("systemd is told %q, want %q", got, want)
		}
		if i == 0 && r.Pulled == 0 {
			t.Error("nothing of the other account was read")
		}
	}
	if n := g.Calls()["oauth.token"]; n != 2 {
		t.Errorf("%d tokens were asked for, want one for each account", n)
	}
	if n := strings.Count(log.String(), "invalid_grant"); n != 1 || !strings.Contains(log.String(), "account=ann") {
		t.Errorf("the log tells it %d times, want once:\n%s", n, &log)
	}
	signIn("ann")
	r, err := a.Pass(t.Context(), now.Add(2*time.Hour), false)
	if err != nil || len(r.Failed) > 0 || !strings.Contains(log.String(), "account works again") {
		t.Errorf("after a new sign-in: %v, %v", err, r.Failed)
	}
}

// TestTellReachesSystemd: the line arrives as one status.
func TestTellReachesSystemd(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	_, o := office(t)
	open(t, o).tell(daemon.SdNotifyReady, `account ann: run "oneonone auth ann"`)
	listen(t, l)(`STATUS=account ann: run "oneonone auth ann"`)
}
