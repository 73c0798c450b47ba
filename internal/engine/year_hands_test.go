package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// This file is what people do in their calendars: with a CalDAV client, which
// writes whole objects, or in Google's pages.

// happening is an event that somebody makes.
type happening struct {
	uid, title             string
	start, end             time.Time
	allDay                 bool
	rule                   string
	with                   *folk // the other one of a 1:1
	transparent, tentative bool
	text                   string // description
}

const stampLayout = "20060102T150405Z"

func timed(name string, t time.Time) string {
	return name + ";TZID=" + t.Location().String() + ":" + t.Format("20060102T150405")
}

// ics is the event as f's client writes it.
func (h happening) ics(f *folk, now time.Time) string {
	lines := []string{
		"BEGIN:VEVENT", "UID:" + h.uid, "DTSTAMP:" + now.UTC().Format(stampLayout), "CREATED:" + now.UTC().Format(stampLayout),
		"LAST-MODIFIED:" + now.UTC().Format(stampLayout), "SEQUENCE:0", "SUMMARY:" + h.title,
	}
	if h.allDay {
		lines = append(lines, "DTSTART;VALUE=DATE:"+h.start.Format("20060102"), "DTEND;VALUE=DATE:"+h.end.Format("20060102"))
	} else {
		lines = append(lines, timed("DTSTART", h.start), timed("DTEND", h.end))
	}
	if h.rule != "" {
		lines = append(lines, "RRULE:"+h.rule)
	}
	if h.text != "" {
		lines = append(lines, "DESCRIPTION:"+h.text)
	}
	if h.with != nil {
		lines = append(lines, "ORGANIZER:mailto:"+f.address(),
			"ATTENDEE;PARTSTAT=ACCEPTED:mailto:"+f.address(), "ATTENDEE;PARTSTAT=ACCEPTED:mailto:"+h.with.address())
	} else {
		lines = append(lines, "LOCATION:"+marked+" place", "ORGANIZER:mailto:"+f.address(),
			"ATTENDEE;PARTSTAT=ACCEPTED:mailto:"+f.address(), "ATTENDEE;CN="+marked+" person:mailto:"+marked+"@partner.example",
			"ATTENDEE:mailto:"+marked+"2@partner.example")
	}
	if h.transparent {
		lines = append(lines, "TRANSP:TRANSPARENT")
	}
	if h.tentative {
		lines = append(lines, "STATUS:TENTATIVE")
	}
	return strings.Join(append(lines, "END:VEVENT", ""), "\r\n")
}

// json is the event as Google's pages make it.
func (h happening) json(f *folk) map[string]any {
	e := map[string]any{"id": eventID(h.uid), "iCalUID": h.uid, "summary": h.title, "description": h.text}
	if h.allDay {
		e["start"], e["end"] = map[string]any{"date": h.start.Format(time.DateOnly)}, map[string]any{"date": h.end.Format(time.DateOnly)}
	} else {
		e["start"], e["end"] = moment(h.start), moment(h.end)
	}
	guests := []map[string]any{{"email": f.address(), "responseStatus": "accepted"}}
	if h.with != nil {
		guests = append(guests, map[string]any{"email": h.with.address(), "responseStatus": "accepted"})
	} else {
		e["location"] = marked + " place"
		guests = append(guests, map[string]any{"email": marked + "@partner.example", "displayName": marked + " person"}, map[string]any{"email": marked + "2@partner.example"})
	}
	e["attendees"] = guests
	if h.rule != "" {
		e["recurrence"] = []string{"RRULE:" + h.rule}
	}
	if h.transparent {
		e["transparency"] = "transparent"
	}
	if h.tentative {
		e["status"] = "tentative"
	}
	return e
}

func moment(t time.Time) map[string]any {
	return map[string]any{"dateTime": t.Format(time.RFC3339), "timeZone": t.Location().String()}
}

