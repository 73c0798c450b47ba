package reschedule_test

import (
	"testing"
)

const (
	tuesdays = "1:1 Ann & Bob Tue 24 Nov 10:00-10:30, weekly, and so for 8 weeks\n"
	wanted   = "wanted: another time for Ann & Bob, who have Tue 24 Nov 10:00-10:30 every week, over 8 weeks"
	standing = "Bob is busy Tue 24 Nov 09:30-11:00, and so for 8 weeks\n"
	all      = "\n    On Tuesdays at 10:00 Ann or Bob cannot come to any of the next 8 meetings, on "
	both     = " both can come to all of them."
)

func TestR18AnotherWeeklyTime(t *testing.T) {
	asks(t, []rule{
		{"nothing in the way", tuesdays + wanted, "there is no better time"},
		{"the nearest, with breathing room", tuesdays + standing + wanted,
			"from Tue 24 Nov 11:15 on: 0 conflicts in 8 meetings, 8 at the present time" + all + "Tuesdays at 11:15" + both},
		{"without the series in the facts", standing + wanted,
			"from Tue 24 Nov 11:15 on: 0 conflicts in 8 meetings, 8 at the present time" + all + "Tuesdays at 11:15" + both},
		{"its own copies are not in its way", tuesdays + standing + "Ann is busy Tue 24 Nov 10:00-10:30 \"1:1\", and so for 8 weeks\nAnn is busy Tue 24 Nov 11:00-12:00, which is the 1:1 itself\n" + wanted,
			"from Tue 24 Nov 11:15 on: 0 conflicts in 8 meetings, 8 at the present time" + all + "Tuesdays at 11:15" + both},
		{"fewer conflicts before nearer", standing + "Ann is busy Tue 24 Nov 11:00-18:00\nAnn is busy Tue 1 Dec 09:00-09:30\nAnn is away Mon 23 Nov 00:00 - Tue 24 Nov 08:00\nAnn is away Thu 3 Dec 00:00 - Fri 4 Dec 00:00\nAnn is busy Wed 2 Dec 09:00-17:00\n" + wanted,
			"from Fri 27 Nov 09:00 on: 0 conflicts in 8 meetings, 8 at the present time" + all + "Fridays at 09:00" + both},
		{"breathing room before nearer", standing + "Bob is busy Tue 24 Nov 11:45-12:00, and so for 8 weeks\n" + wanted,
			"from Tue 24 Nov 12:15 on: 0 conflicts in 8 meetings, 8 at the present time" + all + "Tuesdays at 12:15" + both},
		{"a hold counts less than a conflict", "Ann is busy Mon 23 Nov 00:00 - Tue 24 Nov 10:30, and so for 8 weeks\nAnn is busy Tue 24 Nov 11:00 - Sat 28 Nov 00:00, and so for 8 weeks\nBob has a hold Tue 24 Nov 10:30-11:00, and so for 8 weeks\n" + wanted,
			"from Tue 24 Nov 10:30 on: 0 conflicts in 8 meetings, 8 at the present time" + all + "Tuesdays at 10:30" + both},
		{"equally near: the later", "Bob is busy Tue 24 Nov 10:10-10:15, and so for 8 weeks\nAnn is busy Tue 24 Nov 10:10-10:15\n" + wanted,
			"from Tue 24 Nov 10:30 on: 0 conflicts in 8 meetings, 8 at the present time" + all + "Tuesdays at 10:30" + both},
		{"other 1:1s of the same people take time", standing + "1:1 Ann & Carl Tue 24 Nov 11:00-12:00, weekly, and so for 8 weeks\n" + wanted,
			"from Tue 24 Nov 12:15 on: 0 conflicts in 8 meetings, 8 at the present time" + all + "Tuesdays at 12:15" + both},
		{"nowhere better", "Ann is away Mon 23 Nov 00:00 - Sat 28 Nov 00:00, and so for 8 weeks\n" + wanted, "there is no better time"},
		{"some", "Bob is busy Mon 23 Nov 00:00 - Sat 28 Nov 00:00\nBob is busy Tue 1 Dec 10:00-11:00\nBob is busy Tue 8 Dec 10:00-11:00\n" + wanted,
			"from Tue 24 Nov 09:15 on: 1 conflicts in 8 meetings, 3 at the present time\n    On Tuesdays at 10:00 Ann or Bob cannot come to 3 of the next 8 meetings, on Tuesdays at 09:15 to 1 of them."},
		{"an unreadable calendar", "Bob works Mon-Fri 11:00-17:00, and the calendar cannot be read\nAnn is busy Tue 24 Nov 10:00-10:30, and so for 8 weeks\n" + wanted,
			"from Tue 24 Nov 11:00 on: 0 conflicts in 8 meetings, 8 at the present time" + all + "Tuesdays at 11:00" + both + " The calendar of Bob cannot be read, so only working hours are known."},
	})
}

