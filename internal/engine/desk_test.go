package engine_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"oneonone/internal/caldav"
	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/hours"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

var vienna = zone("Europe/Vienna")

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// at reads an instant in Vienna, such as "2026-11-24 10:00".
func at(wall string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", wall, vienna)
	if err != nil {
		panic(err)
	}
	return t
}

// monday is when the tests begin: Monday, 23 November 2026, 08:00 in Vienna.
// The meetings they are about are on Wednesday and later, outside ask_within.
var monday = at("2026-11-23 08:00")

const agendaBase = "http://127.0.0.1:8411"

func policy() reschedule.Policy {
	return reschedule.Policy{
		Mode: reschedule.Act, Notice: 2 * time.Hour, Settle: 10 * time.Minute, Horizon: 28 * 24 * time.Hour,
		Grid: 15 * time.Minute, Before: 10 * time.Minute, After: 15 * time.Minute, Shortest: 10 * time.Minute,
		Spacing: 24 * time.Hour, PerOccurrence: 1, PerSeries: 2, AskWithin: 24 * time.Hour,
	}
}

// desk is people with one calendar each on a server in memory, and an engine
// that looks after them.
type desk struct {
	testing.TB
	*calendartest.DAV
	names []string
	o     engine.Options
	dsn   string
	db    *store.DB
	e     *engine.Engine
	now   time.Time
	// net stands between the engine and the server.
	net http.RoundTripper
	log bytes.Buffer
	// google holds the calendars of those who have theirs there; nil when nobody has.
	google   *calendartest.Google
	onGoogle []string
	tookIn   int // how many of Google's mails the programs of the others have taken in
	// real is a server of somebody else's in place of the one in memory.
	real *calendartest.Server
	kept map[string]bool // what was put on it: WHO/NAME
}