// create puts an event into f's calendar; a 1:1 into that of the other one too
// where no server does.
func (y *year) create(f *folk, h happening) {
	y.Helper()
	defer y.touched()
	if f.site == onGoogle {
		y.google.Put(f.address(), h.json(f))
		y.touched()
		y.takeIn()
		return
	}
	who := []*folk{f}
	if h.with != nil && f.site == plain {
		who = append(who, h.with)
	}
	for _, w := range who {
		switch w.site {
		case plain, post:
			y.dav(w.site).Put(w.name, "work", h.uid+".ics", []byte(ics(h.ics(f, y.now))))
		case onGoogle: // The invitation came by mail.
			e := h.json(f)
			e["organizer"] = map[string]any{"email": f.address()}
			y.google.Put(w.address(), e)
		}
	}
}

// edit changes the object with the UID as f's client does.
func (y *year) edit(f *folk, uid string, change func(string) string) {
	y.Helper()
	t := y.read(f)[uid]
	if t == nil {
		y.Fatalf("%s has no %s", f.name, uid)
	}
	y.dav(f.site).Change(f.name, "work", t.name+".ics", func(b []byte) []byte {
		return []byte(folded(change(strings.ReplaceAll(string(b), "\r\n ", ""))))
	})
	y.touched()
}

// folded breaks long lines (RFC 5545 §3.1).
func folded(text string) string {
	var b strings.Builder
	for line := range strings.SplitAfterSeq(text, "\r\n") {
		for len(line) > 70 {
			n := 60
			for line[n]&0xC0 == 0x80 {
				n--
			}
			b.WriteString(line[:n] + "\r\n ")
			line = line[n:]
		}
		b.WriteString(line)
	}
	return b.String()
}

// part changes the component for original, a zero one for the master, and makes
// an exception where there is none.
func (y *year) part(f *folk, uid string, original time.Time, change func([]string) []string) {
	y.Helper()
	y.edit(f, uid, func(text string) string {
		head, rest, _ := strings.Cut(text, "BEGIN:VEVENT\r\n")
		var master component
		var out strings.Builder
		out.WriteString(head)
		done := false
		for _, c := range components("BEGIN:VEVENT\r\n" + rest) {
			at := c.read(f.zone).Original
			if at.IsZero() {
				master = c
			}
			if at.Equal(original) {
				c, done = y.stamp(change(c)), true
			}
			out.WriteString("BEGIN:VEVENT\r\n" + strings.Join(c, "\r\n") + "\r\nEND:VEVENT\r\n")
		}
		if !done {
			c := y.stamp(change(exceptionOf(master, f, original)))
			out.WriteString("BEGIN:VEVENT\r\n" + strings.Join(c, "\r\n") + "\r\nEND:VEVENT\r\n")
		}
		return out.String() + "END:VCALENDAR\r\n"
	})
}

// stamp makes the time of the last change now.
func (y *year) stamp(c []string) []string {
	return set(set(c, "LAST-MODIFIED", "LAST-MODIFIED:"+y.now.UTC().Format(stampLayout)), "DTSTAMP", "DTSTAMP:"+y.now.UTC().Format(stampLayout))
}

// set replaces the lines of a property by one; "" takes them out.
func set(c []string, name, line string) []string {
	out := slices.DeleteFunc(slices.Clone(c), func(l string) bool {
		return strings.HasPrefix(l, name+":") || strings.HasPrefix(l, name+";")
	})
	if line == "" {
		return out
	}
	return append(out, line)
}

func exceptionOf(master component, f *folk, original time.Time) []string {
	m := master.read(f.zone)
	c := []string(master)
	for _, name := range []string{"RRULE", "EXDATE", "RDATE", "X-ONEONONE-AFTER"} {
		c = set(c, name, "")
	}
	at := original.In(m.Start.Location())
	c = append(c, timed("RECURRENCE-ID", at))
	return spanned(c, span.Span{Start: at, End: at.Add(m.End.Sub(m.Start))})
}

func spanned(c []string, s span.Span) []string {
	return set(set(c, "DTSTART", timed("DTSTART", s.Start)), "DTEND", timed("DTEND", s.End))
}

// retime gives an occurrence another time, as the organizer does, or a single
// meeting.
func (y *year) retime(f *folk, s stand, to span.Span) {
	y.Helper()
	t := y.read(f)[s.uid]
	z := t.master.Start.Location()
	to = span.Span{Start: to.Start.In(z), End: to.End.In(z)}
	if f.site == onGoogle {
		y.google.Drag(f.address(), y.idOf(f, s), to)
		y.touched()
		y.takeIn()
		return
	}
	y.part(f, s.uid, s.original, func(c []string) []string { return spanned(c, to) })
}

