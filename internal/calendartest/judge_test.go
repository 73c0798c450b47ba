package calendartest

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestViolations(t *testing.T) {
	o := newLab(t, Style{})
	o.want(o.do("PUT", work+"x.ics", event("x", "")), 201)
	o.want(o.do("PUT", work+"x.ics", event("x", "STATUS:CANCELLED\n")), 204)
	o.want(o.do("GET", work+"x.ics", "", "If-None-Match", `"1"`), 200)
	o.want(o.do("PUT", work+"x.ics", event("y", ""), "If-Match", "*"), 204)
	o.want(o.do("PUT", work+"x.ics", event("z", ""), "If-Match", `"stale"`), 412)
	chunked, err := http.NewRequest("PUT", o.url+work+"c.ics", io.MultiReader(strings.NewReader(event("c", ""))))
	if err != nil {
		t.Fatal(err)
	}
	chunked.SetBasicAuth("alice", "alicepw")
	chunked.Header.Set("If-None-Match", "*")
	resp, err := http.DefaultClient.Do(chunked)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	o.want(o.do("DELETE", work+"x.ics", ""), 204)
	o.dav.Exempt(func(r *http.Request) bool { return r.Header.Get("User-Agent") == "other" })
	o.want(o.do("DELETE", work+"c.ics", "", "User-Agent", "other"), 204)
	want := []string{
		"PUT /dav/calendars/alice/work/x.ics: an object is made without If-None-Match",
		"PUT /dav/calendars/alice/work/x.ics: an object is overwritten without If-Match",
		"PUT /dav/calendars/alice/work/x.ics: VEVENT: the event was cancelled",
		"GET /dav/calendars/alice/work/x.ics: a conditional GET",
		`PUT /dav/calendars/alice/work/x.ics: the UID "x" became "y"`,
		`PUT /dav/calendars/alice/work/x.ics: VEVENT: lost "UID:x"`,
		`PUT /dav/calendars/alice/work/x.ics: VEVENT: lost "STATUS:CANCELLED"`,
		"PUT /dav/calendars/alice/work/c.ics: the body is sent in chunks",
		"DELETE /dav/calendars/alice/work/x.ics: a deletion",
	}
	if got := o.dav.Violations(); !slices.Equal(got, want) {
		t.Errorf("Violations =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const weekly = `BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Europe/Vienna
X-LIC-LOCATION:Europe/Vienna
END:VTIMEZONE
BEGIN:VEVENT
UID:w
DTSTART;TZID=Europe/Vienna:20261103T100000
DTEND;TZID=Europe/Vienna:20261103T103000
RRULE:FREQ=WEEKLY
SUMMARY:Ann / Bob
DESCRIPTION:Bring the plan
X-KEEP;A="b":c
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org
BEGIN:VALARM
TRIGGER:-PT10M
END:VALARM
END:VEVENT
END:VCALENDAR
`

const exception = `BEGIN:VEVENT
UID:w
RECURRENCE-ID;TZID=Europe/Vienna:20261110T100000
DTSTART;TZID=Europe/Vienna:20261110T110000
DTEND;TZID=Europe/Vienna:20261110T113000
SEQUENCE:1
SUMMARY:Ann / Bob
DESCRIPTION:Bring the plan\n\n--- oneonone ---\nMoved\n
 --- end of oneonone ---
X-KEEP;A="b":c
X-ONEONONE-MOVED:1
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@example.org
BEGIN:VALARM
TRIGGER:-PT10M
END:VALARM
END:VEVENT
END:VCALENDAR
`

func TestDamage(t *testing.T) {
	moved := strings.Replace(weekly, "END:VCALENDAR\n", exception, 1)
	for name, c := range map[string]struct {
		before, after string
		want          string // part of the one reason, "" for none
	}{
		"nothing changed":          {weekly, weekly, ""},
		"an occurrence moved":      {weekly, moved, ""},
		"the move undone in place": {moved, strings.Replace(moved, "T110000", "T100000", 1), ""},
		"a link on the series":     {weekly, strings.Replace(weekly, "RRULE", "ATTACH;X-ONEONONE=agenda:http://x/\nRRULE", 1), ""},
		"the link taken off":       {strings.Replace(weekly, "RRULE", "ATTACH;X-ONEONONE=agenda:http://x/\nRRULE", 1), weekly, ""},
		"exception lost":           {moved, weekly, "is gone"},
		"reminder lost":            {weekly, strings.Replace(weekly, "TRIGGER:-PT10M", "TRIGGER:-PT5M", 1), "VALARM was lost"},
		"property lost":            {weekly, strings.Replace(weekly, "X-KEEP;A=\"b\":c\n", "", 1), "X-KEEP"},
		"zone changed":             {weekly, strings.Replace(weekly, "X-LIC-LOCATION:Europe/Vienna\n", "", 1), "X-LIC-LOCATION"},
		"series moved":             {weekly, strings.Replace(weekly, "20261103T100000", "20261103T110000", 1), "start of a series"},
		"guest lost":               {moved, strings.Replace(moved, "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@example.org\n", "", 1), "guests"},
		"guest's name lost":        {strings.Replace(weekly, "PARTSTAT=ACCEPTED:mailto:bob", "CN=\"B;ob\";PARTSTAT=ACCEPTED:mailto:bob", 1), weekly, "guests"},
		"guest's answer reset":     {weekly, strings.Replace(weekly, "PARTSTAT=ACCEPTED:mailto:bob", "PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob", 1), ""},
		"human text lost":          {weekly, strings.Replace(weekly, "DESCRIPTION:Bring the plan\n", "", 1), "description"},
		"text lost in a block":     {moved, strings.Replace(moved, `Moved\n`, "", 1), ""},
		"sequence went back":       {moved, strings.Replace(moved, "SEQUENCE:1", "SEQUENCE:0", 1), "SEQUENCE"},
		"exception that recurs":    {weekly, strings.Replace(moved, "SEQUENCE:1", "RRULE:FREQ=WEEKLY", 1), "recurs"},
		"exception without title":  {weekly, moved[:len(weekly)] + strings.Replace(moved[len(weekly):], "SUMMARY:Ann / Bob\n", "", 1), "SUMMARY"},
		"another event":            {weekly, strings.Replace(moved, "RECURRENCE-ID;TZID=Europe/Vienna:20261110T100000\n", "", 1), "was added"},
		"unreadable":               {weekly, weekly[:len(weekly)-20], "can no longer be read"},
		"long line":                {weekly, strings.Replace(weekly, "RRULE", "X-ONEONONE-X:"+strings.Repeat("x", 80)+"\nRRULE", 1), "not folded"},
		"unreadable before":        {"garbage", weekly, ""},
	} {
		crlf := func(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }
		got := Damage(crlf(c.before), crlf(c.after))
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%s: Damage = %q, want %q", name, got, c.want)
		}
	}
	if got := Damage([]byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\n")); len(got) != 1 {
		t.Errorf("a line that lost its CR: Damage = %q", got)
	}
}
