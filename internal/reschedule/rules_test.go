package reschedule_test

import (
	"strings"
	"testing"

	. "oneonone/internal/reschedule"
)

// office is how most cases begin.
const officeHours = `
all times are in Europe/Vienna
it is Mon 23 Nov 08:00
Ann works Mon-Fri 09:00-17:00
Bob works Mon-Fri 09:00-17:00
Carl works Mon-Fri 09:00-17:00
`

// rule is one case of a rule: sentences as in the stories, and what the plan
// says about the first meeting, by start; more lines if want has more.
type rule struct{ name, facts, want string }

func check(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			s := readStory(t, officeHours+r.facts)
			got := strings.TrimSpace(s.tell(Decide(s.facts, s.policy)))
			for want := range strings.Lines(strings.TrimSpace(r.want)) {
				if !strings.Contains(got, strings.TrimSpace(want)) {
					t.Errorf("the plan lacks %q:\n%s", want, got)
				}
			}
		})
	}
}

const thursday = "1:1 Ann & Bob Thu 26 Nov 10:00-10:30, weekly"

func TestR4DoubleBooked(t *testing.T) {
	check(t, []rule{
		{"nothing else", thursday, "10:00-10:30 is fine"},
		{"a meeting of the organizer", thursday + "\nAnn is busy Thu 26 Nov 10:00-11:00", "moves to Thu 26 Nov 09:15-09:45, rung 1"},
		{"a meeting of the guest", thursday + "\nBob is busy Thu 26 Nov 10:00-11:00", "moves to Thu 26 Nov 09:15-09:45, rung 1"},
		{"a meeting of somebody else", thursday + "\nCarl is busy Thu 26 Nov 10:00-11:00", "10:00-10:30 is fine"},
		{"overlapping by a minute", thursday + "\nAnn is busy Thu 26 Nov 10:29-11:00", "moves to"},
		{"touching at the end", thursday + "\nAnn is busy Thu 26 Nov 10:30-11:00", "10:00-10:30 is fine"},
		{"touching at the start", thursday + "\nAnn is busy Thu 26 Nov 09:00-10:00", "10:00-10:30 is fine"},
		{"an unanswered invitation", thursday + "\nAnn has a hold Thu 26 Nov 10:00-11:00", "10:00-10:30 is fine"},
		{"focus time", thursday + "\nAnn has focus time Thu 26 Nov 10:00-11:00", "10:00-10:30 is fine"},
		{"another sight of it", thursday + "\nAnn is busy Thu 26 Nov 10:00-10:30, which is the 1:1 itself", "10:00-10:30 is fine"},
		{"a mirrored copy", thursday + "\nAnn is busy Thu 26 Nov 10:00-10:30 \" 1:1 \"", "10:00-10:30 is fine"},
		{"a mirrored copy in other letters", thursday + ", titled Weekly Talk\nAnn is busy Thu 26 Nov 10:00-10:30 \"weekly talk\"", "10:00-10:30 is fine"},
		{"the same title at another time", thursday + "\nAnn is busy Thu 26 Nov 10:00-11:00 \"1:1\"", "moves to"},
		{"no title is nobody's copy", thursday + ", titled \nAnn is busy Thu 26 Nov 10:00-10:30 \"\"", "moves to"},
		{"another 1:1 that nobody has accepted", thursday + "\n1:1 Carl & Ann Thu 26 Nov 10:00-10:30, hold", "Ann & Bob Thu 26 Nov 10:00-10:30 is fine"},
	})
}

func TestR5CannotAttend(t *testing.T) {
	check(t, []rule{
		{"away", thursday + "\nBob is away Thu 26 Nov 00:00 - Fri 27 Nov 00:00", "moves to Wed 25 Nov 16:30-17:00, rung 1\nBob is not available then."},
		{"declined", thursday + ", declined by Bob", "moves to Thu 26 Nov 10:15-10:45, rung 1\nBob said no to this time."},
		{"declined and double booked", thursday + ", declined by Bob\nAnn is busy Thu 26 Nov 10:00-10:30", "Bob said no to this time, and Ann is not available then."},
	})
}