// idOf is the id of a meeting on Google.
func (y *year) idOf(f *folk, s stand) string {
	y.Helper()
	t := y.read(f)[s.uid]
	if t == nil {
		y.Fatalf("%s has no %s", f.name, s.uid)
	}
	if s.original.IsZero() {
		return t.name
	}
	id, there := y.google.Instance(f.address(), t.name, s.original)
	if !there {
		y.Fatalf("%s has no meeting of %s on %s", f.name, s.uid, told(s.original))
	}
	return id
}

// answer gives f's answer to a meeting.
func (y *year) answer(f *folk, s stand, answer string) {
	y.Helper()
	if f.site == onGoogle {
		y.google.Answer(f.address(), y.idOf(f, s), answer)
		y.touched()
		return
	}
	y.part(f, s.uid, s.original, func(c []string) []string { return answering(c, f, answer) })
}

// answering gives f's answer in a component.
func answering(c []string, f *folk, answer string) []string {
	word := map[string]string{"accepted": "ACCEPTED", "declined": "DECLINED", "tentative": "TENTATIVE"}[answer]
	out := slices.Clone(c)
	for i, l := range out {
		if strings.HasPrefix(l, "ATTENDEE") && strings.HasSuffix(l, "mailto:"+f.address()) {
			if before, rest, ok := strings.Cut(l, "PARTSTAT="); ok {
				l = before + "PARTSTAT=" + word + rest[strings.IndexAny(rest, ";:"):]
			}
			out[i] = l
		}
	}
	return out
}

// takeOut deletes one occurrence, as the organizer does, for both.
func (y *year) takeOut(c *couple, s stand) {
	y.Helper()
	if c.organizer.site == onGoogle {
		y.google.Delete(c.organizer.address(), y.idOf(c.organizer, s))
		y.touched()
		y.takeIn()
		return
	}
	for _, f := range y.written(c) {
		y.edit(f, s.uid, func(text string) string {
			head, rest, _ := strings.Cut(text, "BEGIN:VEVENT\r\n")
			for _, p := range components("BEGIN:VEVENT\r\n" + rest) {
				e := p.read(f.zone)
				if e.Original.Equal(s.original) && !e.Original.IsZero() {
					continue
				}
				if e.Original.IsZero() {
					p = y.stamp(append(p, timed("EXDATE", s.original.In(e.Start.Location()))))
				}
				head += "BEGIN:VEVENT\r\n" + strings.Join(p, "\r\n") + "\r\nEND:VEVENT\r\n"
			}
			return head + "END:VCALENDAR\r\n"
		})
	}
}

// written are those of c in whose calendars somebody has to write what happens to
// the series: the organizer, and the guest where nothing is delivered.
func (y *year) written(c *couple) []*folk {
	if c.organizer.site == plain && c.guest.site == plain {
		return c.both()
	}
	return []*folk{c.organizer}
}

// describe changes the description of a series in f's calendar.
func (y *year) describe(f *folk, uid string, change func(string) string) {
	y.Helper()
	t := y.read(f)[uid]
	if f.site == onGoogle {
		y.google.Edit(f.address(), t.name, map[string]string{"description": change(t.master.Description)})
		y.touched()
		y.takeIn()
		return
	}
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, ",", `\,`, ";", `\;`)
	y.part(f, uid, time.Time{}, func(c []string) []string {
		return set(c, "DESCRIPTION", "DESCRIPTION:"+escape.Replace(change(t.master.Description)))
	})
}

