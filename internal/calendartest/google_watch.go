package calendartest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What Google allows a notification channel. It publishes no longest life; the
// fake gives none longer than the default.
const (
	longestChannel = 7 * 24 * time.Hour
	maxChannelID   = 64
	maxChannelWord = 256 // the token
	pushAttempts   = 5
)

// GoogleChannel is a notification channel as events.watch made it.
type GoogleChannel struct {
	ID, Calendar, User      string
	Address, Token, Expires string // Expires as Google tells it, in milliseconds
	// Resource names what is watched; channels.stop needs it beside the id.
	Resource string

	ends   time.Time
	number int
	seen   int64 // changes of the calendar up to here have been told
}

// GooglePush is a notification that Google has sent, or lost.
type GooglePush struct {
	Channel, Calendar string
	State             string // sync or exists
	Number            int
	Copies            int // how often it was sent; 0 when it was lost
	Status            int // of the last answer; 0 when there was none
}

// pushing is how the server sends notifications.
type pushing struct {
	to       http.Handler
	copies   func(GooglePush) int
	channels map[string]*GoogleChannel // by id, those that ended too: ids stay taken
	waiting  []*pushMessage
	sent     []GooglePush
}

type pushMessage struct {
	GooglePush
	request  *http.Request
	late     bool // it waits for Deliver
	attempts int
}

// PushTo makes h the answer to every address that notifications are sent to.
// They are sent before the method that made the change returns, without a lock
// held, and one after the other.
func (g *Google) PushTo(h http.Handler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.push.to = h
}

// PushCopies lets f say how often each message is sent: 0 loses it, 2 doubles
// it.
func (g *Google) PushCopies(f func(GooglePush) int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.push.copies = f
}

// Pushes returns the messages so far, in the order in which they were sent.
func (g *Google) Pushes() []GooglePush {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.push.sent)
}

// Channels returns the channels that are open now, by calendar, the one that
// ends first before the others.
func (g *Google) Channels() []GoogleChannel {
	g.mu.Lock()
	defer g.mu.Unlock()
	var open []GoogleChannel
	for _, ch := range g.push.channels {
		if g.now().Before(ch.ends) {
			open = append(open, *ch)
		}
	}
	slices.SortFunc(open, func(a, b GoogleChannel) int {
		return cmp.Or(strings.Compare(a.Calendar, b.Calendar), a.ends.Compare(b.ends), strings.Compare(a.ID, b.ID))
	})
	return open
}

// Deliver sends what waits: messages that the receiver had no time for (500,
// 502, 503, 504), and with GoogleStyle.LateSync those that open a channel.
func (g *Google) Deliver() {
	g.mu.Lock()
	for _, m := range g.push.waiting {
		m.late = false
	}
	g.unlock()
}

// channelID is what a client may call a channel.
var channelID = regexp.MustCompile(`^[A-Za-z0-9\-_+/=]+$`)

