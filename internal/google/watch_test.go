package google

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

func aChannel() Channel {
	return Channel{ID: "channel-1", Token: "unguessable", Address: "https://push.example.org/push/google", Expires: now.Add(24 * time.Hour)}
}

func TestWatch(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	ch, err := d.Watch(t.Context(), ann, aChannel())
	if err != nil {
		t.Fatal(err)
	}
	if !ch.Expires.Equal(now.Add(24*time.Hour)) || ch.Resource == "" || ch.ID != "channel-1" || ch.Token != "unguessable" {
		t.Errorf("the channel is %+v", ch)
	}
	if got := d.g.Channels(); len(got) != 1 || got[0].Token != "unguessable" || got[0].Calendar != ann {
		t.Errorf("Google has %+v", got)
	}
	for range 2 { // The second time it is gone already.
		if err := d.Stop(t.Context(), ch); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.g.Channels(); len(got) != 0 {
		t.Errorf("after Stop Google has %+v", got)
	}
}

// Google grants less than it is asked for.
func TestWatchEndsWhenGoogleSays(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	long := aChannel()
	long.Expires = now.AddDate(1, 0, 0)
	ch, err := d.Watch(t.Context(), ann, long)
	if err != nil || !ch.Expires.Equal(now.AddDate(0, 0, 7)) {
		t.Errorf("Watch = %v, %v, want 7 days", ch.Expires, err)
	}
}

// TestWatchRefused: each refusal is told in words, and never with the token or
// the address.
func TestWatchRefused(t *testing.T) {
	for name, c := range map[string]struct {
		fault calendartest.Fault
		is    error // nil: later it may go well
		says  string
	}{
		"not supported": {answeringPost(400, "pushNotSupportedForRequestedResource"), calendar.ErrRefused, "does not tell of changes in this calendar"},
		"address":       {answeringPost(401, "push.webhookUrlUnauthorized"), calendar.ErrRefused, "does not take the address under push.url"},
		"http":          {answeringPost(400, "push.webhookUrlNotHttps"), calendar.ErrRefused, "https"},
		"id taken":      {answeringPost(400, "channelIdNotUnique"), nil, "already"},
		"forbidden":     {answeringPost(403, "forbidden"), calendar.ErrReadOnly, "does not allow"},
		"no calendar":   {answeringPost(404, "notFound"), calendar.ErrNotFound, "no such"},
		"too fast":      {answeringPost(403, "rateLimitExceeded"), nil, "fewer requests"},
		"down":          {answeringPost(503, "backendError"), nil, "busy or down"},
		"lost":          {calendartest.Fault{Method: http.MethodPost, Do: calendartest.CutAfter}, nil, "connection"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, calendartest.GoogleStyle{})
			c.fault.Match = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/watch") }
			d.g.Script(c.fault)
			_, err := d.Watch(context.Background(), ann, aChannel())
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("Watch = %v, want %q", err, c.says)
			}
			for _, is := range []error{calendar.ErrAuth, calendar.ErrRefused} {
				if c.is == nil && errors.Is(err, is) {
					t.Errorf("%v is %v", err, is)
				}
			}
			for _, secret := range []string{"unguessable", "push.example.org", ann} {
				if strings.Contains(err.Error()+d.log.String(), secret) {
					t.Errorf("%q tells %q", err.Error()+d.log.String(), secret)
				}
			}
		})
	}
}

func answeringPost(status int, reason string) calendartest.Fault {
	return calendartest.Fault{Method: http.MethodPost, Do: calendartest.Answer, Status: status, Reason: reason}
}