func TestR6OnlyOneMoves(t *testing.T) {
	check(t, []rule{
		{"the one that has it nearer", "1:1 Ann & Bob Thu 26 Nov 10:00-10:30, weekly\n1:1 Ann & Carl Thu 26 Nov 10:15-10:45, weekly",
			"Ann & Bob Thu 26 Nov 10:00-10:30 is fine\nAnn & Carl Thu 26 Nov 10:15-10:45 moves to Thu 26 Nov 10:45-11:15, rung 1"},
		{"of equals the one with the earlier name stays", "1:1 Ann & Carl Thu 26 Nov 10:00-10:30, weekly\n1:1 Ann & Bob Thu 26 Nov 10:00-10:30, weekly",
			"Ann & Bob Thu 26 Nov 10:00-10:30 is fine\nAnn & Carl Thu 26 Nov 10:00-10:30 moves to Thu 26 Nov 10:45-11:15, rung 1"},
		{"the pinned one stays", "1:1 Ann & Bob Thu 26 Nov 10:00-10:30, weekly\n1:1 Ann & Carl Thu 26 Nov 10:00-10:30, weekly, fixed: a person moved it",
			"Ann & Bob Thu 26 Nov 10:00-10:30 moves to\nAnn & Carl Thu 26 Nov 10:00-10:30 is left\na person moved it"},
		{"the one that cannot stay moves", "1:1 Ann & Bob Thu 26 Nov 10:00-10:30, weekly, declined by Bob\n1:1 Ann & Carl Thu 26 Nov 10:00-10:30, weekly",
			"Ann & Bob Thu 26 Nov 10:00-10:30 moves to\nAnn & Carl Thu 26 Nov 10:00-10:30 is fine"},
		{"of three in a chain the outer two, which together go no farther", "1:1 Ann & Bob Thu 26 Nov 10:00-10:30\n1:1 Ann & Carl Thu 26 Nov 10:15-10:45\n1:1 Carl & Bob Thu 26 Nov 10:30-11:00",
			"Ann & Carl Thu 26 Nov 10:15-10:45 is fine"},
		{"a place that another leaves", "1:1 Ann & Bob Thu 26 Nov 09:00-09:30, declined by Bob\n1:1 Ann & Carl Thu 26 Nov 09:30-10:00\nCarl is busy Mon 23 Nov 00:00 - Thu 26 Nov 09:00\nCarl is busy Thu 26 Nov 09:30 - Sat 26 Dec 23:00",
			"Ann & Carl Thu 26 Nov 09:30-10:00 moves to Thu 26 Nov 09:00-09:30, rung 2\nafter Ann & Bob has moved"},
	})
}

func TestR7UnknownIsNotFree(t *testing.T) {
	check(t, []rule{{"unreadable", "Bob works Mon-Fri 11:00-17:00, and the calendar cannot be read\n" + thursday + "\nAnn is busy Thu 26 Nov 10:00-11:00",
		"could go to Thu 26 Nov 11:15-11:45, rung 1\nthe calendar of Bob cannot be read, so only working hours are known"}})
}

func TestR9NearestSlot(t *testing.T) {
	check(t, []rule{
		{"equally near: the later", thursday + ", declined by Bob", "moves to Thu 26 Nov 10:15-10:45"},
		{"breathing room", thursday + "\nAnn is busy Thu 26 Nov 10:00-10:40\nAnn is busy Thu 26 Nov 09:00-09:30", "moves to Thu 26 Nov 11:00-11:30, rung 1"},
		{"the grid begins at its own start", "1:1 Ann & Bob Thu 26 Nov 10:05-10:35, declined by Bob", "moves to Thu 26 Nov 10:20-10:50"},
		{"breathing room outside working hours", "1:1 Ann & Bob Thu 26 Nov 16:00-16:30, weekly\nAnn is busy Thu 26 Nov 13:00-16:15", "moves to Thu 26 Nov 16:30-17:00, rung 1"},
		{"both people's zones", "Bob works Mon-Fri 08:00-16:00 in America/New_York\n1:1 Ann & Bob Thu 26 Nov 14:30-15:00, weekly\nBob is busy Thu 26 Nov 08:15-10:00",
			"moves to Thu 26 Nov 16:15-16:45, rung 1"},
	})
}

