package calendartest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Google is a Google Calendar (API version 3) in memory, an http.Handler for
// the generated client. It answers on every host, so that one client that is
// given its Transport reaches the calendar under /calendar/v3/, documents under
// /v1/documents, the Drive they lie in under /drive/v3/, the records of
// conferences under /v2/conferenceRecords, and the sign-in under /token and
// /o/oauth2/auth alike.
//
// It is strict: every request is held against the discovery document of the
// interface, and what that does not name is refused and noted (Violations).
// Where Google's behaviour is not known, GoogleStyle says which way it is. All
// its methods are safe for concurrent use, and nothing outlives the value.
//
// The methods of a person (Put, Edit, Drag, Answer, Delete, Split) do what
// somebody does in Google's own pages: nobody judges them, and they panic over
// what those pages would not offer, which is a mistake in the test.
type Google struct {
	mu        sync.Mutex
	style     GoogleStyle
	users     map[string]*GoogleUser // by their first address
	calendars map[string]*googleCalendar
	groups    map[string][]string
	files     map[string]*googleFile // documents, by id
	seq       int64                  // changes ever made; the change log counts in it
	epoch     int                    // sync tokens of earlier epochs are dead
	made      int                    // events ever made, for their ids
	asked     map[string][]time.Time
	mails     []GoogleMail
	calls     map[string]int
	violated  []string
	exempt    func(*http.Request) bool
	hook      func(*http.Request)
	auth      googleAuth
	push      pushing
	meets     []*googleMeet // in the order in which they were noted

	script   script
	counters counters
}

// GuestWrite is what happens when a guest changes what belongs to the organizer
// and guestsCanModify is not set. All three are on record.
type GuestWrite int

// The outcomes of a guest's write.
const (
	GuestRefused  GuestWrite = iota // 403 forbiddenForNonOrganizer
	GuestIgnored                    // 200 with the event as it was
	GuestDiverges                   // 200, and only the guest's copy changes
)

// GoogleStyle says how the server behaves where nobody could find out how
// Google does, and how tight its limits are. The zero value is the behaviour
// that most reports agree on.
type GoogleStyle struct {
	Guest GuestWrite
	// KeepAnswers: a new start does not reset the guests' answers.
	KeepAnswers bool
	// SteadyMaster: a change to one instance brings the master into the change
	// log but leaves it, its ETag too, as it was.
	SteadyMaster bool
	// OpaqueIDs makes the ids of instances such that nobody can read them.
	OpaqueIDs bool
	// TouchAlways: a patch with the values that are there gives a new ETag.
	TouchAlways bool
	// RefuseAttachments: attachments without supportsAttachments are refused
	// with 400 instead of being dropped.
	RefuseAttachments bool
	// Inherit: a change of the master's text and attachments reaches the
	// exceptions that there are.
	Inherit bool
	// LateSync: the message that opens a channel waits for Deliver, instead of
	// coming before the answer.
	LateSync bool
	// ChannelLife is the longest that a notification channel lives; 0 for 7 days,
	// which is what it lives when nobody asks for less.
	ChannelLife time.Duration
	// GrowRanges: what is written at the edge of a named range of a document
	// becomes part of the range.
	GrowRanges bool
	// DeviceParticipants: in a conference each device of a person is a participant
	// of its own.
	DeviceParticipants bool
	// Page is the largest page; 0 for what Google documents (2500).
	Page int
	// PerMinute is the number of requests a user has in a minute; 0 for no limit.
	PerMinute int
	// Clock is the server's clock; nil for time.Now.
	Clock func() time.Time
}

// GoogleUser is somebody who has an account.
type GoogleUser struct {
	Email   string   // also the id of the primary calendar
	Aliases []string // further addresses at which invitations arrive
	Name    string
	Zone    string // IANA name; "UTC" when empty
	// Room makes a meeting room: it is a resource, and says at once whether it
	// is free.
	Room bool
}

// Access roles of a calendar, as the interface spells them.
const (
	RoleOwner    = "owner"
	RoleWriter   = "writer"
	RoleReader   = "reader"
	RoleFreeBusy = "freeBusyReader"
)

type googleCalendar struct {
	id, title, zone string
	description     string
	owner           string            // a user's first address
	roles           map[string]string // of users, the owner included
	primary         bool
	events          map[string]*googleEvent // by id, those deleted too
	last            int64                   // its last change, in Google.seq
}

// GoogleMail is a mail that Google sent to a guest or to an organizer.
type GoogleMail struct {
	To, Event string // the address and the id of the event
	What      string // invitation, update, cancellation or answer; share for a document
}

// NewGoogle returns a server without users.
func NewGoogle(style GoogleStyle) *Google {
	return &Google{
		style: style, users: map[string]*GoogleUser{}, calendars: map[string]*googleCalendar{},
		groups: map[string][]string{}, files: map[string]*googleFile{}, asked: map[string][]time.Time{}, calls: map[string]int{},
		auth: newGoogleAuth(),
	}
}

// AddUser adds u and u's primary calendar.
func (g *Google) AddUser(u GoogleUser) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u.Zone == "" {
		u.Zone = "UTC"
	}
	u.Email = strings.ToLower(u.Email)
	u.Aliases = slices.Clone(u.Aliases)
	g.users[u.Email] = &u
	g.newCalendar(u.Email, u.Email, u.Email, u.Zone).primary = true
}