// split changes a series from an occurrence on, as "this and following" does: by
// so much later, with another UID.
func (y *year) split(c *couple, s stand, by time.Duration) {
	y.Helper()
	f := c.organizer
	t := y.read(f)[s.uid]
	m := t.master
	at := s.original.In(m.Start.Location())
	if f.site == onGoogle {
		y.google.Split(f.address(), t.name, s.original, map[string]any{"start": moment(at.Add(by)), "end": moment(at.Add(by).Add(m.End.Sub(m.Start)))})
		y.touched()
		y.takeIn()
		return
	}
	for _, w := range y.written(c) {
		y.part(w, s.uid, time.Time{}, func(p []string) []string {
			return set(p, "RRULE", "RRULE:"+m.RRules[0]+";UNTIL="+s.original.Add(-time.Second).UTC().Format(stampLayout))
		})
	}
	y.create(f, happening{
		uid: fmt.Sprintf("%s-%d", c, y.next()), title: m.Title, start: at.Add(by), end: at.Add(by).Add(m.End.Sub(m.Start)),
		rule: m.RRules[0], with: c.guest,
	})
}

// drop deletes a whole series.
func (y *year) drop(c *couple, uid string) {
	y.Helper()
	for _, f := range y.written(c) {
		t := y.read(f)[uid]
		if f.site == onGoogle {
			y.google.Delete(f.address(), t.name)
		} else {
			y.dav(f.site).Delete(f.name, "work", t.name+".ics")
		}
		y.touched()
	}
	y.touched()
	y.takeIn()
}

// takeIn does what the programs of people elsewhere do with Google's mails: their
// copies become what the organizer's is.
func (y *year) takeIn() {
	y.Helper()
	mails := y.google.Mails()
	for _, m := range mails[y.tookIn:] {
		f := y.folk[strings.TrimSuffix(m.To, "@example.org")]
		if f == nil || f.site == onGoogle || m.What == "answer" {
			continue
		}
		y.touched()
		for _, c := range y.couples {
			if c.guest == f && c.organizer.site == onGoogle {
				y.mirror(c)
			}
		}
	}
	y.tookIn = len(mails)
}

// mirror makes the guest's copies of what the two have together what the
// organizer's on Google are.
func (y *year) mirror(c *couple) {
	y.Helper()
	own := map[string]*thread{}
	for _, t := range y.threads(c, c.guest) {
		own[t.master.UID] = t
	}
	for _, t := range y.threads(c, c.organizer) {
		old := own[t.master.UID]
		delete(own, t.master.UID)
		text := y.copyOf(c, t, old)
		if old == nil || old.text != text {
			y.dav(c.guest.site).Put(c.guest.name, "work", nameOf(t.master.UID, old), []byte(folded(text)))
			y.touched()
		}
	}
	for _, old := range own {
		y.dav(c.guest.site).Delete(c.guest.name, "work", old.name+".ics")
		y.touched()
	}
}

func nameOf(uid string, old *thread) string {
	if old != nil {
		return old.name + ".ics"
	}
	return uid + ".ics"
}

// copyOf is a thread on Google as the guest's client writes it, with the answers
// that the guest has given to what stands where it stood.
func (y *year) copyOf(c *couple, t, old *thread) string {
	y.Helper()
	m := t.master
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, ",", `\,`, ";", `\;`)
	write := func(e calendar.Event, more ...string) string {
		h := happening{uid: m.UID, title: m.Title, start: e.Start, end: e.End, with: c.guest, text: escape.Replace(m.Description)}
		p := components(h.ics(c.organizer, y.now))[0]
		for _, was := range events(old) {
			if a, _ := was.AnswerOf([]string{c.guest.address()}); was.Original.Equal(e.Original) && was.Start.Equal(e.Start) && a == calendar.Declined {
				p = answering(p, c.guest, "declined")
			}
		}
		return "BEGIN:VEVENT\r\n" + strings.Join(append(p, more...), "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	var more []string
	for _, r := range m.RRules {
		more = append(more, "RRULE:"+r)
	}
	parts := []string{""}
	for _, x := range t.exceptions {
		if x.Status == calendar.Cancelled {
			more = append(more, timed("EXDATE", x.Original.In(m.Start.Location())))
			continue
		}
		parts = append(parts, write(x, timed("RECURRENCE-ID", x.Original.In(m.Start.Location()))))
	}
	for _, x := range m.ExDates {
		more = append(more, timed("EXDATE", x.In(m.Start.Location())))
	}
	parts[0] = write(m, more...)
	return ics(parts...)
}

func events(t *thread) []calendar.Event {
	if t == nil {
		return nil
	}
	return append(slices.Clone(t.exceptions), t.master)
}
