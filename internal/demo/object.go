package demo

import (
	"fmt"
	"strings"
	"time"
)

// pinWords are what somebody wrote on an occurrence to keep it where it is.
const pinWords = "Please keep this one, it closes the first week. #pin"

// object writes e as it stands in p's calendar, as an iCalendar object (RFC 5545).
func (w *week) object(e event, p person) []byte {
	var b strings.Builder
	line(&b, "BEGIN:VCALENDAR")
	line(&b, "VERSION:2.0")
	line(&b, "PRODID:-//oneonone//demo//EN")
	if e.at != "" {
		b.WriteString(viennaTimezone)
	}
	w.component(&b, e, p, w.began(e), time.Time{})
	if e.pinned != 0 {
		pinned := e
		pinned.text = pinWords
		w.component(&b, pinned, p, w.monday.AddDate(0, 0, e.pinned), w.monday.AddDate(0, 0, e.pinned))
	}
	if e.no != nil && *e.no == p {
		day := w.monday.AddDate(0, 0, e.day)
		w.component(&b, e, p, day, day)
	}
	line(&b, "END:VCALENDAR")
	return []byte(b.String())
}

// component writes one VEVENT on the given day: the master, or, when original
// is not zero, the exception of that day.
func (w *week) component(b *strings.Builder, e event, p person, day, original time.Time) {
	line(b, "BEGIN:VEVENT")
	line(b, "UID:"+e.uid+domain)
	written := w.monday.AddDate(0, 0, -14).UTC().Format("20060102T150405Z")
	line(b, "DTSTAMP:"+written)
	line(b, "CREATED:"+written)
	line(b, "LAST-MODIFIED:"+written)
	if !original.IsZero() {
		line(b, "RECURRENCE-ID"+wall(w.on(original, e.at)))
	}
	if e.at == "" {
		line(b, "DTSTART;VALUE=DATE:"+day.Format("20060102"))
		line(b, "DTEND;VALUE=DATE:"+day.AddDate(0, 0, e.days).Format("20060102"))
	} else {
		start := w.on(day, e.at)
		line(b, "DTSTART"+wall(start))
		line(b, "DTEND"+wall(start.Add(e.length)))
	}
	if e.rule != "" && original.IsZero() {
		line(b, "RRULE:"+e.rule)
	}
	line(b, "SUMMARY:"+e.title)
	if e.text != "" {
		line(b, "DESCRIPTION:"+strings.NewReplacer(",", `\,`, ";", `\;`).Replace(e.text))
	}
	if len(e.whose) > 1 {
		line(b, fmt.Sprintf("ORGANIZER;CN=%s:mailto:%s", e.whose[0].name, e.whose[0].address()))
		for _, guest := range e.whose {
			answer := "ACCEPTED"
			if e.no != nil && !original.IsZero() && *e.no == guest && guest == p {
				answer = "DECLINED"
			}
			line(b, fmt.Sprintf("ATTENDEE;CN=%s;PARTSTAT=%s:mailto:%s", guest.name, answer, guest.address()))
		}
	}
	line(b, "END:VEVENT")
}

// on returns the instant on the day at which Ann's clock shows "15:04".
func (w *week) on(day time.Time, at string) time.Time {
	t, err := time.Parse("15:04", at)
	if err != nil {
		panic(err) // A mistake in the story.
	}
	return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, w.zones[vienna])
}

func wall(t time.Time) string { return ";TZID=" + vienna + ":" + t.Format("20060102T150405") }

// line writes a content line. The story has none that would have to be folded.
func line(b *strings.Builder, s string) { b.WriteString(s + "\r\n") }

// viennaTimezone is what strict clients want to see (RFC 5545 §3.6.5).
var viennaTimezone = strings.ReplaceAll(`BEGIN:VTIMEZONE
TZID:Europe/Vienna
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
`, "\n", "\r\n")