// AddCalendar adds a secondary calendar that belongs to a user and returns its
// id. An empty zone is that of the user.
func (g *Google) AddCalendar(owner, title, zone string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.addSecondary(owner, title, zone).id
}

func (g *Google) addSecondary(owner, title, zone string) *googleCalendar {
	u, ok := g.users[owner]
	if !ok {
		panic(fmt.Sprintf("calendartest: Google has no user %q", owner))
	}
	if zone == "" {
		zone = u.Zone
	}
	g.made++
	return g.newCalendar(fmt.Sprintf("c_%08x@group.calendar.google.com", g.made*0x9e3779b1), owner, title, zone)
}

func (g *Google) newCalendar(id, owner, title, zone string) *googleCalendar {
	c := &googleCalendar{id: id, title: title, zone: zone, owner: owner,
		roles: map[string]string{owner: RoleOwner}, events: map[string]*googleEvent{}}
	g.calendars[id] = c
	return c
}

// Share gives a user a role in a calendar; "" takes it away.
func (g *Google) Share(calendarID, user, role string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.mustCalendar(calendarID)
	if delete(c.roles, user); role != "" {
		c.roles[user] = role
	}
}

// AddGroup adds a mailing list, which has members and no calendar.
func (g *Google) AddGroup(address string, members ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.groups[address] = slices.Clone(members)
}

// SetStyle makes the server behave as style says from now on.
func (g *Google) SetStyle(style GoogleStyle) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.style = style
}

// KillTokens makes every sync token given out so far answer 410 fullSyncRequired.
func (g *Google) KillTokens() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.epoch++
}

// OnRequest makes f run before each request is looked at, without a lock held:
// it may block, and may use g.
func (g *Google) OnRequest(f func(*http.Request)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hook = f
}

// Exempt passes over requests of which f is true when violations are noted.
func (g *Google) Exempt(f func(*http.Request) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.exempt = f
}

// Violations returns what clients did that the program must never do, one
// sentence each, in the order in which it happened:
//
//   - what the discovery document does not allow: an unknown path, parameter or
//     field, a value of the wrong type;
//   - cancelling an event, and deleting one (R8) that is neither of the program's
//     own kinds, nor a series that it made, nor beyond the end of one that goes on
//     in another; a PUT, which replaces what it does not name;
//   - making an event that does not say that the program made it, with mails
//     about one of its own kinds, with the Meet of another, or without an id;
//   - attendees or conferenceData in a change of an event, attachments without
//     supportsAttachments;
//   - a change of start, end or recurrence, or a deletion, without If-Match; a time
//     without a zone; the end of a series that goes on nowhere;
//   - a second calendar of the same name;
//   - any write without sendUpdates;
//   - a change that loses more of an event than its time, its answers and what
//     is the program's own;
//   - another parameter beside a sync token than before;
//   - a mail about a document, a document shared with more than one person, a
//     change of a document without the revision it is meant for.
func (g *Google) Violations() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.violated)
}

// Mails returns what has been sent so far.
func (g *Google) Mails() []GoogleMail {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.mails)
}

// Script adds faults, as DAV.Script does. Writes stands for every request that
// can change an event.
func (g *Google) Script(faults ...Fault) { g.script.add(faults) }

// Chaos makes a share of the requests suffer, as DAV.Chaos does.
func (g *Google) Chaos(seed uint64, share float64, kinds ...Fault) {
	g.script.dice(seed, share, kinds)
}

// Transport returns an http.RoundTripper that takes requests to g without a
// network, whatever host they name, as DAV.Transport does.
func (g *Google) Transport() http.RoundTripper { return transport{g} }

// Heal forgets all faults.
func (g *Google) Heal() { g.script.heal() }

// Calls returns how often each method was called, by its id in the discovery
// document such as "calendar.events.patch"; "oauth.token" is the sign-in.
func (g *Google) Calls() map[string]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.calls)
}

// Writes returns how many calls could have changed an event.
func (g *Google) Writes() int {
	n := 0
	for id, calls := range g.Calls() {
		switch id {
		case "calendar.events.insert", "calendar.events.patch", "calendar.events.update", "calendar.events.delete":
			n += calls
		}
	}
	return n
}

// Counters returns the counters since the start or the last ResetCounters.
func (g *Google) Counters() Counters { return g.counters.read() }

// ResetCounters sets all counters, those of Calls too, to zero.
func (g *Google) ResetCounters() {
	g.counters.reset()
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.calls)
}

func (g *Google) now() time.Time {
	if g.style.Clock != nil {
		return g.style.Clock()
	}
	return time.Now()
}

func (g *Google) mustCalendar(id string) *googleCalendar {
	c, ok := g.calendars[id]
	if !ok {
		panic(fmt.Sprintf("calendartest: Google has no calendar %q", id)) // A mistake in the test or the demonstration.
	}
	return c
}

func (g *Google) user(address string) *GoogleUser {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.userOf(address)
}

// userOf returns the user who reads the mail of address, nil when it is
// nobody's here.
func (g *Google) userOf(address string) *GoogleUser {
	address = strings.ToLower(address)
	if u := g.users[address]; u != nil {
		return u
	}
	for _, u := range g.users {
		if slices.Contains(u.Aliases, address) {
			return u
		}
	}
	return nil
}
