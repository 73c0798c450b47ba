package google_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/engine"
	"oneonone/internal/google"
	"oneonone/internal/span"
)

const meetRight = "meetings.space.readonly"

// measuring lets the program ask Google Meet through Ann's account, whose meeting
// with Bob takes place in a room there, and suggest.
func measuring(o *office, options *engine.Options) {
	talking(o, options)
	o.g.Edit(ann, "weekly0001", `{"conferenceData":{"createRequest":{"requestId":"r1"}}}`)
	c := o.signInForMeet(ann, meetRight)
	options.Accounts[0].Provider, options.Accounts[0].Meet = c, c.Meet()
}

// signInForMeet signs somebody in with rights beside those for the calendar.
func (o *office) signInForMeet(who string, rights ...string) *google.Client {
	o.Helper()
	rights = append(rights, "calendar")
	data, err := json.Marshal(map[string]any{
		"type": "authorized_user", "client_id": "x", "access_token": o.g.AccessToken(who, rights...), "refresh_token": "x", "expiry": time.Now().AddDate(1, 0, 0),
	})
	if err != nil {
		o.Fatal(err)
	}
	name, _, _ := strings.Cut(who, "@")
	file := filepath.Join(o.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		o.Fatal(err)
	}
	c, err := google.New(google.Options{Account: name, Credential: file, Meet: true, Transport: o.g.Transport(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		o.Fatal(err)
	}
	return c
}

// code is that of the room of the weekly meeting.
func (o *office) code() string {
	o.Helper()
	data, _ := o.g.Event(ann, "weekly0001")
	var e struct{ ConferenceData struct{ ConferenceID string } }
	if err := json.Unmarshal(data, &e); err != nil || e.ConferenceData.ConferenceID == "" {
		o.Fatalf("no room in %s: %v", data, err)
	}
	return e.ConferenceData.ConferenceID
}

// tuesday is a day of November 2026 at ten.
func (o *office) tuesday(day int) time.Time {
	return time.Date(2026, 11, day, 10, 0, 0, 0, o.now.Location())
}

// talk lets Ann and Bob talk for some minutes, Ann being there before and afterwards.
func (o *office) talk(start time.Time, minutes int) {
	at := func(m int) time.Time { return start.Add(time.Duration(m) * time.Minute) }
	o.g.Talked(o.code(), calendartest.MeetSession{Who: ann, From: at(-2), To: at(minutes + 4)}, calendartest.MeetSession{Who: bob, From: at(0), To: at(minutes)})
}

// measured returns how long meetings took, by day and in minutes.
func (o *office) measured() string {
	o.Helper()
	all, err := o.db.Lengths(context.Background(), "", time.Time{})
	if err != nil {
		o.Fatal(err)
	}
	var list []string
	for _, l := range all {
		if l.Source != string(cadence.FromMeet) || l.Pair != ann+" "+bob || !l.Original.Equal(l.Start) {
			o.Errorf("evidence %+v", l)
		}
		list = append(list, l.Start.In(o.now.Location()).Format("2 Jan ")+fmt.Sprint(l.Length.Minutes()))
	}
	return strings.Join(list, ", ")
}

// asksMeet returns how many meetings Meet was asked after since the counters were reset.
func (o *office) asksMeet() int { return o.g.Calls()["meet.conferenceRecords.list"] }

// passAt runs a pass at that time, in which accounts may fail.
func (o *office) passAt(at time.Time) {
	o.Helper()
	o.now = at.Add(-15 * time.Minute)
	o.pass()
}

// failing is what the status of Ann's account tells.
func (o *office) failing() string {
	o.Helper()
	all, err := o.db.AccountStatuses(context.Background())
	if err != nil {
		o.Fatal(err)
	}
	for _, s := range all {
		if s.Account == "ann" {
			return s.Failing
		}
	}
	return ""
}

func (o *office) noViolations() {
	o.Helper()
	for _, v := range o.g.Violations() {
		o.Error(v)
	}
}

// Three short Meets of a weekly series are the evidence for meeting every two weeks.
func TestR21AfterShortMeets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, calendartest.GoogleStyle{}, measuring)
		for i, day := range []int{3, 10, 17} {
			o.talk(o.tuesday(day), 12+i)
		}
		o.talk(o.tuesday(17).Add(50*time.Minute), 30) // about something else
		for range 3 {
			o.pass()
		}
		if got, want := o.measured(), "3 Nov 12, 10 Nov 13, 17 Nov 14"; got != want {
			t.Fatalf("measured %s, want %s\n%s", got, want, &o.log)
		}
		a := o.one(ann)
		if !strings.Contains(a.Summary, "every two weeks") || !strings.Contains(a.Description, "the last 3 measured meetings took 12, 13 and 14 minutes (from Meet)") {
			t.Errorf("Ann is asked %+v", a)
		}
		o.g.ResetCounters()
		for range 8 {
			o.pass()
		}
		if n := o.asksMeet(); n > 0 {
			t.Errorf("what is known was asked for %d times", n)
		}
		o.e = o.again(o.db)
		o.pass()
		if n := o.asksMeet(); n > 0 {
			t.Errorf("what is known was asked for %d times after a restart", n)
		}
		o.noViolations()
	})
}

