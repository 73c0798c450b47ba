package zone

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func TestResolveNames(t *testing.T) {
	tests := []struct{ tzid, want string }{
		{"Europe/Berlin", "Europe/Berlin"},
		{`"Europe/Berlin"`, "Europe/Berlin"},
		{" Europe/Berlin ", "Europe/Berlin"},
		{"europe/berlin", "Europe/Berlin"},
		{"AMERICA/NEW_YORK", "America/New_York"},
		{"America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
		{"/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"},
		{"/freeassociation.sourceforge.net/Tzfile/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"},
		{"/citadel.org/20190101_1/Europe/Berlin", "Europe/Berlin"},
		{"/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"},
		{"/softwarestudio.org/Olson_20011030_5/America/New_York", "America/New_York"},
		{"custom_Pacific/Fiji", "Pacific/Fiji"},
		{"right/Europe/Berlin", "Europe/Berlin"},
		{"W. Europe Standard Time", "Europe/Berlin"},
		{"w. europe standard time", "Europe/Berlin"},
		{"Eastern Standard Time", "America/New_York"},
		{"Eastern Standard Time (Mexico)", "America/Cancun"},
		{"India Standard Time", "Asia/Kolkata"},
		{"AUS Eastern Standard Time", "Australia/Sydney"},
		{"UTC-11", "Etc/GMT+11"},
		{"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
		{"(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna", "Europe/Berlin"},
		{"(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
		{"(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"},
		{"(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London", "Europe/London"},
		{"UTC", "UTC"},
		{"Z", "UTC"},
		{"Etc/UTC", "Etc/UTC"},
		{"(UTC) Coordinated Universal Time", "UTC"},
		{"tzone://Microsoft/Utc", "UTC"},
		{"", ""},
		{"Local", ""},
		{"local", ""},
		{"localtime", ""},
		{"posixrules", ""},
		{"x/Local", ""},
		{"../../etc/passwd", ""},
		{"/etc/localtime", ""},
		{"tzdata.zi", ""},
		{"Europe/Berln", ""},
		{"Eastern", ""},
		{strings.Repeat("a/", 5000), ""},
	}
	for _, tt := range tests {
		t.Run(shorten(tt.tzid), func(t *testing.T) {
			loc, err := Resolve(tt.tzid, nil)
			if tt.want == "" {
				if err == nil {
					t.Fatalf("Resolve(%q) = %v, want an error", tt.tzid, loc)
				}
				return
			}
			if err != nil || loc.String() != tt.want {
				t.Fatalf("Resolve(%q) = %v, %v, want %s", tt.tzid, loc, err, tt.want)
			}
		})
	}
}

// FuzzResolve proves that no name is the host's zone and none breaks anything.
func FuzzResolve(f *testing.F) {
	for _, s := range []string{"Europe/Berlin", "/x/y/Europe/Berlin", "Local", "../localtime", "(UTC+01:00) Amsterdam, Berlin", "\x00", "a_/_/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, tzid string) {
		loc, err := Resolve(tzid, nil)
		if (loc == nil) != (err != nil) {
			t.Fatalf("Resolve(%q) = %v, %v", tzid, loc, err)
		}
		if loc == time.Local {
			t.Fatalf("Resolve(%q) is the host's zone", tzid)
		}
	})
}

func TestEveryWindowsNameIsAZone(t *testing.T) {
	for name := range windows {
		if _, err := Resolve(name, nil); err != nil {
			t.Error(err)
		}
	}
	for place, name := range places {
		if windows[name] == "" {
			t.Errorf("places[%q] = %q, which windows does not have", place, name)
		}
		if _, err := Resolve("(UTC+00:00) "+place+", Elsewhere", nil); err != nil {
			t.Error(err)
		}
	}
	if len(windows) < 139 {
		t.Errorf("%d Windows names, want at least the 139 of CLDR", len(windows))
	}
}

// clock is a wall clock as a VTIMEZONE writes it.
func clock(s string) time.Time {
	t, err := time.Parse("20060102T150405", s)
	if err != nil {
		panic(err)
	}
	return t
}

// outlook is what Outlook writes for Berlin.
func outlook() *Custom {
	return &Custom{TZID: "Mitteleuropa", Observances: []Observance{
		{Start: clock("16010101T030000"), From: 7200, To: 3600, Rules: []string{"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"}},
		{Daylight: true, Start: clock("16010101T020000"), From: 3600, To: 7200, Rules: []string{"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"}},
	}}
}

func TestCustomFrom1601AgreesWithTheDatabase(t *testing.T) {
	custom, err := Resolve("Mitteleuropa", outlook())
	if err != nil {
		t.Fatal(err)
	}
	if custom.String() != "Mitteleuropa" {
		t.Errorf("the zone is called %q", custom)
	}
	berlin, _ := time.LoadLocation("Europe/Berlin")
	// The European rule is what it is now since 1996.
	for at := time.Date(1996, 6, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2150; at = at.Add(11 * time.Hour) {
		if a, b := at.In(custom).Format(time.RFC3339), at.In(berlin).Format(time.RFC3339); a != b {
			t.Fatalf("at %v the custom zone shows %s, the database %s", at, a, b)
		}
	}
	if !time.Date(2026, 7, 1, 0, 0, 0, 0, custom).IsDST() || time.Date(2026, 1, 1, 0, 0, 0, 0, custom).IsDST() {
		t.Error("daylight saving time is not marked as such")
	}
}

func TestCustom(t *testing.T) {
	tests := []struct {
		name        string
		observances []Observance
		at, want    string // an instant, and the clock there
	}{
		{"one offset for ever", []Observance{{Start: clock("16010101T000000"), From: 19800, To: 19800, Name: "IST"}},
			"2026-06-01T00:00:00Z", "2026-06-01T05:30:00+05:30 IST"},
		{"no name", []Observance{{Start: clock("19700101T000000"), From: 20700, To: 20700}},
			"2026-06-01T00:00:00Z", "2026-06-01T05:45:00+05:45 +0545"},
		{"before the first onset", []Observance{{Start: clock("20200101T000000"), From: 3600, To: 7200}},
			"2019-12-31T22:59:59Z", "2019-12-31T23:59:59+01:00 +01"},
		{"at the first onset", []Observance{{Start: clock("20200101T000000"), From: 3600, To: 7200}},
			"2019-12-31T23:00:00Z", "2020-01-01T01:00:00+02:00 +02"},
		{"RDATE", []Observance{
			{Start: clock("20200101T000000"), From: 3600, To: 3600},
			{Start: clock("20200329T020000"), From: 3600, To: 7200, Dates: []time.Time{clock("20260329T020000")}},
		}, "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00 +02"},
		{"a rule that ended in UTC, and one that took over", []Observance{
			{Start: clock("19671029T020000"), From: -14400, To: -18000, Name: "EST", Rules: []string{"FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z"}},
			{Start: clock("20071104T020000"), From: -14400, To: -18000, Name: "EST", Rules: []string{"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"}},
			{Start: clock("20070311T020000"), From: -18000, To: -14400, Name: "EDT", Daylight: true, Rules: []string{"FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"}},
		}, "2026-11-01T06:00:00Z", "2026-11-01T01:00:00-05:00 EST"},
		{"seconds in an old offset", []Observance{{Start: clock("18930401T000000"), From: 3208, To: 3600}},
			"1893-03-31T23:00:00Z", "1893-03-31T23:53:28+00:53 +0053"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			loc, err := (&Custom{TZID: "X", Observances: tt.observances}).Location()
			if err != nil {
				t.Fatal(err)
			}
			at, _ := time.Parse(time.RFC3339, tt.at)
			if got := at.In(loc).Format(time.RFC3339 + " MST"); got != tt.want {
				t.Errorf("at %s the clock shows %s, want %s", tt.at, got, tt.want)
			}
		})
	}
}

func TestCustomRefusesWhatMakesNoSense(t *testing.T) {
	many := make([]Observance, 5000)
	kinds := make([]Observance, 300)
	for i := range kinds {
		kinds[i] = Observance{Start: clock("20200101T000000").AddDate(0, 0, i), To: i * 60}
	}
	tests := []struct {
		name        string
		observances []Observance
		want        string
	}{
		{"nothing", nil, "empty"},
		{"thousands", many, "more than 1000 parts"},
		{"kinds", kinds, "more than 200 kinds"},
		{"secondly", []Observance{{Start: clock("16010101T000000"), Rules: []string{"FREQ=SECONDLY"}}}, "too often"},
		{"never, and slowly", []Observance{{Start: clock("16010101T000000"), Rules: []string{"FREQ=SECONDLY;BYSECOND=1;BYMINUTE=1;BYMONTH=2;BYMONTHDAY=30;COUNT=5"}}}, "too often"},
		{"offset of two days", []Observance{{Start: clock("16010101T000000"), To: 57*3600 + 1800}}, "a day or more"},
		{"bad rule", []Observance{{Start: clock("16010101T000000"), Rules: []string{"FREQ=OFTEN"}}}, "unknown frequency"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Resolve("X-Odd", &Custom{TZID: "X-Odd", Observances: tt.observances})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "X-Odd") {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestAKnownNameBeatsTheDefinition(t *testing.T) {
	loc, err := Resolve("Europe/Vienna", outlook())
	if err != nil || loc.String() != "Europe/Vienna" {
		t.Errorf("Resolve = %v, %v", loc, err)
	}
}

func TestParseOffset(t *testing.T) {
	tests := []struct {
		text string
		want int
	}{
		{"+0100", 3600}, {"-0800", -28800}, {"+053000", 19800}, {"-007321", 0}, {"+01:00", 3600}, {"0530", 19800},
		{"+01", 3600}, {"+5730", 57*60 + 30}, {"+0000", 0}, {"-0000", 0}, {"+1400", 50400},
	}
	for _, tt := range tests {
		got, err := ParseOffset(tt.text)
		if tt.text == "-007321" {
			if err == nil {
				t.Errorf("ParseOffset(%q) = %d, want an error", tt.text, got)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("ParseOffset(%q) = %d, %v, want %d", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{"", "+", "1", "+123", "++0100", "+01x0", "+0160", "0100000", "-"} {
		if got, err := ParseOffset(text); err == nil {
			t.Errorf("ParseOffset(%q) = %d, want an error", text, got)
		}
	}
}

func BenchmarkCustomFrom1601(b *testing.B) {
	c := outlook()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Location(); err != nil {
			b.Fatal(err)
		}
	}
}
