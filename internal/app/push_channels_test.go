package app

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendartest"
)

// ids returns the open channels of Ann's calendar.
func (p *pushed) ids() []string {
	var ids []string
	for _, ch := range p.g.Channels() {
		if ch.Calendar == annMail {
			ids = append(ids, ch.ID)
		}
	}
	return ids
}

// Channels are replaced by new ones before they end, whatever life Google
// grants, and whether the first message comes before the answer or after it: at
// any minute of four days a change would be told.
func TestChannelsAreReplacedWithoutAGap(t *testing.T) {
	for name, style := range map[string]calendartest.GoogleStyle{
		"as long as asked for": {},
		"shorter":              {ChannelLife: 2 * time.Hour},
		"sync comes late":      {LateSync: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPushed(t, "poll: 6h\n"+pushURL)
				p.g.SetStyle(style)
				p.start()
				seen := map[string]bool{}
				for range 4 * 24 * 4 {
					time.Sleep(15 * time.Minute)
					synctest.Wait()
					p.g.Deliver()
					ids := p.ids()
					if len(ids) != 1 {
						t.Fatalf("%d channels after %v", len(ids), time.Now())
					}
					seen[ids[0]] = true
				}
				if n := len(seen); n < 5 || style.ChannelLife > 0 && n < 60 || style.ChannelLife == 0 && n > 6 {
					t.Errorf("%d channels in four days", n)
				}
				if n := p.g.Calls()["calendar.channels.stop"]; n != 2*(len(seen)-1) {
					t.Errorf("%d channels of two calendars were closed, want %d", n, 2*(len(seen)-1))
				}
				for _, m := range p.g.Pushes() {
					if m.Status >= 300 {
						t.Errorf("a message was answered %d: %+v", m.Status, m)
					}
				}
			})
		})
	}
}

// When Google is away at the time of the renewal the old channel goes on, and
// the new one comes as soon as Google is back.
func TestRenewalIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 6h\n"+pushURL)
		p.start()
		first := p.ids()
		time.Sleep(17 * time.Hour)
		tries := 0
		p.script(calendartest.Fault{Method: "POST", Match: isWatch, Do: calendartest.Answer, Status: 503, Reason: "backendError",
			Before: func(*http.Request) { tries++ }})
		time.Sleep(4 * time.Hour)
		synctest.Wait()
		if diff := cmp.Diff(first, p.ids()); diff != "" {
			t.Errorf("while Google is away the channels are others:\n%s", diff)
		}
		if tries < 8 || tries > 16 {
			t.Errorf("%d attempts for two calendars in three hours", tries)
		}
		p.g.Heal()
		time.Sleep(90 * time.Minute)
		synctest.Wait()
		if got := p.ids(); len(got) != 1 || got[0] == first[0] {
			t.Errorf("after Google came back: %q, before %q", got, first)
		}
		p.told(t, `level=WARN msg="Google does not tell of changes in some calendars; they are found by polling" account=ann`, 1)
		p.told(t, `level=INFO msg="Google tells of changes in all calendars" account=ann`, 2) // at the start, and again
	})
}

// told counts how often the log has a line.
func (p *pushed) told(t *testing.T, line string, want int) {
	t.Helper()
	p.stop()
	if n := strings.Count(p.log.String(), line); n != want {
		t.Errorf("%q is told %d times, want %d:\n%s", line, n, want, p.log)
	}
}

