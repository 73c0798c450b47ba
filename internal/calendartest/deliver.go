package calendartest

import (
	"bytes"
	"slices"
	"strings"
)

// DAVMessage is a scheduling message (RFC 6638 §3) that a server with
// Style.Delivers has brought from one of its users to another.
type DAVMessage struct {
	To, UID string
	What    string // request, cancel or reply
}

// Messages returns what was delivered so far, in order.
func (d *DAV) Messages() []DAVMessage {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.messages)
}

// deliver does what a server with calendar-auto-schedule does after an object of
// u became now from old, nil for none: what an organizer has changed comes into
// the copies of the guests who are users here, each keeping the own answers to
// what has not changed, and what a guest answers comes to the organizer. Nothing
// is sent for objects whose ORGANIZER says SCHEDULE-AGENT=NONE (RFC 6638 §7.1).
func (d *DAV) deliver(u *user, old, now []byte) {
	if !d.style.Delivers || bytes.Equal(old, now) {
		return
	}
	some := now
	if some == nil {
		some = old
	}
	organizer, agent := organizerOf(some)
	switch {
	case organizer == "" || agent != "":
	case u.has(organizer):
		for _, guest := range d.usersIn(some) {
			if guest != u {
				d.bring(guest, old, now)
			}
		}
	default:
		for _, o := range d.users {
			if o.has(organizer) && now != nil {
				d.reply(o, u, now)
			}
		}
	}
}

func (u *user) has(address string) bool {
	return slices.ContainsFunc(u.Mail, func(a string) bool { return strings.EqualFold(a, address) })
}

// organizerOf returns the organizer's address and SCHEDULE-AGENT, "" for SERVER.
func organizerOf(data []byte) (address, agent string) {
	root, err := readComponents(data)
	if err != nil || master(root) == nil {
		return "", ""
	}
	lines := master(root).all("ORGANIZER")
	if len(lines) == 0 {
		return "", ""
	}
	for _, p := range parameters(lines[0]) {
		if value, ok := strings.CutPrefix(strings.ToUpper(p), "SCHEDULE-AGENT="); ok && value != "SERVER" {
			agent = value
		}
	}
	return mailOf(lines[0]), agent
}

func mailOf(line string) string {
	return strings.TrimPrefix(strings.ToLower(lineValue(line)), "mailto:")
}