// A meeting is asked after half an hour after its end, and a day later when
// nothing was known then.
func TestR20WhenMeetIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, calendartest.GoogleStyle{}, measuring)
		o.pass() // asks after the three of the past
		if n := o.asksMeet(); n != 3 {
			t.Errorf("Meet was asked %d times at first", n)
		}
		o.passAt(o.tuesday(24).Add(40 * time.Minute))
		o.g.ResetCounters()
		for _, step := range []struct {
			after time.Duration // the start
			asks  int
			known string
		}{
			{55 * time.Minute, 0, ""},
			{75 * time.Minute, 1, ""}, // A quiet plan stands for a quarter of an hour.
			{5 * time.Hour, 1, ""},
			{25*time.Hour - 10*time.Minute, 1, ""},
			{25*time.Hour + 10*time.Minute, 2, "24 Nov 15"},
			{72 * time.Hour, 2, "24 Nov 15"},
		} {
			if step.asks == 2 && step.known != "" && o.measured() == "" {
				o.talk(o.tuesday(24), 15) // Google was slow to tell.
			}
			o.passAt(o.tuesday(24).Add(step.after))
			if n := o.asksMeet(); n != step.asks || o.measured() != step.known {
				t.Errorf("after %s: asked %d times, measured %q", step.after, n, o.measured())
			}
		}
		o.noViolations()
	})
}

// A long list of the past is worked off a few at a time, and what Google does not
// keep any more is not asked for.
func TestR20MeetIsAskedAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, calendartest.GoogleStyle{}, measuring, func(o *office, _ *engine.Options) {
			o.g.Edit(ann, "weekly0001", `{"start":{"dateTime":"2026-10-05T10:00:00+02:00","timeZone":"Europe/Vienna"},
				"end":{"dateTime":"2026-10-05T10:30:00+02:00","timeZone":"Europe/Vienna"},"recurrence":["RRULE:FREQ=DAILY"]}`)
		})
		total := 0
		for range 5 {
			o.g.ResetCounters()
			o.pass()
			n := o.asksMeet()
			if n > 10 {
				t.Errorf("a pass asked %d times", n)
			}
			total += n
		}
		if total != 30 { // From 24 October to 22 November.
			t.Errorf("%d meetings were asked after\n%s", total, &o.log)
		}
	})
}

// Without the right to ask, the rest goes on, the operator is told once, and what
// was missed is made up for when the right is there.
func TestMeetingsGoOnWithoutMeet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var options *engine.Options
		o := newOffice(t, calendartest.GoogleStyle{}, measuring, func(o *office, op *engine.Options) {
			op.Accounts[0].Meet = o.signInForMeet(ann).Meet()
			options = op
		})
		for i, day := range []int{3, 10, 17} {
			o.talk(o.tuesday(day), 12+i)
		}
		for range 12 {
			o.pass()
		}
		if got := o.starts(); got != "1 09:15, 8 09:15, 1 09:15, 8 09:15" {
			t.Errorf("the 1:1s begin at %s", got)
		}
		if n := strings.Count(o.log.String(), "it cannot be asked how long people talked"); n != 1 {
			t.Errorf("it was told %d times\n%s", n, &o.log)
		}
		if n := o.asksMeet(); n > 8 {
			t.Errorf("a Meet that refuses was asked %d times", n)
		}
		if s := o.failing(); !strings.HasPrefix(s, "meeting lengths: ") || !strings.Contains(s, `the sign-in lacks the right to see how long people talked in Google Meet; run "oneonone auth ann"`) {
			t.Errorf("status tells %q", s)
		}
		again := *options
		again.Accounts[0].Meet = o.signInForMeet(ann, meetRight).Meet()
		again.Store = o.db
		o.e = engine.New(again)
		for range 2 {
			o.pass()
		}
		if s := o.failing(); s != "" || o.measured() != "3 Nov 12, 10 Nov 13, 17 Nov 14" {
			t.Errorf("with the right: %q, measured %s", s, o.measured())
		}
		o.noViolations()
	})
}