// newDesk returns a desk for the people named, without events. adjust changes
// the options before the engine is made.
func newDesk(t testing.TB, adjust func(*engine.Options), names ...string) *desk {
	t.Helper()
	d := &desk{TB: t, DAV: calendartest.NewDAV(calendartest.Style{}), names: names, now: monday}
	d.net = d.Transport()
	for _, name := range names {
		d.AddUser(calendartest.User{Name: name, Password: "secret", Mail: []string{name + "@example.org"}})
		d.AddCalendar(name, calendartest.Calendar{Name: "work", Zone: "Europe/Vienna"})
	}
	d.o = engine.Options{
		Policy: policy(), IgnoreTitles: []string{"interview"}, AwayTitles: []string{"vacation", "out of office"},
		AwayNotTitles: []string{"back from", "party"}, MaxChanges: 20, NotifyGuests: true,
		AgendaBase: agendaBase, Random: rand.Reader,
		Log: slog.New(slog.NewTextHandler(&d.log, &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	for _, name := range names {
		d.o.Accounts = append(d.o.Accounts, d.account(name))
	}
	if adjust != nil {
		adjust(&d.o)
	}
	d.loseDatabase()
	t.Cleanup(func() { d.db.Close() })
	return d
}

func (d *desk) account(name string) engine.Account {
	return engine.Account{
		Name: name, Hours: hours.MustParse("Mon-Fri 09:00-17:00"),
		Person: calendar.Person{Name: strings.ToUpper(name[:1]) + name[1:], Addresses: []string{name + "@example.org"}, Zone: vienna},
	}
}

// restart makes a new engine on the same database, as after a crash.
func (d *desk) restart() {
	d.Helper()
	if d.db != nil {
		d.db.Close()
	}
	var err error
	if d.db, err = store.Open(context.Background(), d.dsn); err != nil {
		d.Fatalf("opening the store: %v", err)
	}
	d.e = engine.New(d.options(d.db))
}

// options are those of an engine on db, with providers of its own.
func (d *desk) options(db *store.DB) engine.Options {
	o := d.o
	o.Store = db
	o.Accounts = slices.Clone(d.o.Accounts)
	for i := range o.Accounts {
		co := caldav.Options{
			URL: "http://127.0.0.1/", Username: o.Accounts[i].Name, Password: "secret",
			Zone: o.Accounts[i].Person.Zone, Transport: through{d},
		}
		if d.real != nil {
			a := d.real.Account(o.Accounts[i].Name)
			co.URL, co.Password, co.Transport = d.real.URL, a.Password, nil
		}
		if slices.Contains(d.onGoogle, o.Accounts[i].Name) {
			o.Accounts[i].Provider = d.signIn(o.Accounts[i].Name)
			continue
		}
		p, err := caldav.New(co)
		if err != nil {
			d.Fatalf("making a client: %v", err)
		}
		o.Accounts[i].Provider = p
	}
	return o
}

// through sends requests by whatever stands between the engine and the server now.
type through struct{ d *desk }

func (t through) RoundTrip(r *http.Request) (*http.Response, error) { return t.d.net.RoundTrip(r) }

// loseDatabase makes a new engine on a new database.
func (d *desk) loseDatabase() {
	d.Helper()
	d.dsn = filepath.Join(d.TempDir(), "oneonone.db")
	d.restart()
}

// pass makes one pass that has to go well.
func (d *desk) pass() engine.Report {
	d.Helper()
	r, err := d.e.Pass(context.Background(), d.now, true)
	if err != nil {
		d.Fatalf("Pass: %v", err)
	}
	for name, err := range r.Failed {
		d.Errorf("Pass: account %s failed: %v", name, err)
	}
	return r
}

// quiet makes a pass that must not write and costs at most one request per calendar.
func (d *desk) quiet() {
	d.Helper()
	before := d.Objects()
	r, c := d.counted()
	if c.Writes() != 0 || r.Writes != 0 {
		d.Errorf("a pass without changes made %d writes: %v", c.Writes(), c.Requests)
		for _, path := range changed(before, d.Objects()) {
			d.Logf("%s\nbefore:\n%s\nafter:\n%s", path, before[path], d.Objects()[path])
		}
	}
	if c.Total() > len(d.names) {
		d.Errorf("a pass without changes made %d requests for %d calendars: %v", c.Total(), len(d.names), c.Requests)
	}
}

// settle lets the settle time pass.
func (d *desk) settle() { d.now = d.now.Add(11 * time.Minute) }

// check looks for what the server says the program must never do.
func (d *desk) check() {
	d.Helper()
	list := d.Violations()
	if d.google != nil {
		list = append(list, d.google.Violations()...)
	}
	for _, v := range list {
		d.Errorf("violation: %s", v)
	}
}

// changed lists the paths of the objects that differ.
func changed(before, after map[string][]byte) []string {
	var out []string
	for path, data := range after {
		if !bytes.Equal(before[path], data) {
			out = append(out, path)
		}
	}
	for path := range before {
		if _, ok := after[path]; !ok {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// put stores an event of people in each of their calendars under NAME.ics.
func (d *desk) put(name, ics string, people ...string) {
	d.Helper()
	for _, p := range people {
		if d.real == nil {
			d.Put(p, "work", name+".ics", []byte(ics))
			continue
		}
		if !d.real.Account(p).Put(d, name+".ics", []byte(ics)) {
			d.Fatalf("the server did not take\n%s", ics)
		}
		d.kept[p+"/"+name] = true
	}
}

// edit changes an object as its owner's other client would.
func (d *desk) edit(who, name string, f func(string) string) {
	d.Helper()
	if !d.Change(who, "work", name+".ics", func(b []byte) []byte { return []byte(f(string(b))) }) {
		d.Fatalf("%s has no object %s", who, name)
	}
}

// text returns an object with its lines unfolded.
func (d *desk) text(who, name string) string {
	d.Helper()
	return strings.ReplaceAll(string(d.object(who, name)), "\r\n ", "")
}

func (d *desk) object(who, name string) []byte {
	d.Helper()
	var data []byte
	var ok bool
	if d.real == nil {
		data, _, ok = d.Get(who, "work", name+".ics")
	} else {
		data, ok = d.real.Account(who).Get(d, name+".ics")
	}
	if !ok {
		d.Fatalf("%s has no object %s", who, name)
	}
	return data
}

// snapshot is every object there is, by WHO/NAME.
func (d *desk) snapshot() map[string][]byte {
	d.Helper()
	out := map[string][]byte{}
	if d.real == nil {
		for path, data := range d.Objects() {
			s := strings.Split(path, "/")
			out[s[len(s)-3]+"/"+strings.TrimSuffix(s[len(s)-1], ".ics")] = data
		}
		return out
	}
	for key := range d.kept {
		who, name, _ := strings.Cut(key, "/")
		out[key] = d.object(who, name)
	}
	return out
}

// where returns when the occurrence planned for original stands in the
// calendar of who, read from the text of the object alone.
func (d *desk) where(who, name string, original time.Time) time.Time {
	d.Helper()
	start, _ := d.spot(who, name, original)
	return start
}

func (d *desk) spot(who, name string, original time.Time) (start, end time.Time) {
	d.Helper()
	for _, c := range components(d.text(who, name)) {
		if id, ok := c.instant("RECURRENCE-ID"); ok && id.Equal(original) {
			start, _ = c.instant("DTSTART")
			end, _ = c.instant("DTEND")
			return start, end
		}
	}
	master := components(d.text(who, name))[0]
	s, _ := master.instant("DTSTART")
	e, _ := master.instant("DTEND")
	return original, original.Add(e.Sub(s))
}

// wants checks where an occurrence stands in the calendars of people.
func (d *desk) wants(name string, original, want time.Time, people ...string) {
	d.Helper()
	for _, p := range people {
		if got := d.where(p, name, original); !got.Equal(want) {
			d.Errorf("%s: %s of %s stands at %s, want %s", p, name, told(original), told(got), told(want))
		}
	}
}

func told(t time.Time) string { return t.In(vienna).Format("Mon 2 Jan 15:04") }

// component is one VEVENT, its lines unfolded. It is the tests' own reading of
// iCalendar, which knows only what the tests' own events use.
type component []string

func components(text string) []component {
	var out []component
	for i, part := range strings.Split(text, "BEGIN:VEVENT\r\n") {
		if i > 0 {
			body, _, _ := strings.Cut(part, "END:VEVENT\r\n")
			out = append(out, strings.Split(strings.TrimSuffix(body, "\r\n"), "\r\n"))
		}
	}
	return out
}

// line returns the first line of a property, with its name.
func (c component) line(name string) string {
	for _, l := range c {
		if strings.HasPrefix(l, name+":") || strings.HasPrefix(l, name+";") {
			return l
		}
	}
	return ""
}

func (c component) instant(name string) (time.Time, bool) {
	l := c.line(name)
	if l == "" {
		return time.Time{}, false
	}
	value := l[strings.LastIndex(l, ":")+1:]
	loc := time.UTC
	if _, rest, ok := strings.Cut(l, "TZID="); ok {
		name, _, _ := strings.Cut(rest, ":")
		loc = zone(name)
	}
	t, err := time.ParseInLocation("20060102T150405", strings.TrimSuffix(value, "Z"), loc)
	if err != nil {
		t, err = time.ParseInLocation("20060102", value, vienna)
	}
	return t, err == nil
}

// ics wraps events into a calendar object.
func ics(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Test//EN\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
}

// event is a VEVENT of the tests.
type event struct {
	uid, title       string
	start            time.Time
	minutes          int
	rule             string
	organizer, guest string   // names; both empty for an event without guests
	more             []string // further lines
}

func (e event) String() string {
	z := e.start.Location().String()
	lines := []string{
		"BEGIN:VEVENT", "UID:" + e.uid, "DTSTAMP:20260901T080000Z", "LAST-MODIFIED:20260901T080000Z",
		"DTSTART;TZID=" + z + ":" + e.start.Format("20060102T150405"),
		"DTEND;TZID=" + z + ":" + e.start.Add(time.Duration(e.minutes)*time.Minute).Format("20060102T150405"),
		"SUMMARY:" + e.title,
	}
	if e.rule != "" {
		lines = append(lines, "RRULE:"+e.rule)
	}
	if e.organizer != "" {
		lines = append(lines, "ORGANIZER:mailto:"+e.organizer+"@example.org",
			"ATTENDEE;PARTSTAT=ACCEPTED:mailto:"+e.organizer+"@example.org",
			"ATTENDEE;PARTSTAT=ACCEPTED:mailto:"+e.guest+"@example.org")
	}
	lines = append(append(lines, e.more...), "END:VEVENT", "")
	return strings.Join(lines, "\r\n")
}

// exception is e as the occurrence planned for original, at start.
func (e event) exception(original, start time.Time, more ...string) string {
	e.rule, e.start = "", start.In(e.start.Location())
	e.more = append(slices.Clone(e.more), more...)
	id := "RECURRENCE-ID;TZID=" + e.start.Location().String() + ":" + original.In(e.start.Location()).Format("20060102T150405") + "\r\n"
	return strings.Replace(e.String(), "SUMMARY:", id+"SUMMARY:", 1)
}

// weekly is a weekly 1:1 of 30 minutes that organizer holds with guest since
// long ago, one of whose occurrences begins at the instant.
func weekly(uid string, start time.Time, organizer, guest string) event {
	return event{
		uid: uid, title: "1:1 " + uid, start: start.AddDate(0, 0, -8*7), minutes: 30, rule: "FREQ=WEEKLY",
		organizer: organizer, guest: guest,
	}
}

// block is an event of one person that takes time.
func block(uid string, start time.Time, minutes int, more ...string) string {
	return ics(event{uid: uid, title: "secret " + uid, start: start, minutes: minutes, more: more}.String())
}

// allDay is an all-day event.
func allDay(uid, title string, day time.Time, days int, more ...string) string {
	lines := append([]string{
		"BEGIN:VEVENT", "UID:" + uid, "DTSTAMP:20260901T080000Z", "SUMMARY:" + title,
		"DTSTART;VALUE=DATE:" + day.Format("20060102"), "DTEND;VALUE=DATE:" + day.AddDate(0, 0, days).Format("20060102"),
	}, more...)
	return ics(strings.Join(append(lines, "END:VEVENT", ""), "\r\n"))
}

// cut ends the connection for good: nothing reaches the server any more.
type cut struct{}

func (cut) RoundTrip(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

// failing makes the server fail for one user until Heal.
func (d *desk) failing(who string) {
	d.Script(calendartest.Fault{
		Match: func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/"+who+"/") },
		Do:    calendartest.Answer, Status: http.StatusInternalServerError,
	})
}
