package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// wrong notes something that must not be.
func (y *year) wrong(format string, args ...any) {
	y.Helper()
	y.faults++
	y.Errorf("%s: %s", y.now.Format("Mon 2 Jan 15:04"), fmt.Sprintf(format, args...))
}

// scene is what the calendars hold before or after a pass.
type scene struct {
	at      time.Time
	stands  map[*couple]map[string]stand // in the organizer's calendar, those to come
	copies  map[*couple]map[string]stand // in the guest's
	private map[string][]byte            // the events that are no 1:1s
	rules   map[*couple]map[string]bool  // UIDs of series
}

func (y *year) window() span.Span {
	return span.Span{Start: y.now.AddDate(0, 0, -1), End: y.now.AddDate(0, 0, 63)}
}

// sceneNow is the scene, which stays for some hours as long as nothing changes.
func (y *year) sceneNow() scene {
	y.Helper()
	if y.before.stands == nil || y.now.Sub(y.before.at) > 12*time.Hour {
		y.before = y.scene()
	}
	return y.before
}

func (y *year) scene() scene {
	y.Helper()
	s := scene{
		at: y.now, stands: map[*couple]map[string]stand{}, copies: map[*couple]map[string]stand{}, private: map[string][]byte{},
		rules: map[*couple]map[string]bool{},
	}
	byKey := func(list []stand) map[string]stand {
		out := map[string]stand{}
		for _, x := range list {
			out[x.key()] = x
		}
		return out
	}
	for _, c := range y.couples {
		s.stands[c] = byKey(y.stands(c, c.organizer, y.window()))
		if c.guest.site != elsewhere {
			s.copies[c] = byKey(y.stands(c, c.guest, y.window()))
		}
		s.rules[c] = map[string]bool{}
		for _, t := range y.threads(c, c.organizer) {
			if len(t.master.RRules) > 0 {
				s.rules[c][t.master.UID] = true
			}
		}
	}
	for _, f := range y.folks {
		if f.site == elsewhere {
			continue
		}
		for uid, t := range y.read(f) {
			switch {
			case strings.Contains(t.master.Title, marked):
				s.private[f.name+"/"+uid] = []byte(t.text)
			case strings.Contains(t.text, marked):
				y.wrong("%s/%s tells of another event:\n%s", f.name, uid, t.text)
			}
		}
	}
	return s
}

// rounds is how many passes it may take at one instant until nothing is left to
// do: one suggestion ends, the next one comes, and the event about the week
// follows each.
const rounds = 6

// pass makes a pass, judges it, and reports whether it wrote anything.
func (y *year) pass() bool {
	y.Helper()
	before := y.sceneNow()
	mails, letters := len(y.google.Mails()), len(y.dav(post).Messages())
	wrote := false
	for round := range rounds {
		r, err := y.e.Pass(context.Background(), y.now, true)
		if err != nil {
			y.Fatalf("Pass: %v", err)
		}
		y.passes++
		for name, err := range r.Failed {
			y.wrong("account %s failed: %v", name, err)
		}
		for _, it := range r.Plan.Items {
			if it.Decision.Outcome == reschedule.Stuck {
				y.stuck(it.Account, it.UID, it.Original)
			}
		}
		if r.Writes == 0 {
			break
		}
		y.busy++
		wrote = true
		y.touched()
		if round == rounds-1 {
			lines := strings.Split(strings.TrimSpace(y.log.String()), "\n")
			y.wrong("%d passes at the same instant, and the last one still wrote:\n%s", rounds, strings.Join(lines[max(0, len(lines)-8):], "\n"))
		}
	}
	y.news = [4]int{}
	if wrote {
		y.judge(before, y.scene())
	}
	y.judgeMail(onGoogle, len(y.google.Mails())-mails)
	y.judgeMail(post, len(y.dav(post).Messages())-letters)
	y.takeIn()
	y.seeSuggestions()
	return wrote
}

// judge compares the calendars before and after a pass.
func (y *year) judge(before, after scene) {
	y.Helper()
	for _, key := range slices.Sorted(maps.Keys(before.private)) {
		if !bytes.Equal(before.private[key], after.private[key]) {
			y.wrong("%s was changed:\n%s\n%s", key, before.private[key], after.private[key])
		}
	}
	for _, c := range y.couples {
		y.judgeCouple(c, before, after)
	}
}

// judgeMail judges how many people a pass has written to: one for each meeting
// that was moved or made, and for a series that goes on in another one for each
// exception that went along too.
func (y *year) judgeMail(s site, n int) {
	y.Helper()
	if news := y.news[s]; n > news {
		y.wrong("%d people were written to, and there were %d pieces of news:\n%v\n%v", n, news,
			y.google.Mails()[max(0, len(y.google.Mails())-n):], y.dav(post).Messages()[max(0, len(y.dav(post).Messages())-n):])
	}
}

