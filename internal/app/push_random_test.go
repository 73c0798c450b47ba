package app

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"oneonone/internal/calendartest"
)

// TestEveryChangeIsLookedAt lets people change things for two days while
// Google loses, doubles and delays messages, and opening and closing channels
// fails in every way. Every change is looked at: within seconds when a message
// about it was taken, else by the next poll. In the end there is one channel for
// each calendar.
func TestEveryChangeIsLookedAt(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { randomDays(t, seed) })
		})
	}
}

func randomDays(t *testing.T, seed uint64) {
	dice := rand.New(rand.NewPCG(seed, 1))
	p := newPushed(t, "poll: 1h\nmode: observe\n"+pushURL)
	p.chance = rand.New(rand.NewPCG(seed, 2)).Float64
	copies := rand.New(rand.NewPCG(seed, 3))
	p.g.PushCopies(func(calendartest.GooglePush) int { return copies.IntN(3) })
	p.g.SetStyle(calendartest.GoogleStyle{LateSync: seed%2 == 0, ChannelLife: time.Duration(3+seed) * time.Hour})
	var mu sync.Mutex
	var looks []time.Time // at Ann's calendar
	p.g.OnRequest(func(r *http.Request) {
		if r.Method == http.MethodGet && isListing(r) {
			mu.Lock()
			defer mu.Unlock()
			looks = append(looks, time.Now())
		}
	})
	p.g.Chaos(seed, 0.4,
		calendartest.Fault{Method: "POST", Match: isChannelCall, Do: calendartest.CutBefore},
		calendartest.Fault{Method: "POST", Match: isChannelCall, Do: calendartest.CutAfter},
		calendartest.Fault{Method: "POST", Match: isChannelCall, Do: calendartest.Answer, Status: 503, Reason: "backendError"},
		calendartest.Fault{Method: "POST", Match: isChannelCall, Do: calendartest.Twice})
	p.start()
	type change struct {
		at   time.Time
		told bool
	}
	var changes []change
	for end := time.Now().AddDate(0, 0, 2); time.Now().Before(end); {
		time.Sleep(time.Duration(dice.Int64N(int64(time.Hour))))
		before := len(p.g.Pushes())
		c := change{at: time.Now()}
		p.g.Edit(annMail, "weekly0001", fmt.Sprintf(`{"summary":"%d"}`, len(changes)))
		for _, m := range p.g.Pushes()[before:] {
			c.told = c.told || m.Calendar == annMail && m.State == "exists" && m.Status == http.StatusNoContent
		}
		changes = append(changes, c)
		if dice.IntN(4) == 0 {
			p.g.Deliver()
		}
	}
	p.g.Chaos(0, 0)
	time.Sleep(36 * time.Hour)
	if got := p.g.Channels(); len(got) != 2 || got[0].Calendar == got[1].Calendar {
		t.Errorf("in the end there are the channels %+v", got)
	}
	p.stop()
	told := 0
	for _, c := range changes {
		within := 75 * time.Minute
		if c.told {
			told++
			within = toldPatience + passGap
		}
		seen := false
		for _, at := range looks {
			seen = seen || !at.Before(c.at) && !at.After(c.at.Add(within))
		}
		if !seen {
			t.Errorf("nobody looked at the change of %v within %v (told: %v)", c.at, within, c.told)
		}
	}
	if told == 0 || told == len(changes) {
		t.Errorf("%d of %d changes were told", told, len(changes))
	}
}

func isChannelCall(r *http.Request) bool {
	return isWatch(r) || strings.HasSuffix(r.URL.Path, "/channels/stop")
}