func TestR9GridOverChangeOfClocks(t *testing.T) {
	check(t, []rule{
		{"Vienna, to summer", "it is Thu 26 Mar 08:00\n1:1 Ann & Bob Fri 27 Mar 16:30-17:00, weekly\nBob is away Fri 27 Mar 00:00 - Sat 28 Mar 00:00\nBob is busy Thu 26 Mar 09:00-17:00",
			"moves to Mon 30 Mar 09:00-09:30, rung 1"},
		{"Vienna, to winter", "it is Thu 22 Oct 08:00\n1:1 Ann & Bob Fri 23 Oct 16:30-17:00, weekly\nBob is away Fri 23 Oct 00:00 - Sat 24 Oct 00:00\nBob is busy Thu 22 Oct 09:00-17:00",
			"moves to Mon 26 Oct 09:00-09:30, rung 1"},
		{"New York has changed, Vienna has not", "it is Thu 5 Mar 08:00\nBob works Mon-Fri 10:00-12:00 in America/New_York\n1:1 Ann & Bob Fri 6 Mar 16:00-16:30, weekly\nBob is away Fri 6 Mar 00:00 - Sat 7 Mar 00:00\nAnn is busy Thu 5 Mar 09:00-17:00",
			"moves to Mon 9 Mar 15:00-15:30, rung 1"},
	})
}

func TestR10Bounds(t *testing.T) {
	next := "\n1:1 Ann & Bob Thu 3 Dec 10:00-10:30, weekly\n1:1 Ann & Bob Thu 19 Nov 10:00-10:30, weekly"
	check(t, []rule{
		{"notice", "policy: ask_within 1h\n1:1 Ann & Bob Mon 23 Nov 09:30-10:00, weekly\nAnn is busy Mon 23 Nov 09:00-09:45", "moves to Mon 23 Nov 10:00-10:30"},
		{"no later than the spacing before the next", thursday + next + "\nAnn is busy Mon 23 Nov 08:00 - Wed 2 Dec 10:00", "is stuck\nbefore Wed 2 Dec 10:00."},
		{"up to the spacing before the next", thursday + next + "\nAnn is busy Mon 23 Nov 08:00 - Wed 2 Dec 09:15", "moves to Wed 2 Dec 09:30-10:00, rung 1"},
		{"the spacing of a daily meeting is less", "1:1 Ann & Bob Thu 26 Nov 10:00-10:30, every 1d\n1:1 Ann & Bob Fri 27 Nov 10:00-10:30, every 1d\nAnn is away Thu 26 Nov 09:00-16:00",
			"moves to Thu 26 Nov 16:15-16:45, rung 1"},
		{"no farther than the period where nothing is next", thursday + "\nAnn is busy Mon 23 Nov 08:00 - Thu 3 Dec 11:00", "is stuck"},
		{"no farther than the horizon", "policy: horizon 100h\n" + thursday + "\nAnn is busy Mon 23 Nov 08:00 - Fri 27 Nov 12:00", "is stuck"},
		{"too late", "1:1 Ann & Bob Mon 23 Nov 09:30-10:00, every 1h, declined by Bob\n1:1 Ann & Bob Mon 23 Nov 10:15-11:00, every 1h", "is stuck\nBob said no to this time, and it is too late to move it."},
	})
}

func TestR11Ladder(t *testing.T) {
	full := "\nAnn is busy Mon 23 Nov 00:00 - Thu 26 Nov 09:00\nAnn is busy Thu 26 Nov 17:00 - Fri 4 Dec 00:00"
	check(t, []rule{
		{"2 without breathing room", thursday + full + "\nAnn is busy Thu 26 Nov 09:30-17:00", "moves to Thu 26 Nov 09:00-09:30, rung 2"},
		{"3 over focus time", thursday + full + "\nAnn is busy Thu 26 Nov 09:30-17:00\nBob has focus time Thu 26 Nov 09:00-10:00", "moves to Thu 26 Nov 09:00-09:30, rung 3"},
		{"3 over an unanswered invitation", thursday + full + "\nAnn is busy Thu 26 Nov 09:30-17:00\nBob has a hold Thu 26 Nov 09:00-10:00", "moves to Thu 26 Nov 09:00-09:30, rung 3"},
		{"4 shorter, in its place", thursday + full + "\nAnn is busy Thu 26 Nov 09:00-10:00\nAnn is busy Thu 26 Nov 10:20-17:00", "moves to Thu 26 Nov 10:00-10:20, rung 4"},
		{"4 the longest counts before the nearest", thursday + full + "\nAnn is busy Thu 26 Nov 09:25-10:00\nAnn is busy Thu 26 Nov 10:20-17:00", "moves to Thu 26 Nov 09:00-09:25, rung 4"},
		{"4 not at the time somebody said no to", thursday + ", declined by Bob" + full + "\nAnn is busy Thu 26 Nov 09:15-10:00\nAnn is busy Thu 26 Nov 10:20-17:00", "moves to Thu 26 Nov 09:00-09:15, rung 4"},
		{"5 stuck", thursday + full + "\nAnn is busy Thu 26 Nov 09:05-17:00", "is stuck\nAnn is not available then, and there is no time free for both before Thu 3 Dec 10:30."},
		{"never over an absence", thursday + full + "\nBob is away Thu 26 Nov 00:00 - Fri 27 Nov 00:00", "is stuck"},
	})
}

