package config

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/hours"
)

var compare = cmp.Options{
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b *url.URL) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }),
	cmp.Comparer(func(a, b hours.Week) bool { return a == b }),
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// minimal is the configuration that testdata/minimal.yaml means: its account
// and all defaults of DESIGN section 4.
func minimal(t *testing.T) *Config {
	t.Helper()
	return &Config{
		Mode: "act",
		Accounts: []Account{{
			Name: "ann", Provider: "caldav", URL: mustURL(t, "https://dav.example.org/"),
			Username: "ann", Credential: "ann", Addresses: []string{"ann@example.org"},
			Hours: hours.MustParse("Mon-Fri 09:00-17:00"),
		}},
		Moves: Moves{
			Notice: 2 * time.Hour, Settle: 10 * time.Minute, Horizon: 28 * 24 * time.Hour, Grid: 15 * time.Minute,
			Before: 10 * time.Minute, After: 15 * time.Minute, Shortest: 10 * time.Minute, Spacing: 24 * time.Hour,
			MaxGap: 14 * 24 * time.Hour, PerOccurrence: 1, PerSeries: 2, AskWithin: 24 * time.Hour,
			MaxChangesPerPass: 20, NotifyGuests: true,
		},
		Cadence: Cadence{Short: 20 * time.Minute, Streak: 3, Window: 4, Long: time.Hour},
		Agenda:  Agenda{Kind: "builtin", URL: mustURL(t, "http://127.0.0.1:8411")},

		Suggestions: Suggestions{Organizer: "oneonone@oneonone.invalid"},

		Poll: time.Minute, Store: "oneonone.db", Listen: "127.0.0.1:8411",
		Log:           Log{Level: slog.LevelInfo, Format: "text"},
		IgnoreTitles:  []string{"interview"},
		AwayTitles:    []string{"vacation", "out of office", "ooo", "holiday"},
		AwayNotTitles: []string{"back from", "party"},
	}
}

func TestDefaults(t *testing.T) {
	got, err := Load("testdata/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(minimal(t), got, compare); diff != "" {
		t.Errorf("the defaults (-want +got):\n%s", diff)
	}
}

func TestTheExampleOfTheDesign(t *testing.T) {
	want := minimal(t)
	a := &want.Accounts[0]
	a.Addresses = []string{"ann@example.org", "ann@old.example.org"}
	a.Zone = mustZone(t, "Europe/Vienna")
	a.Hours = hours.MustParse("Mon-Thu 09:00-17:30, Fri 09:00-15:00")
	a.Calendars = []string{"Work"}
	want.People = []Person{{
		Addresses: []string{"carl@partner.example"}, Name: "Carl", Zone: mustZone(t, "America/New_York"),
		Hours: hours.Default, Relation: "report", Onboarding: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC),
		Every: 6 * 7 * 24 * time.Hour, Tags: []string{"climbing"},
	}}
	want.Mail = &Mail{SMTP: "smtp.example.org:587", From: "ann@example.org", Credential: "smtp"}
	got, err := Load("testdata/design.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, compare); diff != "" {
		t.Errorf("the example (-want +got):\n%s", diff)
	}
}

// account is the beginning of a file whose account gets more keys.
const account = `accounts:
  - name: ann
    provider: caldav
    url: https://dav.example.org/
    username: ann
    credential: ann
    addresses: [ann@example.org]
`

