package calendartest

import (
	"strings"
	"testing"
)

// TestDelivers: what the organizer changes comes to the guest, what the guest
// answers to the organizer, and nothing is sent for what is none of the server's
// business.
func TestDelivers(t *testing.T) {
	d := NewDAV(Style{Delivers: true})
	for _, name := range []string{"ann", "bob"} {
		d.AddUser(User{Name: name, Mail: []string{name + "@example.org"}})
		d.AddCalendar(name, Calendar{Name: "work"})
	}
	event := func(organizer, at string, more ...string) []byte {
		return []byte(strings.Join(append([]string{
			"BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:x", "DTSTART:" + at, "ORGANIZER" + organizer + ":mailto:ann@example.org",
			"ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@example.org",
		}, append(more, "END:VEVENT", "END:VCALENDAR", "")...), "\r\n"))
	}
	has := func(who, want string) {
		t.Helper()
		c, name := d.users[who].holding("x")
		if c == nil || !strings.Contains(string(c.objects[name].data), want) {
			t.Errorf("%s has no %s", who, want)
		}
	}
	d.Put("ann", "work", "x.ics", event("", "20270104T090000Z"))
	has("bob", "DTSTART:20270104T090000Z")
	d.Change("bob", "work", "x.ics", func(b []byte) []byte {
		return []byte(strings.Replace(string(b), "NEEDS-ACTION", "DECLINED", 1))
	})
	has("ann", "PARTSTAT=DECLINED:mailto:bob")
	d.Put("ann", "work", "x.ics", event("", "20270104T090000Z", "DESCRIPTION:"+strings.Repeat("long ", 30)))
	has("bob", "PARTSTAT=DECLINED:mailto:bob")
	d.Put("ann", "work", "x.ics", event("", "20270104T100000Z"))
	has("bob", "PARTSTAT=NEEDS-ACTION:mailto:bob")
	d.Delete("ann", "work", "x.ics")
	if c, _ := d.users["bob"].holding("x"); c != nil {
		t.Error("bob still has it")
	}
	d.Put("ann", "work", "x.ics", event(";SCHEDULE-AGENT=NONE", "20270104T090000Z"))
	if c, _ := d.users["bob"].holding("x"); c != nil {
		t.Error("bob has what was not to be sent")
	}
	var told []string
	for _, m := range d.Messages() {
		told = append(told, m.What+" "+m.To)
	}
	if got, want := strings.Join(told, ", "), "request bob@example.org, reply ann@example.org, request bob@example.org, cancel bob@example.org"; got != want {
		t.Errorf("messages: %s, want %s", got, want)
	}
}
