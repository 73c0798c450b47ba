package calendartest

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
)

// ear is where notifications arrive.
type ear struct {
	heard  []string // state, number and token of each
	status int      // of the answers; 0 for 204
}

func (e *ear) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := r.Header
	e.heard = append(e.heard, strings.Join([]string{h.Get("X-Goog-Resource-State"), h.Get("X-Goog-Message-Number"), h.Get("X-Goog-Channel-Token")}, " "))
	if e.status == 0 {
		e.status = http.StatusNoContent
	}
	w.WriteHeader(e.status)
}

func channel(id string) *gcal.Channel {
	return &gcal.Channel{Id: id, Type: "web_hook", Address: "https://push.example.org/push/google", Token: "secret"}
}

// watched is a board with a channel on ann's calendar.
func watched(t *testing.T, style GoogleStyle) (*board, *ear, *gcal.Channel) {
	t.Helper()
	b, e := newBoard(t, style), &ear{}
	b.PushTo(e)
	return b, e, must(t, b.ann.Events.Watch(ann, channel("one")).Do)
}

func TestGooglePush(t *testing.T) {
	b, e, ch := watched(t, GoogleStyle{})
	if want := b.clock.Add(7 * 24 * time.Hour).UnixMilli(); ch.Expiration != want || ch.ResourceId == "" || ch.ResourceUri == "" || ch.Kind != "api#channel" {
		t.Errorf("the channel is %+v, want one until %d", ch, want)
	}
	b.Put(ann, tuesdays)
	b.Edit(ann, "weekly0001", `{"summary":"Bob / Ann"}`)
	patch := b.ann.Events.Patch(ann, "weekly0001", moveTo(onTheClock(3, 3, 11, 0))).SendUpdates("all")
	patch.Header().Set("If-Match", "*")
	must(t, patch.Do)
	must(t, b.ann.Events.List(ann).Do)
	if diff := cmp.Diff([]string{"sync 1 secret", "exists 4 secret", "exists 7 secret", "exists 10 secret"}, e.heard); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if p := b.Pushes(); p[1].Status != http.StatusNoContent || p[1].Calendar != ann || p[1].Copies != 1 {
		t.Errorf("the second message is %+v", p[1])
	}
	// Bob's answer reaches the organizer's calendar, and so does what it says there.
	b.Answer(bob, "weekly0001", "declined")
	if len(e.heard) != 5 {
		t.Errorf("messages after an answer: %q", e.heard)
	}
	if v := b.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

func TestGooglePushHeaders(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	var got *http.Request
	b.PushTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r }))
	ch := must(t, b.ann.Events.Watch("primary", channel("one")).Do)
	want := map[string]string{
		"X-Goog-Channel-Id": "one", "X-Goog-Message-Number": "1", "X-Goog-Resource-Id": ch.ResourceId, "X-Goog-Resource-Uri": ch.ResourceUri,
		"X-Goog-Resource-State": "sync", "X-Goog-Channel-Token": "secret", "X-Goog-Channel-Expiration": "Sun, 08 Mar 2026 12:00:00 GMT",
	}
	for name, v := range want {
		if got.Header.Get(name) != v {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), v)
		}
	}
	if got.Method != http.MethodPost || got.URL.String() != "https://push.example.org/push/google" || got.Body != nil && got.Body != http.NoBody {
		t.Errorf("the message is %s %s", got.Method, got.URL)
	}
}

// Of what the client asks for and what the server allows the more restrictive counts.
func TestGoogleChannelEnds(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	hour, month := b.clock.Add(time.Hour).UnixMilli(), b.clock.AddDate(0, 1, 0).UnixMilli()
	for i, c := range []struct {
		asked int64
		ttl   string
		want  time.Duration
	}{
		{0, "", longestChannel}, {hour, "", time.Hour}, {month, "", longestChannel},
		{0, "600", 10 * time.Minute}, {hour, "600", 10 * time.Minute}, {hour, "9000", time.Hour},
	} {
		ch := channel("c" + strconv.Itoa(i))
		if ch.Expiration = c.asked; c.ttl != "" {
			ch.Params = map[string]string{"ttl": c.ttl}
		}
		got := must(t, b.ann.Events.Watch(ann, ch).Do)
		if want := b.clock.Add(c.want).UnixMilli(); got.Expiration != want {
			t.Errorf("asked until %d and for %qs: ends %d, want %d", c.asked, c.ttl, got.Expiration, want)
		}
	}
	past := channel("past")
	past.Expiration = b.clock.UnixMilli()
	_, err := b.ann.Events.Watch(ann, past).Do()
	fails(t, err, 400, "invalid")
}