// watchEvents is events.watch.
func (g *Google) watchEvents(call *googleCall) answer {
	ch := &GoogleChannel{Calendar: call.cal.id, User: call.user.Email, seen: call.cal.last}
	for name, into := range map[string]*string{"id": &ch.ID, "address": &ch.Address, "token": &ch.Token} {
		*into, _ = call.body[name].(string)
	}
	kind, _ := call.body["type"].(string)
	to, err := url.Parse(ch.Address)
	switch {
	case !call.may(RoleOwner, RoleWriter, RoleReader):
		return refuse(http.StatusForbidden, "forbidden", "Forbidden")
	case kind != "web_hook" && kind != "webhook":
		return refuse(http.StatusBadRequest, "push.channelTypeNotSupported", "Unknown channel type")
	case !channelID.MatchString(ch.ID), len(ch.ID) > maxChannelID, len(ch.Token) > maxChannelWord:
		return refuse(http.StatusBadRequest, "invalid", "The channel's id or token cannot be used")
	case err != nil, to.Scheme != "https", to.Host == "":
		return refuse(http.StatusBadRequest, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS: "+ch.Address)
	case g.push.channels[ch.ID] != nil:
		return refuse(http.StatusBadRequest, "channelIdNotUnique", "Channel id not unique")
	}
	var ok bool
	if ch.ends, ok = g.channelEnd(call.body); !ok {
		return refuse(http.StatusBadRequest, "invalid", "The channel would have ended already")
	}
	ch.Expires = strconv.FormatInt(ch.ends.UnixMilli(), 10)
	sum := sha256.Sum256([]byte(call.user.Email + " " + ch.uri()))
	ch.Resource = hex.EncodeToString(sum[:12])
	if g.push.channels == nil {
		g.push.channels = map[string]*GoogleChannel{}
	}
	g.push.channels[ch.ID] = ch
	g.notify(ch, "sync")
	f := fields{"kind": "api#channel", "id": ch.ID, "resourceId": ch.Resource, "resourceUri": ch.uri(), "expiration": ch.Expires}
	if ch.Token != "" {
		f["token"] = ch.Token
	}
	return jsonAnswer(f)
}

// channelEnd is when a channel ends: of what the client asks for and what the
// server allows the more restrictive counts.
func (g *Google) channelEnd(body fields) (time.Time, bool) {
	now := g.now()
	end := now.Add(cmp.Or(g.style.ChannelLife, longestChannel))
	earlier := func(t time.Time) {
		if t.Before(end) {
			end = t
		}
	}
	if s, ok := body["expiration"].(string); ok {
		ms, _ := strconv.ParseInt(s, 10, 64) // Was checked against the discovery document.
		earlier(time.UnixMilli(ms))
	}
	if params, ok := body["params"].(fields); ok {
		s, _ := params["ttl"].(string)
		seconds, err := strconv.Atoi(s)
		if err != nil {
			return end, false
		}
		earlier(now.Add(time.Duration(seconds) * time.Second))
	}
	end = end.Truncate(time.Millisecond)
	return end, now.Before(end)
}

// stopChannel is channels.stop.
func (g *Google) stopChannel(call *googleCall) answer {
	id, _ := call.body["id"].(string)
	ch := g.push.channels[id]
	if ch == nil || ch.Resource != call.body["resourceId"] || ch.User != call.user.Email || !g.now().Before(ch.ends) {
		return refuse(http.StatusNotFound, "notFound", "Channel not found")
	}
	ch.ends = g.now()
	return status(http.StatusNoContent)
}

func (ch *GoogleChannel) uri() string {
	return "https://www.googleapis.com/calendar/v3/calendars/" + url.PathEscape(ch.Calendar) + "/events?alt=json"
}

// notify queues a message. The numbers grow, and not by one.
func (g *Google) notify(ch *GoogleChannel, state string) {
	if ch.number++; state != "sync" {
		ch.number += 2
	}
	r, err := http.NewRequest(http.MethodPost, ch.Address, http.NoBody)
	if err != nil {
		panic(err) // The address was parsed when the channel was made.
	}
	r.Header = http.Header{"User-Agent": {"APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)"}}
	for name, v := range map[string]string{
		"X-Goog-Channel-ID": ch.ID, "X-Goog-Message-Number": strconv.Itoa(ch.number), "X-Goog-Resource-ID": ch.Resource,
		"X-Goog-Resource-URI": ch.uri(), "X-Goog-Resource-State": state, "X-Goog-Channel-Token": ch.Token,
		"X-Goog-Channel-Expiration": ch.ends.UTC().Format(http.TimeFormat),
	} {
		if v != "" {
			r.Header.Set(name, v)
		}
	}
	g.push.waiting = append(g.push.waiting, &pushMessage{
		GooglePush: GooglePush{Channel: ch.ID, Calendar: ch.Calendar, State: state, Number: ch.number},
		request:    r, late: state == "sync" && g.style.LateSync,
	})
}

// unlock ends a method that may have changed something: it lets go of the lock
// and tells the channels.
func (g *Google) unlock() {
	for _, id := range slices.Sorted(maps.Keys(g.push.channels)) {
		ch := g.push.channels[id]
		if c := g.calendars[ch.Calendar]; c.last > ch.seen {
			if ch.seen = c.last; g.now().Before(ch.ends) {
				g.notify(ch, "exists")
			}
		}
	}
	var due []*pushMessage
	g.push.waiting = slices.DeleteFunc(g.push.waiting, func(m *pushMessage) bool {
		if !m.late {
			due = append(due, m)
		}
		return !m.late
	})
	to, copies := g.push.to, g.push.copies
	g.mu.Unlock()
	for _, m := range due {
		m.attempts++
		m.send(to, copies)
		g.mu.Lock()
		g.push.sent = append(g.push.sent, m.GooglePush)
		if m.Status >= 500 && m.Status <= 504 && m.Status != 501 && m.attempts < pushAttempts {
			m.late = true
			g.push.waiting = append(g.push.waiting, m)
		}
		g.mu.Unlock()
	}
}

func (m *pushMessage) send(to http.Handler, copies func(GooglePush) int) {
	m.Copies, m.Status = 1, 0
	if copies != nil {
		m.Copies = copies(m.GooglePush)
	}
	if to == nil {
		m.Copies = 0
	}
	for range m.Copies {
		if resp, err := (transport{to}).RoundTrip(m.request); err == nil {
			m.Status = cmp.Or(resp.StatusCode, http.StatusOK)
		}
	}
}
