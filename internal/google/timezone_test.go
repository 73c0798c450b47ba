package google

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
)

// zoneless has the list of calendars state another zone.
type zoneless struct {
	next   http.RoundTripper
	states string
}

func (z zoneless) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := z.next.RoundTrip(r)
	if err != nil || !strings.HasSuffix(r.URL.Path, "/calendarList") {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	body = bytes.ReplaceAll(body, []byte("Europe/Vienna"), []byte(z.states))
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, err
}

func TestTheZoneOfAPersonWhoseCalendarStatesNone(t *testing.T) {
	for name, states := range map[string]string{"stated": "Europe/Vienna", "none": "", "one that nobody knows": "Nowhere/Land"} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, calendartest.GoogleStyle{})
			d.sent.next = zoneless{d.sent.next, states}
			list, err := d.Calendars(context.Background())
			if err != nil || len(list) != 1 || list[0].Zone == nil || list[0].Zone.String() != "Europe/Vienna" {
				t.Errorf("Calendars = %+v, %v", list, err)
			}
			want := 2
			if name == "stated" {
				want = 1
			}
			if len(d.sent.list) != want {
				t.Errorf("it took %d requests, want %d", len(d.sent.list), want)
			}
		})
	}
}

// Without the right to see it nothing is guessed.
func TestTheZoneIsNotGuessed(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	granted := slices.DeleteFunc(scopeNames(), func(s string) bool { return s == gcal.CalendarSettingsReadonlyScope })
	c := d.client(t, userFile(t, "", d.g.RefreshToken(ann, granted...)), "")
	d.sent.next = zoneless{d.sent.next, ""}
	_, err := c.Calendars(context.Background())
	if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), "has to see the time zone") {
		t.Errorf("Calendars: %v", err)
	}
}
