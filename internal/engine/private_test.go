package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
)

// TestR16NothingOfOtherEventsIsTold: whatever else is in the calendars, and
// whatever is suggested, moved or said because of it, no title, place, text or name
// from another event stands in what the program writes, or in its log.
func TestR16NothingOfOtherEventsIsTold(t *testing.T) {
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(seed, 16))
			d := talkingPair(t, func(o *engine.Options) {
				o.WeeklyStatus = true
				o.Policy.Mode = []reschedule.Mode{reschedule.Act, reschedule.Ask}[seed%2]
			})
			d.took([][]int{{12, 15, 9}, {70, 65, 80, 75}, {31, 31, 31, 31}}[seed%3]...)
			for i := range 30 {
				who := d.names[dice.IntN(2)]
				start := monday.AddDate(0, 0, dice.IntN(28)).Add(time.Duration(1+dice.IntN(9)) * time.Hour)
				if i%3 == 0 {
					start = wednesday.AddDate(0, 0, 7*dice.IntN(4)) // right over a 1:1
				}
				uid := fmt.Sprintf("other%d", i)
				d.put(uid, ics(event{uid: uid, title: "MARKED title", start: start, minutes: 15 * (1 + dice.IntN(8)), more: []string{
					"LOCATION:MARKED place", "DESCRIPTION:MARKED text", "CATEGORIES:MARKED",
					"ORGANIZER;CN=MARKED organizer:mailto:marked@example.com",
					"ATTENDEE;CN=MARKED guest;PARTSTAT=ACCEPTED:mailto:" + who + "@example.org",
					"ATTENDEE;CN=MARKED other;PARTSTAT=ACCEPTED:mailto:marked2@example.com",
				}}.String()), who)
			}
			if seed%4 == 0 {
				d.put("away", allDay("away", "Vacation MARKED", monday.AddDate(0, 0, 7).Truncate(24*time.Hour), 5), "bob")
			}
			for range 4 {
				d.pass()
				d.settle()
			}
			if s := d.suggested("ann"); len(s) == 1 {
				d.replies("ann", []string{"ACCEPTED", "DECLINED", "TENTATIVE"}[dice.IntN(3)])
			}
			for range 2 {
				d.pass()
				d.settle()
			}
			written := 0
			for path, data := range d.Objects() {
				if strings.Contains(path, "/other") || strings.Contains(path, "/away") {
					continue
				}
				if written++; strings.Contains(strings.ToUpper(strings.ReplaceAll(string(data), "\r\n ", "")), "MARKED") {
					t.Errorf("%s tells another event:\n%s", path, data)
				}
			}
			if written < 4 { // Both copies of the 1:1, and the week of each.
				t.Errorf("only %d objects were looked at", written)
			}
			if strings.Contains(strings.ToUpper(d.log.String()), "MARKED") {
				t.Error("the log tells another event")
			}
			d.check()
		})
	}
}

// TestR18AnotherWeeklyTime: three of four meetings collided; Ann says yes to
// another weekly time, and from then on both calendars have it.
func TestR18AnotherWeeklyTime(t *testing.T) {
	d := talkingPair(t, func(o *engine.Options) { o.Policy.PerSeries = 0 })
	clash := weekly("clash", wednesday, "ann", "ann")
	clash.organizer, clash.guest, clash.minutes = "", "", 60
	clash.start = wednesday
	d.put("clash", ics(clash.String()), "ann")
	asked := func() bool {
		for _, text := range d.suggested("ann") {
			return strings.Contains(text, "SUMMARY:Suggestion: 1:1 with Bob on ")
		}
		return false
	}
	for week := range 8 {
		d.now = wednesday.AddDate(0, 0, 7*week).Add(-26 * time.Hour)
		for range 6 {
			d.pass()
			d.settle()
			if len(d.suggested("ann")) > 0 && !asked() {
				d.replies("ann", "DECLINED")
			}
		}
		if asked() {
			break
		}
	}
	if !asked() {
		t.Fatalf("no other weekly time was suggested: %q", d.kinds())
	}
	d.replies("ann", "ACCEPTED")
	for range 4 {
		d.pass()
		d.settle()
	}
	ann, bob := d.meets("ann", "1:1 bob"), d.meets("bob", "1:1 bob")
	if !slices.Equal(ann, bob) {
		t.Errorf("Ann has\n%s\nBob\n%s", strings.Join(ann, "\n"), strings.Join(bob, "\n"))
	}
	for _, m := range ann {
		if at := when(m); at.After(d.now.AddDate(0, 0, 8)) && strings.HasSuffix(m[:16], "10:00") && strings.HasPrefix(m, "Wed") {
			t.Errorf("a meeting stands at the old time: %s", m)
		}
	}
	if k := d.kinds(); k[len(k)-1] != "retime applied" {
		t.Errorf("recorded: %q", k)
	}
	d.check()
}