// usersIn returns the users of the server who are guests of an object, by name.
func (d *DAV) usersIn(data []byte) []*user {
	var list []*user
	for _, line := range contentLines(data) {
		if !strings.EqualFold(lineName(line), "ATTENDEE") {
			continue
		}
		for _, u := range d.users {
			if u.has(mailOf(line)) && !slices.Contains(list, u) {
				list = append(list, u)
			}
		}
	}
	slices.SortFunc(list, func(a, b *user) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// bring stores the organizer's object with a guest, or takes it out.
func (d *DAV) bring(guest *user, old, now []byte) {
	some := now
	if some == nil {
		some = old
	}
	uid := uidOf(some)
	c, name := guest.holding(uid)
	if now == nil {
		if c != nil && d.remove(c, name) {
			d.messages = append(d.messages, DAVMessage{guest.Mail[0], uid, "cancel"})
		}
		return
	}
	if c == nil {
		c, name = guest.calendars[slices.Min(keysOf(guest.calendars))], uid+".ics"
	}
	if o := c.objects[name]; o != nil && !announced(old, now) {
		now = withAnswers(now, o.data, guest)
	} else {
		d.messages = append(d.messages, DAVMessage{guest.Mail[0], uid, "request"})
	}
	d.store(c, name, now)
}

func keysOf(m map[string]*collection) []string {
	var list []string
	for name := range m {
		list = append(list, name)
	}
	return list
}

// holding finds the object with a UID.
func (u *user) holding(uid string) (*collection, string) {
	for _, c := range u.calendars {
		if name, ok := c.byUID[uid]; ok {
			return c, name
		}
	}
	return nil, ""
}

// announced reports whether a change is one that guests are written to about: of
// when the event takes place, or whether (RFC 5546 §2.1.4).
func announced(old, now []byte) bool {
	return !slices.Equal(timing(old), timing(now))
}

// timing lists what the events of an object say of when they take place, without
// exceptions that stand where and as long as their series has them.
func timing(data []byte) []string {
	var list []string
	_, events, order, _ := eventsIn(data)
	clock := func(id, name string) string {
		_, t, _ := strings.Cut(lineOf(events[id], name), "T")
		return t
	}
	for _, id := range order {
		start := lineOf(events[id], "DTSTART")
		if id != "" && start == id && clock(id, "DTEND") == clock("", "DTEND") && lineOf(events[id], "STATUS") == lineOf(events[""], "STATUS") {
			continue
		}
		for _, name := range []string{"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "STATUS"} {
			list = append(list, id+" "+name+" "+lineOf(events[id], name))
		}
	}
	slices.Sort(list)
	return list
}

// lineOf returns the values of a property of an event.
func lineOf(body, name string) string {
	var values []string
	for line := range strings.SplitSeq(body, "\r\n") {
		if strings.EqualFold(lineName(line), name) {
			values = append(values, lineValue(line))
		}
	}
	return strings.Join(values, ",")
}

// eventsIn splits an object into what stands before its events, the events, by
// RECURRENCE-ID, and their order. Lines are unfolded.
func eventsIn(data []byte) (head string, events map[string]string, order []string, tail string) {
	text := strings.Join(contentLines(data), "\r\n") + "\r\n"
	events = map[string]string{}
	for i, part := range strings.Split(text, "BEGIN:VEVENT\r\n") {
		if i == 0 {
			head = part
			continue
		}
		body, rest, _ := strings.Cut(part, "END:VEVENT\r\n")
		id := ""
		for line := range strings.SplitSeq(body, "\r\n") {
			if strings.EqualFold(lineName(line), "RECURRENCE-ID") {
				id = lineValue(line)
			}
		}
		if _, seen := events[id]; !seen {
			order = append(order, id)
		}
		events[id], tail = body, rest
	}
	return head, events, order, tail
}

func joined(head string, events map[string]string, order []string, tail string) []byte {
	var b strings.Builder
	b.WriteString(head)
	for _, id := range order {
		b.WriteString("BEGIN:VEVENT\r\n" + events[id] + "END:VEVENT\r\n")
	}
	b.WriteString(tail)
	return []byte(folded(b.String()))
}

// folded breaks lines that are longer than 75 octets (RFC 5545 §3.1).
func folded(text string) string {
	var b strings.Builder
	for line := range strings.SplitAfterSeq(text, "\r\n") {
		for len(line) > 77 {
			n := 74
			for n > 1 && line[n]&0xC0 == 0x80 {
				n--
			}
			b.WriteString(line[:n] + "\r\n ")
			line = line[n:]
		}
		b.WriteString(line)
	}
	return b.String()
}

// withAnswers is now with the answers that the guest's own copy has.
func withAnswers(now, own []byte, guest *user) []byte {
	head, events, order, tail := eventsIn(now)
	_, mine, _, _ := eventsIn(own)
	for id, body := range events {
		if answer := answerIn(mine[id], guest); answer != "" {
			events[id] = answered(body, guest, answer)
		}
	}
	return joined(head, events, order, tail)
}

// answerIn returns the guest's ATTENDEE line, "" when there is none.
func answerIn(body string, guest *user) string {
	for line := range strings.SplitSeq(body, "\r\n") {
		if strings.EqualFold(lineName(line), "ATTENDEE") && guest.has(mailOf(line)) {
			return line
		}
	}
	return ""
}

func answered(body string, guest *user, answer string) string {
	lines := strings.Split(body, "\r\n")
	for i, line := range lines {
		if strings.EqualFold(lineName(line), "ATTENDEE") && guest.has(mailOf(line)) {
			lines[i] = answer
		}
	}
	return strings.Join(lines, "\r\n")
}

// reply brings a guest's answers into the organizer's object. An occurrence that
// the organizer has no exception for gets one.
func (d *DAV) reply(organizer, guest *user, copied []byte) {
	c, name := organizer.holding(uidOf(copied))
	if c == nil {
		return
	}
	head, events, order, tail := eventsIn(c.objects[name].data)
	_, theirs, ids, _ := eventsIn(copied)
	changed := false
	for _, id := range ids {
		answer := answerIn(theirs[id], guest)
		body, there := events[id]
		switch {
		case answer == "" || there && answerIn(body, guest) == answer:
			continue
		case there:
			events[id] = answered(body, guest, answer)
		default:
			events[id], order = theirs[id], append(order, id)
		}
		changed = true
	}
	if changed {
		d.store(c, name, joined(head, events, order, tail))
		d.messages = append(d.messages, DAVMessage{organizer.Mail[0], uidOf(copied), "reply"})
	}
}