// TestR18KeepsTheFirstWeek: a meeting whose new time would be in the past keeps
// the present one, and is counted there.
func TestR18KeepsTheFirstWeek(t *testing.T) {
	asks(t, []rule{{"from Friday to Monday",
		"it is Wed 25 Nov 08:00\nBob works Mon 09:00-12:00, Fri 09:00-12:00\nBob is busy Fri 27 Nov 09:00-12:00, and so for 8 weeks\n" +
			"wanted: another time for Ann & Bob, who have Fri 27 Nov 10:00-10:30 every week, over 8 weeks",
		"from Mon 30 Nov 11:30 on: 1 conflicts in 8 meetings, 8 at the present time\n" +
			"    On Fridays at 10:00 Ann or Bob cannot come to any of the next 8 meetings, on Mondays at 11:30 to 1 of them."}})
}

// TestR18DistanceWithinTheWeek: from Monday morning, Thursday is nearer than Friday.
func TestR18DistanceWithinTheWeek(t *testing.T) {
	asks(t, []rule{{"not a circle",
		"Bob works Mon 09:00-10:00, Thu 16:30-17:00, Fri 16:30-17:00\nBob is busy Mon 23 Nov 09:00-10:00, and so for 8 weeks\n" +
			"wanted: another time for Ann & Bob, who have Mon 23 Nov 09:00-09:30 every week, over 8 weeks",
		"from Thu 26 Nov 16:30 on: 0 conflicts in 8 meetings, 8 at the present time\n" +
			"    On Mondays at 09:00 Ann or Bob cannot come to any of the next 8 meetings, on Thursdays at 16:30 both can come to all of them."}})
}

// TestR18OwnWeeks: a series every two weeks is looked at in its own weeks only,
// and the one that was is as good a start as the one to come.
func TestR18OwnWeeks(t *testing.T) {
	trouble := "Bob is busy Tue 24 Nov 10:00-11:00\nBob is busy Tue 1 Dec 09:00-17:00\nBob is busy Tue 8 Dec 10:00-11:00\nBob is busy Tue 15 Dec 09:00-17:00\n"
	want := "from Tue 24 Nov 09:15 on: 0 conflicts in 4 meetings, 2 at the present time\n" +
		"    On Tuesdays at 10:00 Ann or Bob cannot come to 2 of the next 4 meetings, on Tuesdays at 09:15 both can come to all of them."
	asks(t, []rule{
		{"the next one", trouble + "wanted: another time for Ann & Bob, who have Tue 24 Nov 10:00-10:30 every 2 weeks, over 8 weeks", want},
		{"one that was", trouble + "wanted: another time for Ann & Bob, who have Tue 27 Oct 10:00-10:30 every 2 weeks, over 8 weeks", want},
		{"none in the weeks asked for", trouble + "wanted: another time for Ann & Bob, who have Tue 1 Dec 10:00-10:30 every 2 weeks, over 1 weeks", "there is no better time"},
	})
}

// TestR18ATimeTheClockSkips is read as RFC 5545 §3.3.5 says: half past two on
// 29 March is half past three, and still inside the hours of both.
func TestR18ATimeTheClockSkips(t *testing.T) {
	asks(t, []rule{{"half past two",
		"it is Mon 16 Mar 08:00\nAnn works Sun 00:00-06:00\nBob works Sun 00:00-06:00\nBob is busy Sun 22 Mar 00:00-02:15, and so for 8 weeks\n" +
			"wanted: another time for Ann & Bob, who have Sun 22 Mar 01:00-01:30 every week, over 8 weeks",
		"from Sun 22 Mar 02:30 on: 0 conflicts in 8 meetings, 8 at the present time\n" +
			"    On Sundays at 01:00 Ann or Bob cannot come to any of the next 8 meetings, on Sundays at 02:30 both can come to all of them."}})
}