func TestGoogleWatchRefuses(t *testing.T) {
	b, _, _ := watched(t, GoogleStyle{})
	b.Share(bob, ann, RoleFreeBusy)
	for _, c := range []struct {
		name, calendar, reason string
		code                   int
		change                 func(*gcal.Channel)
	}{
		{"an id twice", ann, "channelIdNotUnique", 400, func(ch *gcal.Channel) { ch.Id = "one" }},
		{"no id", ann, "invalid", 400, func(ch *gcal.Channel) { ch.Id = "" }},
		{"a long id", ann, "invalid", 400, func(ch *gcal.Channel) { ch.Id = strings.Repeat("x", 65) }},
		{"a long token", ann, "invalid", 400, func(ch *gcal.Channel) { ch.Token = strings.Repeat("x", 257) }},
		{"no https", ann, "push.webhookUrlNotHttps", 400, func(ch *gcal.Channel) { ch.Address = "http://push.example.org/" }},
		{"another type", ann, "push.channelTypeNotSupported", 400, func(ch *gcal.Channel) { ch.Type = "pubsub" }},
		{"no lifetime", ann, "invalid", 400, func(ch *gcal.Channel) { ch.Params = map[string]string{"ttl": "long"} }},
		{"free and busy only", bob, "forbidden", 403, func(*gcal.Channel) {}},
		{"no such calendar", "nobody@example.org", "notFound", 404, func(*gcal.Channel) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ch := channel("two")
			c.change(ch)
			_, err := b.ann.Events.Watch(c.calendar, ch).Do()
			fails(t, err, c.code, c.reason)
		})
	}
	_, err := b.ann.Events.Watch(ann, channel("three")).Do(googleapi.QueryParameter("tokn", "x"))
	fails(t, err, 400, "badRequest")
	if n := len(b.Violations()); n != 1 {
		t.Errorf("%d violations, want the misspelt parameter alone: %q", n, b.Violations())
	}
}

func TestGoogleStopsChannels(t *testing.T) {
	b, e, ch := watched(t, GoogleStyle{})
	wrong := func(s *gcal.Service, id, resource string) {
		t.Helper()
		fails(t, s.Channels.Stop(&gcal.Channel{Id: id, ResourceId: resource}).Do(), 404, "notFound")
	}
	wrong(b.ann, "one", "")
	wrong(b.ann, "one", ch.ResourceId+"x")
	wrong(b.ann, "two", ch.ResourceId)
	wrong(b.bob, "one", ch.ResourceId)
	if len(b.Channels()) != 1 {
		t.Error("the channel was stopped")
	}
	if err := b.ann.Channels.Stop(&gcal.Channel{Id: "one", ResourceId: ch.ResourceId}).Do(); err != nil {
		t.Fatal(err)
	}
	wrong(b.ann, "one", ch.ResourceId)
	b.Put(ann, tuesdays)
	if len(e.heard) != 1 || len(b.Channels()) != 0 {
		t.Errorf("after the stop: %q, %v", e.heard, b.Channels())
	}
	_, err := b.ann.Events.Watch(ann, channel("one")).Do()
	fails(t, err, 400, "channelIdNotUnique")
}

func TestGoogleChannelsExpire(t *testing.T) {
	b, e, _ := watched(t, GoogleStyle{})
	b.clock = b.clock.Add(longestChannel)
	b.Put(ann, tuesdays)
	if len(e.heard) != 1 || len(b.Channels()) != 0 {
		t.Errorf("after the end: %q, %v", e.heard, b.Channels())
	}
}

func TestGoogleLosesAndRepeats(t *testing.T) {
	b, e, _ := watched(t, GoogleStyle{})
	copies := 0
	b.PushCopies(func(GooglePush) int { return copies })
	b.Put(ann, tuesdays)
	copies = 2
	b.Edit(ann, "weekly0001", `{"summary":"A"}`)
	if diff := cmp.Diff([]string{"sync 1 secret", "exists 7 secret", "exists 7 secret"}, e.heard); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// A receiver without time is asked again, one that refuses is not.
func TestGoogleRepeatsWhatIsNotTaken(t *testing.T) {
	for status, want := range map[int]int{503: 3, 404: 2} {
		b, e, _ := watched(t, GoogleStyle{})
		e.status = status
		b.Put(ann, tuesdays)
		e.status = http.StatusOK
		b.Deliver()
		b.Deliver()
		if len(e.heard) != want {
			t.Errorf("after %d: %q", status, e.heard)
		}
	}
}

func TestGoogleSyncIsLate(t *testing.T) {
	b, e, _ := watched(t, GoogleStyle{LateSync: true})
	b.Put(ann, tuesdays)
	if b.Deliver(); len(e.heard) != 2 || !strings.HasPrefix(e.heard[1], "sync 1") {
		t.Errorf("messages: %q", e.heard)
	}
}
