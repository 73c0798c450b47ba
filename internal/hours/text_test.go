package hours

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"the example", "Mon-Thu 09:00-17:30, Fri 09:00-15:00", "Mon-Thu 09:00-17:30, Fri 09:00-15:00"},
		{"two spans a day", "Mon-Fri 09:00-12:00, Mon-Fri 13:00-17:00", "Mon-Fri 09:00-12:00, Mon-Fri 13:00-17:00"},
		{"days said once", "Mon-Fri 09:00-12:00, 13:00-17:00", "Mon-Fri 09:00-12:00, Mon-Fri 13:00-17:00"},
		{"list of days", "Mon,Wed 09:00-17:00", "Mon,Wed 09:00-17:00"},
		{"list with a range of days", "Mon, Wed-Fri 09:00-17:00", "Mon,Wed-Fri 09:00-17:00"},
		{"list, then times without days", "Mon,Wed 09:00-12:00,13:00-14:00, Fri 10:00-11:00", "Mon,Wed 09:00-12:00, Mon,Wed 13:00-14:00, Fri 10:00-11:00"},
		{"one day", "sat 10:00-11:00", "Sat 10:00-11:00"},
		{"long names", "MONDAY-thursday 09:00-17:00, Tues 18:00-19:00", "Mon-Thu 09:00-17:00, Tue 18:00-19:00"},
		{"days over the weekend", "Sat-Mon 09:00-10:00", "Mon,Sat-Sun 09:00-10:00"},
		{"unpadded hours", "Mon 9:00-9:30", "Mon 09:00-09:30"},
		{"spaces and none", "  Mon - Fri09:00 -17:00 ,Sat 10:00- 11:00", "Mon-Fri 09:00-17:00, Sat 10:00-11:00"},
		{"en dash, em dash, minus", "Mon–Fri 09:00—12:00, Sat 10:00−11:00", "Mon-Fri 09:00-12:00, Sat 10:00-11:00"},
		{"the end of the day", "Mon 22:00-24:00", "Mon 22:00-24:00"},
		{"midnight as an end", "Mon 22:00-00:00", "Mon 22:00-24:00"},
		{"over midnight", "Mon 22:00-06:00", "Mon 22:00-06:00"},
		{"over midnight, cut by hand", "Mon 22:00-24:00, Tue 00:00-06:00", "Mon 22:00-06:00"},
		{"over the end of the week", "Sun 22:00-24:00, Mon 00:00-06:00", "Sun 22:00-06:00"},
		{"night shifts", "Mon-Sun 22:00-06:00", "Mon-Sun 22:00-06:00"},
		{"overlapping", "Mon 09:00-12:00, Mon 11:00-15:00", "Mon 09:00-15:00"},
		{"touching", "Mon 09:00-12:00, Mon 12:00-15:00", "Mon 09:00-15:00"},
		{"said twice", "Mon-Fri 09:00-17:00, Wed 09:00-17:00", "Mon-Fri 09:00-17:00"},
		{"always", "Mon-Sun 00:00-24:00", "Mon-Sun 00:00-24:00"},
		{"always, begun in the night", "Mon-Sun 12:00-18:00, Mon-Sun 17:00-13:00", "Mon-Sun 00:00-24:00"},
		{"longer than a day", "Mon 22:00-24:00, Tue 00:00-24:00, Wed 00:00-01:00", "Mon 22:00-24:00, Tue 00:00-24:00, Wed 00:00-01:00"},
		{"exactly a day", "Mon 12:00-24:00, Tue 00:00-12:00", "Mon 12:00-24:00, Tue 00:00-12:00"},
		{"none", " None ", "none"},
		{"many days and many times", strings.Repeat("Mon,", 50_000) + "Mon 01:00-02:00" + strings.Repeat(",03:00-04:00", 50_000), "Mon 01:00-02:00, Mon 03:00-04:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w, err := Parse(tc.text)
			if err != nil {
				t.Fatalf("Parse(%q): %v", tc.text, err)
			}
			if got := w.String(); got != tc.want {
				t.Errorf("Parse(%q) = %q, want %q", tc.text, got, tc.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"nothing", " ", `no hours given: expected days and times such as Mon-Fri 09:00-17:00`},
		{"no such day", "Mon-Frx 09:00-17:00", `in "Mon-Frx 09:00-17:00": "Frx" is no weekday: expected Mon, Tue, Wed, Thu, Fri, Sat or Sun`},
		{"too short a day", "Mo 09:00-17:00", `in "Mo 09:00-17:00": "Mo" is no weekday: expected Mon, Tue, Wed, Thu, Fri, Sat or Sun`},
		{"second part", "Mon 09:00-17:00, Fry 09:00-15:00", `in "Fry 09:00-15:00": "Fry" is no weekday: expected Mon, Tue, Wed, Thu, Fri, Sat or Sun`},
		{"no times", "Mon-Fri", `no times for the last days: expected times after the days, such as Mon-Fri 09:00-17:00`},
		{"no times for the last", "Mon 09:00-17:00, Fri", `no times for the last days: expected times after the days, such as Mon-Fri 09:00-17:00`},
		{"no days", "09:00-17:00", `in "09:00-17:00": no day for these times: expected days first, such as Mon-Fri 09:00-17:00`},
		{"empty part", "Mon 09:00-17:00,,Tue 09:00-17:00", `there is a comma too many: expected days and times on both sides of each, such as Mon 09:00-17:00, Tue 09:00-15:00`},
		{"comma at the end", "Mon 09:00-17:00,", `there is a comma too many: expected days and times on both sides of each, such as Mon 09:00-17:00, Tue 09:00-15:00`},
		{"open range of days", "Mon- 09:00-17:00", `in "Mon- 09:00-17:00": no day after the dash: expected a range of days such as Mon-Fri, a space, and times`},
		{"no end", "Mon 09:00", `in "Mon 09:00": "09:00" is no range of times: expected a start and an end such as 09:00-17:00`},
		{"hours only", "Mon 9-17", `in "Mon 9-17": "9" is no time of day: expected hours and minutes such as 09:00`},
		{"one digit of minutes", "Mon 9:0-17:00", `in "Mon 9:0-17:00": "9:0" is no time of day: expected hours and minutes such as 09:00`},
		{"afternoon", "Mon 9:00am-5:00pm", `in "Mon 9:00am-5:00pm": "9:00am" is no time of day: expected hours and minutes such as 09:00`},
		{"too late", "Mon 09:00-24:01", `in "Mon 09:00-24:01": "24:01" is no time of day: expected 00:00 to 24:00`},
		{"too many minutes", "Mon 09:60-10:00", `in "Mon 09:60-10:00": "09:60" is no time of day: expected 00:00 to 24:00`},
		{"starts at 24:00", "Mon 24:00-06:00", `in "Mon 24:00-06:00": 24:00 cannot be a start: expected 00:00 of the next day`},
		{"empty range", "Mon 09:00-09:00", `in "Mon 09:00-09:00": start and end are the same: expected an end after the start, or 00:00-24:00 for the whole day`},
		{"two ranges without a comma", "Mon 09:00-12:00 13:00-17:00", `in "Mon 09:00-12:00 13:00-17:00": "12:00 13:00-17:00" is no time of day: expected hours and minutes such as 09:00`},
		{"long nonsense", strings.Repeat("y", 100), `in "` + strings.Repeat("y", 40) + `…": "` + strings.Repeat("y", 40) + `…" is no weekday: expected Mon, Tue, Wed, Thu, Fri, Sat or Sun`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w, err := Parse(tc.text)
			if err == nil {
				t.Fatalf("Parse(%q) = %q, want an error", tc.text, w)
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", tc.text, diff)
			}
			if !w.Empty() {
				t.Errorf("Parse(%q) = %q beside an error", tc.text, w)
			}
		})
	}
}

