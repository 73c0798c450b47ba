package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/span"
)

// TestChanges reads what people's clients store, as one line for each thing done.
func TestChanges(t *testing.T) {
	w := newWeek(someday)
	horizon := span.Of(someday, 28*24*time.Hour)
	one := event{uid: "one", title: "Ann / Bob", whose: []person{ann, bob}, day: mon, at: "11:00", length: 30 * time.Minute, rule: weekly}
	single := event{uid: "one", title: "Dentist", whose: []person{bob}, day: tue, at: "11:00", length: 30 * time.Minute}
	series := string(w.object(one, bob))
	day := func(n int, at string) time.Time { return w.on(w.monday.AddDate(0, 0, n), at) }
	with := func(component string) string {
		return strings.Replace(series, "END:VCALENDAR", strings.ReplaceAll(component, "\n", "\r\n")+"END:VCALENDAR", 1)
	}
	changed := func(old, with string) string {
		out := strings.Replace(series, old, with, 1)
		if out == series {
			t.Fatalf("the series holds no %q", old)
		}
		return out
	}
	tests := []struct {
		name          string
		before, after string
		want          []string
	}{
		{"nothing that counts", series, changed("SUMMARY:", "X-SEEN:1\r\nSUMMARY:"), nil},
		{"a decline", series, with(occurrence("one", bob, "DECLINED", day(7, "11:00"), day(7, "11:00"))),
			[]string{"Bob declined “Ann / Bob” on Mon 30 Nov 11:00"}},
		{"a drag and a maybe", series, with(occurrence("one", bob, "TENTATIVE", day(7, "11:00"), day(8, "09:30"))),
			[]string{"Bob dragged “Ann / Bob” from Mon 30 Nov 11:00 to Tue 1 Dec 09:30", "Bob said maybe to “Ann / Bob” on Tue 1 Dec 09:30"}},
		{"one deleted", series, changed("SUMMARY:", "EXDATE"+wall(day(7, "11:00"))+"\r\nSUMMARY:"),
			[]string{"Bob deleted “Ann / Bob” on Mon 30 Nov 11:00"}},
		{"a pin on all", series, changed("SUMMARY:Ann / Bob", "SUMMARY:Ann / Bob #pin"),
			[]string{"Bob wrote #pin on the whole series “Ann / Bob #pin”"}},
		{"a decline of all", series, changed("CN=Bob;PARTSTAT=ACCEPTED", "CN=Bob;PARTSTAT=DECLINED"),
			[]string{"Bob declined the whole series “Ann / Bob”"}},
		{"a drag of all", series, changed("DTSTART"+wall(day(-7*past, "11:00")), "DTSTART"+wall(day(-7*past, "11:15"))),
			[]string{"Bob dragged the whole series “Ann / Bob” to Mon 11:15"}},
		{"all deleted", series, "", []string{"Bob deleted the whole series “Ann / Bob”"}},
		{"a series", "", series, []string{"Bob added the whole series “Ann / Bob”"}},
		{"an event", "", string(w.object(single, bob)), []string{"Bob added “Dentist” on Tue 24 Nov 11:00"}},
		{"an event deleted", string(w.object(single, bob)), "", []string{"Bob deleted “Dentist” on Tue 24 Nov 11:00"}},
		{"an event made longer", string(w.object(single, bob)),
			strings.Replace(string(w.object(single, bob)), "T113000", "T120000", 1),
			[]string{"Bob made “Dentist” on Tue 24 Nov 11:00 60 minutes long"}},
		{"no calendar", "", "hello", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := edit{user: bob.user}
			if test.before != "" {
				e.before = eventsOf([]byte(test.before), w.zones[vienna])
			}
			if test.after != "" {
				e.after = eventsOf([]byte(test.after), w.zones[vienna])
			}
			var got []string
			for _, h := range changes(e, horizon, w.zones[vienna]) {
				got = append(got, h.what)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}