// What Google refuses is told once, in words, and polling goes on; a reload
// tries at once.
func TestRefusedChannels(t *testing.T) {
	for name, c := range map[string]struct {
		status       int
		reason, says string
	}{
		"calendar": {400, "pushNotSupportedForRequestedResource", "Google does not tell of changes in this calendar (400 pushNotSupportedForRequestedResource)"},
		"address":  {401, "push.webhookUrlUnauthorized", "Google does not take the address under push.url"},
		"rights":   {403, "forbidden", "Google does not allow the account to do this (403)"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPushed(t, "poll: 1h\n"+pushURL)
				p.script(calendartest.Fault{Method: "POST", Match: isWatch, Do: calendartest.Answer, Status: c.status, Reason: c.reason})
				p.start()
				time.Sleep(10*time.Hour + 30*time.Minute)
				if p.passes() != 11 {
					t.Errorf("%d passes in 10 hours", p.passes())
				}
				if s := p.push.status(); !strings.Contains(s, "account ann: not all changes are told: "+c.says) {
					t.Errorf("status: %q", s)
				}
				tries := p.g.Calls()["calendar.events.watch"]
				p.g.Heal()
				time.Sleep(time.Hour)
				if n := p.g.Calls()["calendar.events.watch"]; n != tries {
					t.Error("what was refused is tried again and again")
				}
				p.reloadWith("poll: 1h\n" + pushURL)
				if len(p.ids()) != 1 || p.push.status() != "" {
					t.Errorf("after the reload: %q, %q", p.ids(), p.push.status())
				}
				p.told(t, "level=WARN", 2) // Ann and Bob
				p.told(t, c.says, 2)
			})
		})
	}
}

// A reload switches channels on and off, and gives them another address.
func TestReloadChangesChannels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 1h\n")
		p.start()
		if len(p.g.Channels()) != 0 || p.g.Calls()["calendar.events.watch"] != 0 {
			t.Error("without push.url there are channels")
		}
		p.reloadWith("poll: 1h\n" + pushURL)
		old := p.ids()
		if len(old) != 1 {
			t.Fatalf("after push was switched on: %q", old)
		}
		p.reloadWith("poll: 1h\npush: {url: https://other.example.org}\n")
		got := p.g.Channels()
		if len(got) != 2 || got[0].ID == old[0] || got[0].Address != "https://other.example.org/push/google" {
			t.Errorf("after the address changed: %+v", got)
		}
		if status := p.post(old[0], "", "exists"); status != 404 {
			t.Errorf("a message of the closed channel is answered %d", status)
		}
		p.reloadWith("poll: 1h\n")
		if got := p.g.Channels(); len(got) != 0 {
			t.Errorf("after push was switched off: %+v", got)
		}
	})
}

// A new calendar gets a channel, one that is gone loses it.
func TestChannelsFollowTheCalendars(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 30m\n"+pushURL)
		p.start()
		id := p.g.AddCalendar(annMail, "Second", "")
		time.Sleep(2 * time.Hour)
		if got := p.g.Channels(); len(got) != 3 {
			t.Errorf("%d channels, want 3", len(got))
		}
		p.g.Share(id, annMail, "")
		time.Sleep(2 * time.Hour)
		if got := p.g.Channels(); len(got) != 2 {
			t.Errorf("%d channels, want 2", len(got))
		}
	})
}

// Channels are closed when the service stops, and one whose end was lost with a
// crash is refused by the next run.
func TestChannelsEndWithTheService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 1h\n"+pushURL)
		p.start()
		old := p.g.Channels()[0]
		p.script(calendartest.Fault{Method: "POST", Do: calendartest.CutBefore})
		p.stop() // Google hears nothing of it.
		p.g.Heal()
		if len(p.g.Channels()) != 2 {
			t.Fatal("the channels were closed")
		}
		p.App = open(t, p.o)
		p.g.PushTo(p.Handler())
		p.start()
		if got := p.post(old.ID, old.Token, "exists"); got != 404 {
			t.Errorf("a message of an earlier run is answered %d", got)
		}
		before := len(p.g.Channels())
		p.stop()
		if after := len(p.g.Channels()); before != 4 || after != 2 {
			t.Errorf("%d channels before the stop, %d after", before, after)
		}
		time.Sleep(24 * time.Hour)
		if got := p.g.Channels(); len(got) != 0 {
			t.Errorf("a day later: %+v", got)
		}
	})
}

// The answer to a new channel may be lost: another one is opened, and what the
// first one sends does no harm.
func TestLostChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t, "poll: 6h\n"+pushURL)
		p.script(calendartest.Fault{Method: "POST", Match: isWatch, Nth: 1, Do: calendartest.CutAfter})
		p.start()
		time.Sleep(2 * time.Minute)
		p.block()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if !p.moved() {
			t.Error("the change was not looked at")
		}
		if n := len(p.g.Channels()); n != 3 {
			t.Errorf("%d channels, want 3", n)
		}
	})
}