func TestR12Budget(t *testing.T) {
	trouble := "\nAnn is busy Thu 26 Nov 10:00-11:00"
	check(t, []rule{
		{"moved before", thursday + ", moved 1, pair-moved 1" + trouble, "could go to Thu 26 Nov 09:15-09:45, rung 1\nthis meeting has been moved once already"},
		{"the pair has been moved twice", thursday + ", pair-moved 2" + trouble, "could go to Thu 26 Nov 09:15-09:45, rung 1\nmeetings of these two have been moved twice within 28 days"},
		{"the budget counts the moves of this plan", thursday + ", pair-moved 1\n1:1 Ann & Bob Thu 3 Dec 10:00-10:30, weekly, pair-moved 1\nAnn is busy Thu 3 Dec 10:00-11:00" + trouble,
			"Thu 26 Nov 10:00-10:30 moves to Thu 26 Nov 09:15\nThu 3 Dec 10:00-10:30 could go to Thu 3 Dec 09:15"},
		{"one that cannot move leaves the budget to the next", thursday + ", pair-moved 1\nAnn is busy Mon 23 Nov 08:00 - Wed 2 Dec 12:00\n1:1 Ann & Bob Thu 3 Dec 10:00-10:30, weekly, pair-moved 1\nAnn is busy Thu 3 Dec 10:00-11:00",
			"Thu 26 Nov 10:00-10:30 is stuck\nThu 3 Dec 10:00-10:30 moves to Thu 3 Dec 09:15"},
	})
}

func TestR13HumansWin(t *testing.T) {
	check(t, []rule{
		{"pinned", thursday + ", fixed: a person moved it\nAnn is busy Thu 26 Nov 10:00-11:00", "is left\na person moved it"},
		{"the other event has just changed", thursday + "\nAnn is busy Thu 26 Nov 10:00-11:00, changed Mon 23 Nov 07:55", "waits until Mon 23 Nov 08:05"},
		{"the meeting has just changed", thursday + ", changed Mon 23 Nov 07:51\nAnn is busy Thu 26 Nov 10:00-11:00", "waits until Mon 23 Nov 08:01"},
		{"settled to the minute", thursday + "\nAnn is busy Thu 26 Nov 10:00-11:00, changed Mon 23 Nov 07:50", "moves to"},
		{"a clock that is ahead", thursday + "\nAnn is busy Thu 26 Nov 10:00-11:00, changed Tue 24 Nov 07:50", "waits until Mon 23 Nov 08:10"},
		{"one settled conflict is enough, and the slot keeps clear of the other", thursday + "\nAnn is busy Thu 26 Nov 10:00-11:00\nBob is busy Thu 26 Nov 09:00-10:15, changed Mon 23 Nov 07:55", "moves to Thu 26 Nov 11:15-11:45"},
		{"another 1:1 that has just changed", thursday + "\n1:1 Ann & Carl Thu 26 Nov 10:00-10:30, changed Mon 23 Nov 07:55", "Ann & Bob Thu 26 Nov 10:00-10:30 waits until Mon 23 Nov 08:05\nAnn & Carl Thu 26 Nov 10:00-10:30 waits"},
	})
}

func TestR14ShortNotice(t *testing.T) {
	today := "1:1 Ann & Bob Mon 23 Nov 14:00-14:30, weekly"
	check(t, []rule{
		{"double booked", today + "\nAnn is busy Mon 23 Nov 14:00-15:00", "could go to Mon 23 Nov 13:15-13:45, rung 1\nit starts within 24h"},
		{"declined", today + ", declined by Bob", "moves to Mon 23 Nov 14:15-14:45"},
		{"away", today + "\nAnn is away Mon 23 Nov 12:00-15:00", "moves to Mon 23 Nov 15:15-15:45"},
		{"in a day and a quarter of an hour", "1:1 Ann & Bob Tue 24 Nov 09:00-09:30\nAnn is busy Tue 24 Nov 09:00-09:30", "moves to"},
		{"two suggestions go to different slots", today + "\n1:1 Ann & Carl Mon 23 Nov 15:00-15:30\nAnn is busy Mon 23 Nov 14:00-15:30",
			"could go to Mon 23 Nov 13:15-13:45\nAnn & Carl Mon 23 Nov 15:00-15:30 could go to Mon 23 Nov 15:45-16:15"},
		{"of two that collide one stays", today + "\n1:1 Ann & Carl Mon 23 Nov 14:00-14:30", "Ann & Bob Mon 23 Nov 14:00-14:30 is fine\nAnn & Carl Mon 23 Nov 14:00-14:30 could go to"},
	})
}

