package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendartest"
	"oneonone/internal/config"
)

// office is a server with ann and bob, and the configuration that serves them.
func office(t *testing.T) (*calendartest.DAV, Options) {
	t.Helper()
	dav := calendartest.NewDAV(calendartest.Style{})
	dir := t.TempDir()
	text := "poll: 1s\nlisten: 127.0.0.1:0\nagenda: {url: http://127.0.0.1:8411}\nmoves: {settle: 0s}\naccounts:\n"
	for _, name := range []string{"ann", "bob"} {
		dav.AddUser(calendartest.User{Name: name, Password: "secret-" + name, Mail: []string{name + "@example.org"}})
		dav.AddCalendar(name, calendartest.Calendar{Name: "work", Title: "Work"})
		text += fmt.Sprintf("  - {name: %s, provider: caldav, url: %q, username: %s, credential: %s, addresses: [%s@example.org], time_zone: Europe/Vienna}\n",
			name, "http://127.0.0.1/dav/", name, name, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte("secret-"+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		dav.Put(name, "work", "1.ics", meeting(time.Now()))
	}
	return dav, Options{
		Config: parse(t, text), Credentials: dir, State: t.TempDir(),
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Transport: dav.Transport(),
	}
}

// meeting is a weekly 1:1 of Ann and Bob that began a month before now.
func meeting(now time.Time) []byte {
	start := now.UTC().AddDate(0, 0, -30).Format("20060102") + "T100000"
	return []byte(strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:ann-bob
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Vienna:`+start+`
DURATION:PT30M
RRULE:FREQ=WEEKLY
SUMMARY:Ann / Bob
ORGANIZER:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n"))
}

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t *testing.T, o Options) *App {
	t.Helper()
	a, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// TestTheLinkOpensThePage follows the link that a pass put on an event.
func TestTheLinkOpensThePage(t *testing.T) {
	dav, o := office(t)
	a := open(t, o)
	if rec := get(a, "/healthz"); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("/healthz before the first pass = %d", rec.Code)
	}
	r, err := a.Once(t.Context())
	if err != nil || len(r.Failed) > 0 {
		t.Fatal(err, r.Failed)
	}
	for _, name := range []string{"ann", "bob"} {
		ics, _, _ := dav.Get(name, "work", "1.ics")
		text := strings.ReplaceAll(string(ics), "\r\n ", "")
		link := regexp.MustCompile(`http://127\.0\.0\.1:8411(/a/[A-Za-z0-9_-]{22,})`).FindStringSubmatch(text)
		if link == nil {
			t.Fatalf("no link on %s's event:\n%s", name, text)
		}
		rec := get(a, link[1])
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Bob") {
			t.Errorf("the page = %d\n%s", rec.Code, rec.Body)
		}
	}
	if rec := get(a, "/healthz"); rec.Code != http.StatusOK {
		t.Errorf("/healthz = %d %s", rec.Code, rec.Body)
	}
	if rec := get(a, "/metrics"); !strings.Contains(rec.Body.String(), `oneonone_writes_total{account="ann"} 1`) {
		t.Errorf("the metrics do not count the write:\n%s", rec.Body)
	}
}

func get(a *App, path string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8411"+path, nil)
	req.RemoteAddr = "127.0.0.1:5000"
	rec := httptest.NewRecorder()
	a.Handler().ServeHTTP(rec, req)
	return rec
}

// TestRunTellsSystemd runs the service under a stand-in for systemd.
func TestRunTellsSystemd(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "200000")
	t.Setenv("WATCHDOG_PID", fmt.Sprint(os.Getpid()))
	_, o := office(t)
	a := open(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	reload := make(chan struct{}, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- a.Run(ctx, reload, func() (*config.Config, error) { return nil, errors.New("broken") })
	}()
	heard := listen(t, l)
	heard("READY=1")
	heard("STATUS=2 of 2 accounts in order, 1 1:1 series looked after")
	heard("WATCHDOG=1")
	before := a.Engine()
	reload <- struct{}{}
	heard("RELOADING=1")
	heard("READY=1")
	if a.Engine() != before {
		t.Error("a broken configuration replaced the old one")
	}
	cancel()
	heard("STOPPING=1")
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
}

// listen returns a function that waits until systemd is told a line.
func listen(t *testing.T, l *net.UnixConn) func(want string) {
	if err := l.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	return func(want string) {
		t.Helper()
		for {
			n, err := l.Read(buf)
			if err != nil {
				t.Fatalf("systemd was not told %q: %v", want, err)
			}
			for line := range strings.Lines(string(buf[:n])) {
				if strings.TrimSpace(line) == want {
					return
				}
			}
		}
	}
}

// TestReloadTakesAGoodConfiguration replaces the accounts while running.
func TestReloadTakesAGoodConfiguration(t *testing.T) {
	_, o := office(t)
	a := open(t, o)
	smaller := *o.Config
	smaller.Accounts = smaller.Accounts[:1]
	a.reload(func() (*config.Config, error) { return &smaller, nil })
	r, err := a.Once(t.Context())
	if err != nil || len(r.Failed) > 0 {
		t.Fatal(err, r.Failed)
	}
	if got := len(a.Check(t.Context())); got != 1 {
		t.Errorf("%d accounts after the reload, want 1", got)
	}
}

func TestCredentials(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"plain": "pass word", "line": "pass word\n", "windows": "pass word\r\n", "oneonone_systemd": "pass word",
		"empty": "\n", "large": strings.Repeat("x", maxCredential+1),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ dir, name, want string }{
		{dir, "plain", ""}, {dir, "line", ""}, {dir, "windows", ""}, {dir, "systemd", ""},
		{dir, "empty", "is empty"}, {dir, "large", "too large"}, {dir, "missing", "there is no file"},
		{"", "plain", "no credentials directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := credential(c.dir, config.Account{Name: "ann", Credential: c.name})
			if c.want == "" {
				if err != nil || got != "pass word" {
					t.Errorf("credential = %q, %v", got, err)
				}
				return
			}
			var ce *ConfigError
			if !errors.As(err, &ce) || !strings.Contains(ce.Problem, c.want) {
				t.Errorf("credential = %v, want a ConfigError with %q", err, c.want)
			}
		})
	}
}

// TestWhatThisVersionCannotDo is refused instead of half done.
func TestWhatThisVersionCannotDo(t *testing.T) {
	const account = "accounts: [{name: ann, provider: caldav, url: 'https://dav.example.org/', username: a, credential: a, addresses: [ann@example.org]}]\n"
	for _, c := range []struct{ name, text, want string }{
		{"webdav agenda", account + "agenda: {kind: webdav, url: 'https://dav.example.org/notes/'}\n", "agenda.kind webdav"},
		{"mail", account + "mail: {smtp: 'smtp.example.org:587', from: ann@example.org, credential: smtp}\n", "mail is not available"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(t.Context(), Options{Config: parse(t, c.text), Credentials: t.TempDir(), State: t.TempDir(), Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
			var ce *ConfigError
			if !errors.As(err, &ce) || !strings.Contains(ce.Problem, c.want) {
				t.Errorf("New = %v, want a ConfigError with %q", err, c.want)
			}
		})
	}
}

func TestSpokenName(t *testing.T) {
	for in, want := range map[string]string{"ann": "Ann", "bob-work": "Bob", "émile": "Émile", "_": "_"} {
		if got := spokenName(in); got != want {
			t.Errorf("spokenName(%q) = %q, want %q", in, got, want)
		}
	}
}