// Whatever breaks on the way, what is measured in the end is right.
func TestR20MeasuredOverATroubledGoogle(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, calendartest.GoogleStyle{}, measuring)
				for i, day := range []int{3, 10, 17} {
					o.talk(o.tuesday(day), 12+i)
				}
				meet := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/v2/") }
				o.g.Chaos(seed, 0.6,
					calendartest.Fault{Match: meet, Do: calendartest.CutBefore}, calendartest.Fault{Match: meet, Do: calendartest.CutAfter},
					calendartest.Fault{Match: meet, Do: calendartest.Answer, Status: http.StatusServiceUnavailable},
				)
				for range 4 {
					o.pass()
				}
				o.g.Heal()
				for range 8 {
					o.pass()
				}
				if got, want := o.measured(), "3 Nov 12, 10 Nov 13, 17 Nov 14"; got != want {
					t.Errorf("measured %s, want %s\n%s", got, want, &o.log)
				}
				if got := o.starts(); got != "1 09:15, 8 09:15, 1 09:15, 8 09:15" {
					t.Errorf("the 1:1s begin at %s", got)
				}
				o.noViolations()
			})
		})
	}
}

// Where the organizer's account is not to ask, the guest's does: Meet tells those
// who were there.
func TestR20MeetIsAskedByTheGuest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, calendartest.GoogleStyle{}, measuring, func(o *office, options *engine.Options) {
			options.Accounts[0].Meet = nil
			options.Accounts[1].Meet = o.signInForMeet(bob, meetRight).Meet()
		})
		o.talk(o.tuesday(17), 12)
		o.pass()
		if got := o.measured(); got != "17 Nov 12" {
			t.Errorf("measured %s\n%s", got, &o.log)
		}
		o.noViolations()
	})
}

// told is a service that answers everything like this.
type told struct {
	asked *int
	err   error // nil: it never answers
}

func (m told) Measured(ctx context.Context, _ string, _ span.Span) (time.Duration, bool, error) {
	*m.asked++
	if m.err == nil {
		<-ctx.Done()
		return 0, false, ctx.Err()
	}
	return 0, false, m.err
}

// A service that hangs, or refuses, holds nothing up and is not asked again and again.
func TestMeetThatDoesNotTell(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		asks int // in two hours, after three meetings
		says string
	}{
		"it hangs":          {nil, 7, "meeting lengths: the server did not answer in time"},
		"it refuses":        {fmt.Errorf("%w: not yours", calendar.ErrRefused), 3, "meeting lengths: the server does not accept the change: not yours"},
		"it is busy, later": {&calendar.RetryError{After: 6 * time.Hour, Err: errors.New("busy")}, 1, "meeting lengths: busy"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asks := 0
				o := newOffice(t, calendartest.GoogleStyle{}, measuring, func(_ *office, options *engine.Options) {
					options.Accounts[0].Meet = told{&asks, c.err}
				})
				for range 8 {
					began := time.Now()
					o.pass()
					if took := time.Since(began); took > time.Minute {
						t.Errorf("a pass took %s", took)
					}
				}
				if got := o.starts(); got != "1 09:15, 8 09:15, 1 09:15, 8 09:15" {
					t.Errorf("the 1:1s begin at %s", got)
				}
				if asks > c.asks || o.failing() != c.says || strings.Count(o.log.String(), "it cannot be asked") != 1 {
					t.Errorf("asked %d times; status tells %q\n%s", asks, o.failing(), &o.log)
				}
			})
		})
	}
}

// oneByOne is told, and then not, in turns.
type oneByOne struct{ asked *int }

func (m oneByOne) Measured(context.Context, string, span.Span) (time.Duration, bool, error) {
	if *m.asked++; *m.asked%2 == 0 {
		return 0, false, calendar.ErrRefused
	}
	return 12 * time.Minute, true, nil
}

// A refusal that is about one meeting is none of the account's trouble.
func TestOneMeetingIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asks := 0
		o := newOffice(t, calendartest.GoogleStyle{}, measuring, func(_ *office, options *engine.Options) {
			options.Accounts[0].Meet = oneByOne{&asks}
		})
		for range 3 {
			o.pass()
		}
		if asks != 3 || o.failing() != "" || o.measured() != "3 Nov 12, 17 Nov 12" {
			t.Errorf("asked %d times, measured %s; status tells %q", asks, o.measured(), o.failing())
		}
	})
}