func TestParse(t *testing.T) {
	vienna := mustZone(t, "Europe/Vienna")
	for _, tc := range []struct {
		name, text string
		want       func(*Config)
	}{
		{"groups whose keys are all commented out", account + "people:\nmoves:\nmail:\nignore_titles:\n", func(*Config) {}},
		{"empty lists", account + "people: []\nignore_titles: []\n", func(c *Config) { c.IgnoreTitles = []string{} }},
		{"a byte order mark and line ends of Windows", "\ufeff" + strings.ReplaceAll(account, "\n", "\r\n"), func(*Config) {}},
		{"texts that look like other types", account + "away_titles: [2026, yes, 2026-01-01, 0x10, true]\n", func(c *Config) {
			c.AwayTitles = []string{"2026", "yes", "2026-01-01", "0x10", "true"}
		}},
		{"addresses become lower case", strings.Replace(account, "ann@example.org", "Ann@Example.Org", 1), func(*Config) {}},
		{"how people are asked", account + "suggestions: {organizer: Asks@Example.Org, weekly_status: true}\n", func(c *Config) {
			c.Suggestions = Suggestions{Organizer: "asks@example.org", WeeklyStatus: true}
		}},
		{"http on this machine", strings.Replace(account, "https://dav.example.org/", "http://localhost:5232/", 1), func(c *Config) {
			c.Accounts[0].URL = mustURL(t, "http://localhost:5232/")
		}},
		{"http on this machine, IPv6", strings.Replace(account, "https://dav.example.org/", "'http://[::1]:5232/'", 1), func(c *Config) {
			c.Accounts[0].URL = mustURL(t, "http://[::1]:5232/")
		}},
		{"http because it was asked for", strings.Replace(account, "https", "http", 1) + "    insecure: true\n", func(c *Config) {
			c.Accounts[0].URL, c.Accounts[0].Insecure = mustURL(t, "http://dav.example.org/"), true
		}},
		{"an authority beside the configuration", account + "    ca: tls/ca.pem\n", func(c *Config) {
			c.Accounts[0].CA = filepath.Join("some", "where", "tls", "ca.pem")
		}},
		{"an authority elsewhere", account + "    ca: /etc/ssl/ca.pem\n", func(c *Config) { c.Accounts[0].CA = "/etc/ssl/ca.pem" }},
		{"zone and hours", account + "    time_zone: Europe/Vienna\n    working_hours: Mon,Wed 8:00–12:00\n", func(c *Config) {
			c.Accounts[0].Zone, c.Accounts[0].Hours = vienna, hours.MustParse("Mon,Wed 08:00-12:00")
		}},
		{"a service account of Google", `accounts: [{name: ann, provider: google, credential: key, subject: Ann@example.org, addresses: [ann@example.org]}]`, func(c *Config) {
			c.Accounts[0] = Account{Name: "ann", Provider: "google", Credential: "key", Subject: "ann@example.org", Addresses: []string{"ann@example.org"}, Hours: hours.Default}
		}},
		{"a person who meets in Google Meet", `accounts: [{name: ann, provider: google, credential: ann, meet: true, addresses: [ann@example.org]}]`, func(c *Config) {
			c.Accounts[0] = Account{Name: "ann", Provider: "google", Credential: "ann", Meet: true, Addresses: []string{"ann@example.org"}, Hours: hours.Default}
		}},
		{"a person with an address only", account + "people: [{addresses: [carl@partner.example]}]", func(c *Config) {
			c.People = []Person{{Addresses: []string{"carl@partner.example"}, Hours: hours.Default}}
		}},
		{"act at once", account + "moves: {notice: 0, settle: 0s, spacing: 0s, per_series: 0, breathing_room: {before: 0s}}\n", func(c *Config) {
			c.Moves.Notice, c.Moves.Settle, c.Moves.Spacing, c.Moves.PerSeries, c.Moves.Before = 0, 0, 0, 0, 0
		}},
		{"the pages are where it listens", account + "listen: localhost:9000\n", func(c *Config) {
			c.Listen, c.Agenda.URL = "localhost:9000", mustURL(t, "http://localhost:9000")
		}},
		{"the pages are behind a proxy", account + "listen: 0.0.0.0:8411\nagenda: {url: 'https://agenda.example.org/ann'}\n", func(c *Config) {
			c.Listen, c.Agenda.URL = "0.0.0.0:8411", mustURL(t, "https://agenda.example.org/ann")
		}},
		{"agendas in a folder", account + "agenda: {kind: webdav, url: 'https://dav.example.org/agendas/'}\n", func(c *Config) {
			c.Agenda = Agenda{Kind: "webdav", URL: mustURL(t, "https://dav.example.org/agendas/")}
		}},
		{"no agendas", account + "agenda: {kind: none}\n", func(c *Config) { c.Agenda = Agenda{Kind: "none"} }},
		{"a fleet", account + "store: postgres://oneonone@db.example.org/oneonone\nlog: {level: debug, format: json}\nmode: observe\n", func(c *Config) {
			c.Store, c.Log, c.Mode = "postgres://oneonone@db.example.org/oneonone", Log{slog.LevelDebug, "json"}, "observe"
		}},
		{"no variable is replaced", account + "store: $HOME/x.db\n", func(c *Config) { c.Store = "$HOME/x.db" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := minimal(t)
			tc.want(want)
			got, err := Parse(filepath.Join("some", "where", "oneonone.yaml"), []byte(tc.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, compare); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadUnreadable(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	missing := filepath.Join(dir, "missing.yaml")
	large := file("large.yaml", strings.Repeat("#\n", maxSize/2)+"#", 0o600)
	closed := file("closed.yaml", account, 0)
	tests := []struct{ name, path, want string }{
		{"missing", missing, missing + ": there is no such file\nhint: name the configuration with --config FILE"},
		{"a folder", dir, dir + ": it is a folder, not a file\nhint: name the file in it"},
		{"under a file", filepath.Join(large, "x"), filepath.Join(large, "x") + ": cannot be read: not a directory"},
		{"large", large, large + ":1:1: the file is larger than 1 MiB\nhint: is this the right file?"},
	}
	if f, err := os.Open(closed); err != nil {
		tests = append(tests, struct{ name, path, want string }{
			"closed", closed, closed + ": the user this runs as may not read it\nhint: give that user the right to read the file and to enter its folder",
		})
	} else {
		f.Close()
		t.Log("the file without rights is not tested: this user may read everything")
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			cfg, err := Load(tc.path)
			var errs Errors
			if !errors.As(err, &errs) || cfg != nil {
				t.Fatalf("Load = %v, %v, want Errors alone", cfg, err)
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestHostileSize reads large files that are wrong everywhere.
func TestHostileSize(t *testing.T) {
	const size = maxSize / 4 // with the largest one it takes half a minute under the race detector
	fill := func(head string, line func(i int) string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := 0; ; i++ {
			if l := line(i); b.Len()+len(l) <= size {
				b.WriteString(l)
				continue
			}
			return b.String()
		}
	}
	for name, text := range map[string]string{
		"unknown keys":  fill("", func(i int) string { return fmt.Sprintf("mod%d: 1\n", i) }),
		"one long key":  strings.Repeat("a", size) + ": 1\n",
		"wrong zones":   fill("people:\n", func(int) string { return "- {time_zone: Europe/Berln}\n" }),
		"same address":  fill("people:\n- addresses:\n", func(int) string { return "  - a@b.c\n" }),
		"same calendar": fill(account+"    calendars:\n", func(int) string { return "    - a\n" }),
		"nesting":       "mode: " + strings.Repeat("[", size),
		"nested keys":   "mode: " + strings.Repeat("{a: ", size/4),
		"hours":         account + "    working_hours: Mon-Sun 09:00-10:00" + strings.Repeat(",1:00-0:00", size/10),
		"duration":      account + "poll: " + strings.Repeat("0", size) + "1s\n",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Parse("oneonone.yaml", []byte(text))
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 512<<20 {
				t.Errorf("Parse used %d MiB", used>>20)
			}
			var errs Errors
			if errors.As(err, &errs) {
				checkErrors(t, errs, []byte(text))
				if len(err.Error()) > 1<<16 {
					t.Errorf("Parse tells %d bytes", len(err.Error()))
				}
			}
		})
	}
}

func TestErrorsHoldsEachError(t *testing.T) {
	_, err := Parse("oneonone.yaml", []byte("mode: atc\n"+account+"poll: 1\n"))
	var first Error
	if !errors.As(err, &first) || first.Path != "mode" || first.Line != 1 || first.Column != 7 || first.Hint == "" {
		t.Errorf("errors.As finds %#v in %v", first, err)
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "10m": 10 * time.Minute, "90m": 90 * time.Minute, "2h": 2 * time.Hour, "28d": 28 * day,
		"6w": 6 * week, "1d12h": 36 * time.Hour, "1w2d3h4m5s": 9*day + 3*time.Hour + 4*time.Minute + 5*time.Second, "007s": 7 * time.Second,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("parseDuration(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0s", 28 * day: "4w", 14 * day: "2w", 180 * day: "180d", 36 * time.Hour: "1d12h", 2 * time.Hour: "2h", 90 * time.Minute: "1h30m",
	} {
		if got := formatDuration(d); got != want {
			t.Errorf("formatDuration(%v) = %q, want %q", d, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, math.MaxInt64/int64(time.Second)).Draw(t, "seconds")) * time.Second
		if got, err := parseDuration(formatDuration(d)); err != nil || got != d {
			t.Fatalf("%v is told as %q, which reads back as %v, %v", d, formatDuration(d), got, err)
		}
	})
}

func TestSuggest(t *testing.T) {
	words := []string{"act", "ask", "observe", "breathing_room", "time_zone", "working_hours"}
	for word, want := range map[string]string{
		"atc": "act", "ACT": "act", "obsreve": "observe", "observed": "observe", "zone": "time_zone", "hours": "working_hours",
		"": "", "x": "", "move": "", "ing": "", "breathing": "breathing_room", "k": "",
	} {
		if got := Suggest(word, words); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}

// TestZoneNames proves that no hint names a zone that does not exist.
func TestZoneNames(t *testing.T) {
	names := strings.Fields(zoneNames)
	if len(names) < 400 {
		t.Fatalf("%d zones", len(names))
	}
	for _, name := range names {
		if _, err := parseZone(name); err != nil {
			t.Errorf("parseZone(%q): %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "testdata/minimal.yaml", "testdata/design.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := Parse("oneonone.yaml", data)
		if err == nil {
			if len(cfg.Accounts) == 0 || cfg.Poll <= 0 || cfg.Moves.Grid <= 0 {
				t.Fatalf("Parse lets %+v through", cfg)
			}
			return
		}
		var errs Errors
		if !errors.As(err, &errs) || cfg != nil {
			t.Fatalf("Parse = %v, %v", cfg, err)
		}
		checkErrors(t, errs, data)
	})
}
