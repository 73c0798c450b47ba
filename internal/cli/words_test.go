package cli

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLength(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                            "less than a minute",
		29 * time.Second:             "less than a minute",
		90 * time.Second:             "2 min",
		-5 * time.Minute:             "5 min",
		time.Hour:                    "1 h",
		2*time.Hour + 15*time.Minute: "2 h 15 min",
		28 * 24 * time.Hour:          "28 days",
		24*time.Hour + 3*time.Hour + 10*time.Minute: "1 day 3 h",
	} {
		if got := length(d); got != want {
			t.Errorf("length(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestRhythm(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		0: "once", 2 * time.Hour: "several times a day", day: "every day", 23 * time.Hour: "every day", 3 * day: "every 3 days",
		7 * day: "every week", 7*day - time.Hour: "every week", 14 * day: "every two weeks", 21 * day: "every 3 weeks",
		28 * day: "every month", 31 * day: "every month", 42 * day: "every 6 weeks", 92 * day: "every 92 days",
	} {
		if got := rhythm(d); got != want {
			t.Errorf("rhythm(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestClockTellsTheZoneOnceOrAlways(t *testing.T) {
	vienna, york := zoneNamed("Europe/Vienna"), zoneNamed("America/New_York")
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	one := newClock(at, vienna, vienna)
	if got := one.about() + " " + soft(one.tell(at, vienna)); got != "Times are in Europe/Vienna. Tue 24 Nov 10:00" {
		t.Errorf("one zone: %q", got)
	}
	two := newClock(at, vienna, york)
	if got := two.about() + soft(two.tell(at, york)); got != "Tue 24 Nov 04:00 America/New_York" {
		t.Errorf("two zones: %q", got)
	}
	if got := soft(one.tell(at.AddDate(1, 0, 0), vienna)); got != "Wed 24 Nov 2027 10:00" {
		t.Errorf("another year: %q", got)
	}
	if got := soft(newClock(at).tell(at, nil)); got != "Tue 24 Nov 09:00" {
		t.Errorf("no zone: %q", got)
	}
}

func TestZoneNamedIsNeverTheMachines(t *testing.T) {
	for _, name := range []string{"", "Local", "No/Where"} {
		if got := zoneNamed(name); got != time.UTC {
			t.Errorf("zoneNamed(%q) = %v, want UTC", name, got)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Ann / Bob":             "Ann / Bob",
		"\x1b[2J\x1b]0;owned\a": "[2J]0;owned",
		"two\nlines\tone":       "two lines one",
		"evil\u202egnp.exe":     "evilgnp.exe",
		"Zoë 🎉":                 "Zoë 🎉",
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	var p page
	p.table([]string{"WHEN", "WITH", "WHY"}, [][]string{
		{"Tue 24 Nov 10:00", "ann with Bob", "Bob is not available then."},
		{"Wed 25 Nov 10:00", "ann with Bob", strings.Repeat("because ", 15)},
	})
	want := `WHEN              WITH          WHY
Tue 24 Nov 10:00  ann with Bob  Bob is not available then.
Wed 25 Nov 10:00  ann with Bob  because because because because because because because because because
                                because because because because because because
`
	if diff := cmp.Diff(want, p.String()); diff != "" {
		t.Error(diff)
	}
}

func TestTableKeepsEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 6).Draw(t, "columns")
		cell := rapid.StringMatching(`([a-zé\x1b\n]{0,30} ){0,12}`)
		header := rapid.SliceOfN(rapid.StringMatching(`[A-Z]{1,8}`), columns, columns).Draw(t, "header")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, columns, columns), 0, 4).Draw(t, "rows")
		words := map[string]int{}
		for _, row := range append([][]string{header}, rows...) {
			for _, c := range row {
				for w := range strings.FieldsSeq(plain(c)) {
					words[w]++
				}
			}
		}
		var p page
		p.table(header, rows)
		for w := range strings.FieldsSeq(p.String()) {
			words[w]--
		}
		for w, n := range words {
			if n != 0 {
				t.Fatalf("%q is shown %d times too few", w, n)
			}
		}
		for l := range strings.SplitSeq(p.String(), "\n") {
			if utf8.RuneCountInString(l) > 6*40 || strings.ContainsRune(l, '\x1b') {
				t.Fatalf("line %q", l)
			}
		}
	})
}