func (y *year) judgeCouple(c *couple, before, after scene) {
	y.Helper()
	was, is := before.stands[c], after.stands[c]
	begun := slices.DeleteFunc(slices.Sorted(maps.Keys(after.rules[c])), func(uid string) bool { return before.rules[c][uid] })
	c.changed += len(begun)
	for range begun {
		c.note(y.now, "the series goes on in another: %s", y.lastAccepted(c))
		y.news[c.organizer.site] += 8
	}
	for _, key := range slices.Sorted(maps.Keys(was)) {
		old := was[key]
		now, there := is[key]
		switch {
		case !there && !old.end.After(y.window().Start): // It is past, and out of sight.
		case !there && len(begun) == 0:
			y.wrong("%s lost its meeting of %s", c, told(old.start))
		case there && (!old.start.Equal(now.start) || !old.end.Equal(now.end)):
			y.judgeMove(c, key, old, now, after)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(is)) {
		if now, old := is[key], was[key]; old.uid == "" && now.single {
			c.made++
			c.mails++
			c.note(y.now, "made one on %s (%s)", told(now.start), now.end.Sub(now.start))
			y.news[c.organizer.site]++
			y.judgePlace(c, now, after, "made")
		}
	}
	if len(begun) > 0 {
		y.judgeWeeks(c, was, is)
	}
}

// judgeMove judges one move.
func (y *year) judgeMove(c *couple, key string, old, now stand, after scene) {
	y.Helper()
	c.moved[key]++
	c.mails++
	c.note(y.now, "moved %s to %s (%s)", told(old.start), told(now.start), now.end.Sub(now.start))
	y.news[c.organizer.site]++
	if now.end.Sub(now.start) < old.end.Sub(old.start) {
		c.short[key] = true
	}
	if at, dragged := c.dragged[key]; dragged && old.start.Equal(at) {
		y.wrong("%s: the meeting that was dragged to %s was moved to %s", c, told(at), told(now.start))
	}
	if !old.start.After(y.now) {
		y.wrong("%s: the meeting of %s had begun and was moved to %s", c, told(old.start), told(now.start))
	}
	if c.moved[key] > 1 && !y.agreedMove(c) {
		y.wrong("%s: the meeting of %s was moved a second time, to %s", c, told(old.start), told(now.start))
	}
	y.judgePlace(c, now, after, "moved from "+told(old.start))
	if now.no { // The organizer's own no stays on the event, and the new time suits.
		y.at(y.now.Add(time.Hour), func() {
			if s, ok := y.find(c, key); ok && s.no && s.start.Equal(now.start) {
				y.answer(c.organizer, s, "accepted")
			}
		})
	}
}

// judgePlace judges where the program put a meeting.
func (y *year) judgePlace(c *couple, now stand, after scene, what string) {
	y.Helper()
	for _, f := range c.both() {
		if f.site == elsewhere {
			continue
		}
		if !f.works(now.start, now.end) {
			y.wrong("%s: the meeting on %s (%s) is outside the hours of %s", c, told(now.start), what, f.name)
		}
		if y.blocks(f, now.start, now.end) {
			y.wrong("%s: %s has something else when the meeting on %s (%s) takes place", c, f.name, told(now.start), what)
		}
		for _, o := range y.couplesOf(f) {
			for _, s := range after.stands[o] {
				if (o != c || s.key() != now.key()) && !s.no && overlap(s.start, s.end, now.start, now.end) {
					y.wrong("%s: the meeting on %s (%s) overlaps with that of %s", c, told(now.start), what, o)
				}
			}
		}
	}
	if g, there := after.copies[c][now.key()]; c.guest.site != elsewhere && (c.organizer.site == c.guest.site) && (!there || !g.start.Equal(now.start) || !g.end.Equal(now.end)) {
		y.wrong("%s: the guest's copy of the meeting on %s (%s) stands at %s", c, told(now.start), what, told(g.start))
	}
}

// judgeWeeks judges the change of a series: no week that had a meeting is without
// one now, unless they agreed on every two weeks, and none has more than before.
func (y *year) judgeWeeks(c *couple, was, is map[string]stand) {
	y.Helper()
	z := c.organizer.zone
	count := func(all map[string]stand) map[string]int {
		out := map[string]int{}
		for _, s := range all {
			if monday := mondayOf(s.start, z); !s.single && monday.Before(y.now.AddDate(0, 0, 49)) {
				out[monday.Format(time.DateOnly)]++
			}
		}
		return out
	}
	a, b := count(was), count(is)
	words := y.lastAccepted(c)
	for _, week := range slices.Sorted(maps.Keys(a)) {
		if b[week] == 0 && !strings.Contains(words, "every two weeks") {
			y.wrong("%s has no meeting in the week of %s any more after %q", c, week, words)
		}
	}
	for _, week := range slices.Sorted(maps.Keys(b)) {
		if b[week] > max(a[week], 1) && !strings.Contains(words, "twice a week") {
			y.wrong("%s has %d meetings in the week of %s after %q, %d before", c, b[week], week, words, a[week])
		}
	}
	if strings.Contains(words, "every two weeks") {
		weeks := slices.Sorted(maps.Keys(b))
		for i := 1; i < len(weeks); i++ {
			x, _ := time.Parse(time.DateOnly, weeks[i-1])
			if z, _ := time.Parse(time.DateOnly, weeks[i]); z.Sub(x) > 15*24*time.Hour && !y.deletedIn(c) {
				y.wrong("%s has nothing between the weeks of %s and %s after %q", c, weeks[i-1], weeks[i], words)
			}
		}
	}
}

// deletedIn reports whether somebody has deleted meetings of c.
func (y *year) deletedIn(c *couple) bool { return len(c.deleted) > 0 }

func mondayOf(t time.Time, z *time.Location) time.Time {
	t = t.In(z)
	y, m, d := t.Date()
	return time.Date(y, m, d-int(t.Weekday()+6)%7, 0, 0, 0, 0, z)
}

func (y *year) stuck(account, uid string, original time.Time) {
	for _, c := range y.couplesOf(y.folk[account]) {
		for _, t := range y.threads(c, y.folk[account]) {
			if t.master.UID == uid {
				c.stuck[stand{uid: uid, original: original}.key()] = true
			}
		}
	}
}