func TestUnmarshalTextKeepsTheValueOnError(t *testing.T) {
	w := Default
	if err := w.UnmarshalText([]byte("nonsense")); err == nil || w != Default {
		t.Errorf("UnmarshalText(nonsense) = %v, left %q", err, w)
	}
}

func TestZeroWeek(t *testing.T) {
	var w Week
	if !w.Empty() || w.String() != "none" || w != MustParse("none") {
		t.Errorf("zero Week: Empty() = %v, String() = %q", w.Empty(), w)
	}
	if Default.Empty() || Default.String() != "Mon-Fri 09:00-17:00" {
		t.Errorf("Default = %q", Default)
	}
}

func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := patterns().Draw(t, "pattern").week()
		text, err := w.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back Week
		if err := back.UnmarshalText(text); err != nil || back != w {
			t.Fatalf("%q reads back as %q, %v", text, back, err)
		}
	})
}

func TestSamePatternSameText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := patterns().Draw(t, "pattern")
		q := rapid.Permutation(p).Draw(t, "in another order")
		if a, b := p.week(), pattern(q).week(); a != b || a.String() != b.String() {
			t.Fatalf("%q and %q are the same pattern", a, b)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "none", "Mon-Thu 09:00-17:30, Fri 09:00-15:00", "Mon,Wed 9:00–24:00,22:00-06:00",
		"Sat-Mon 00:00-24:00", "Mon-Fri 09:00-12:00 13:00-17:00", "Mon 09:00-09:00", ",", "\xff-\u2013", "Mon 1:00-0:59,Tue",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := Parse(text)
		if err != nil {
			if !w.Empty() {
				t.Fatalf("Parse(%q) = %q beside %v", text, w, err)
			}
			return
		}
		canonical := w.String()
		back, err := Parse(canonical)
		if err != nil || back != w || back.String() != canonical {
			t.Fatalf("Parse(%q) = %q, which reads back as %q, %v", text, canonical, back, err)
		}
	})
}