func TestModes(t *testing.T) {
	check(t, []rule{
		{"ask", "policy: mode ask\n" + thursday + ", declined by Bob", "could go to Thu 26 Nov 10:15-10:45\nmode is ask"},
		{"observe", "policy: mode observe\n" + thursday + ", declined by Bob", "could go to Thu 26 Nov 10:15-10:45\nmode is observe"},
	})
}

func TestR17Rooms(t *testing.T) {
	check(t, []rule{
		{"the room is free", thursday + ", declined by Bob, room Blue free", "moves to Thu 26 Nov 10:15-10:45"},
		{"the nearest slot of the day with the room", thursday + ", declined by Bob, room Blue taken Thu 26 Nov 08:00-12:00", "moves to Thu 26 Nov 12:00-12:30, rung 1"},
		{"not another day for the room", thursday + ", declined by Bob, room Blue taken Thu 26 Nov 00:00-23:00", "moves to Thu 26 Nov 10:15-10:45, rung 1\nThe room is not booked for the new time."},
		{"its own booking is no obstacle", thursday + ", declined by Bob, room Blue taken Thu 26 Nov 10:00-10:30", "moves to Thu 26 Nov 10:15-10:45"},
		{"a room that the move of another takes", thursday + ", declined by Bob, room Blue free\n1:1 Carl & Dora Thu 26 Nov 10:00-10:30, declined by Dora, room Blue taken Thu 26 Nov 10:00-10:30\nDora works Mon-Fri 09:00-17:00",
			"Ann & Bob Thu 26 Nov 10:00-10:30 moves to Thu 26 Nov 09:45-10:15\nCarl & Dora Thu 26 Nov 10:00-10:30 moves to Thu 26 Nov 10:15-10:45"},
		{"in its place its room is booked", thursday + ", room Blue unknown\nAnn is busy Mon 23 Nov 00:00 - Thu 26 Nov 10:00\nAnn is busy Thu 26 Nov 10:20 - Fri 4 Dec 17:00", "moves to Thu 26 Nov 10:00-10:20, rung 4"},
		{"an unknown room", thursday + ", declined by Bob, room Blue unknown", "moves to Thu 26 Nov 10:15-10:45\nThe room is not booked for the new time."},
	})
}

// TestR16NothingPrivate: what a plan says never holds a word of another event.
func TestR16NothingPrivate(t *testing.T) {
	s := readStory(t, officeHours+thursday+`
Ann is busy Thu 26 Nov 09:00-17:00 "Dismissal of Carl"
Bob is away Wed 25 Nov 00:00 - Wed 2 Dec 00:00 "Clinic"
`)
	told := s.tell(Decide(s.facts, s.policy))
	s.ask("wanted: 30m for Ann & Bob near Thu 26 Nov 10:00, within Mon 23 Nov 08:00 - Fri 4 Dec 00:00, shortest 10m")
	s.ask("wanted: another time for Ann & Bob, who have Thu 26 Nov 10:00-10:30 every week, over 1 weeks")
	answers := s.told()
	if strings.Contains(answers, "there is no") {
		t.Errorf("nothing was found:\n%s", answers)
	}
	told += answers
	for _, word := range []string{"Dismissal", "Carl", "Clinic", "away", "vacation"} {
		if strings.Contains(told, word) {
			t.Errorf("the plan says %q:\n%s", word, told)
		}
	}
	if !strings.Contains(told, "Ann and Bob are not available then") {
		t.Errorf("the plan lacks its reason:\n%s", told)
	}
}

// TestNobodyLooksBack: meetings that have begun, and those beyond the horizon,
// get no decision.
func TestNobodyLooksBack(t *testing.T) {
	s := readStory(t, officeHours+`
1:1 Ann & Bob Mon 23 Nov 07:45-08:15, declined by Bob
1:1 Ann & Bob Mon 23 Nov 08:00-08:30, declined by Bob
1:1 Ann & Bob Mon 21 Dec 08:00-08:30, declined by Bob
`)
	if got := s.tell(Decide(s.facts, s.policy)); got != "" {
		t.Errorf("the plan says:\n%s", got)
	}
}
