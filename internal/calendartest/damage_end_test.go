package calendartest

import (
	"slices"
	"strings"
	"testing"
)

func TestDamageByTheEndOfASeries(t *testing.T) {
	full := strings.Replace(weekly, "END:VCALENDAR\n", exception, 1)
	full = strings.Replace(full, "RRULE:FREQ=WEEKLY\n", "RRULE:FREQ=WEEKLY;COUNT=50\nEXDATE;TZID=Europe/Vienna:20261027T100000,20261124T100000\nRDATE;TZID=Europe/Vienna:20261125T100000\n", 1)
	end := func(s string) string {
		s = s[:strings.Index(s, "BEGIN:VEVENT\nUID:w\nRECURRENCE-ID")] + "END:VCALENDAR\n"
		s = strings.Replace(s, ",20261124T100000\nRDATE;TZID=Europe/Vienna:20261125T100000\n", "\n", 1)
		return strings.Replace(s, "FREQ=WEEKLY;COUNT=50", "FREQ=WEEKLY;UNTIL=20261109T225959Z", 1)
	}
	for name, c := range map[string]struct {
		after string
		want  string // part of the one reason, "" for none
	}{
		"an end":                    {end(full), ""},
		"an end and another rule":   {strings.Replace(end(full), "FREQ=WEEKLY;UNTIL", "FREQ=DAILY;UNTIL", 1), "is gone"},
		"no end, but dates gone":    {strings.Replace(full, "RDATE;TZID=Europe/Vienna:20261125T100000\n", "", 1), "RDATE"},
		"an earlier date gone too":  {strings.Replace(end(full), "EXDATE;TZID=Europe/Vienna:20261027T100000\n", "", 1), "EXDATE"},
		"an earlier exception gone": {strings.Replace(end(full), "20261109", "20261130", 1), "is gone"},
		"the title gone with it":    {strings.Replace(end(full), "SUMMARY:Ann / Bob\n", "", 1), "SUMMARY"},
	} {
		crlf := func(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }
		got := Damage(crlf(full), crlf(c.after))
		seen := slices.ContainsFunc(got, func(s string) bool { return c.want != "" && strings.Contains(s, c.want) })
		if c.want == "" && len(got) > 0 || c.want != "" && !seen {
			t.Errorf("%s: Damage = %q, want %q", name, got, c.want)
		}
	}
}

// TestViolationsByRemoval proves what may be deleted, and when a series may end.
func TestViolationsByRemoval(t *testing.T) {
	o := newLab(t, Style{})
	put := func(name, ics string) { o.dav.Put("alice", "work", name, []byte(ics)) }
	put("own.ics", event("own", "X-ONEONONE-KIND:suggestion\n"))
	o.want(o.do("DELETE", work+"own.ics", "", "If-Match", "*"), 204)
	o.want(o.do("DELETE", work+"own.ics", "", "If-Match", "*"), 412)
	put("own.ics", event("own", "X-ONEONONE-KIND:status\n"))
	o.want(o.do("DELETE", work+"own.ics", ""), 204)
	put("other.ics", event("other", "X-ONEONONE-KIND:other\n"))
	o.want(o.do("DELETE", work+"other.ics", "", "If-Match", "*"), 204)
	put("w.ics", weekly)
	end := func() {
		ics := strings.ReplaceAll(strings.Replace(weekly, "FREQ=WEEKLY", "FREQ=WEEKLY;UNTIL=20261109T225959Z", 1), "\n", "\r\n")
		o.want(o.do("PUT", work+"w.ics", ics, "If-Match", "*"), 204)
	}
	end()
	put("w.ics", weekly)
	put("next.ics", event("next", "X-ONEONONE-AFTER:w\n"))
	end()
	o.want(o.do("DELETE", work+"next.ics", "", "If-Match", "*"), 204)
	want := []string{
		"DELETE /dav/calendars/alice/work/own.ics: an object is deleted without If-Match",
		"DELETE /dav/calendars/alice/work/other.ics: a deletion",
		"PUT /dav/calendars/alice/work/w.ics: a series was ended though none goes on from it",
	}
	if got := o.dav.Violations(); !slices.Equal(got, want) {
		t.Errorf("Violations =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
