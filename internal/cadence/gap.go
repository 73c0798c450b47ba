package cadence

import (
	"fmt"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

const (
	grace        = 3                // days that a gap may be longer than it should (R26)
	foresight    = 4                // days before the gap is full in which the catch-up is suggested: the days of grace may be a weekend
	late         = 7                // days in which a catch-up that comes too late anyhow is to stand
	longestCatch = 30 * time.Minute // a catch-up finds its place more easily than a whole meeting
	ahead        = 7                // days before the end of an absence in which the catch-up after it is suggested
)

// gap returns how many days may lie between two meetings of the pair: max_gap, or the
// period of its most frequent series if that is longer (R26). For a rhythm of
// months Period is that of the shortest one, and the months differ: a quarter is
// added (the first Monday comes after 28 or 35 days). It is 0 where nothing is known: no
// series, or one whose period is not.
func (v *view) gap() int {
	var shortest time.Duration
	for _, s := range v.Series {
		gap := s.Period
		if gap <= 0 {
			gap = s.Rhythm.period()
		}
		if gap <= 0 {
			return 0
		}
		if s.Rhythm == Other && gap > v.policy.MaxGap {
			gap += gap / 4
		}
		if shortest == 0 || gap < shortest {
			shortest = gap
		}
	}
	if shortest == 0 {
		return 0
	}
	return inDays(max(v.policy.MaxGap, shortest))
}

// lastMet returns when the two last met; with a series that nobody has come to
// yet, when it began. The second result is false when nothing is known.
func (v *view) lastMet(before time.Time) (time.Time, bool) {
	for i := len(v.held) - 1; i >= 0; i-- {
		if at := v.held[i].Span.Start; !at.After(before) {
			return at, true
		}
	}
	var began time.Time
	for _, s := range v.Series {
		if !s.Since.IsZero() && !s.Since.After(before) && (began.IsZero() || s.Since.Before(began)) {
			began = s.Since
		}
	}
	return began, !began.IsZero()
}

// next returns the start of the first meeting to come from t on.
func (v *view) next(t time.Time) (time.Time, bool) {
	for _, m := range v.coming {
		if !m.Span.Start.Before(t) {
			return m.Span.Start, true
		}
	}
	return time.Time{}, false
}

// catchUp is R26, for pairs with a series in our care. It is suggested some days
// before the gap is full, so that there is time for an answer and for a meeting in
// the days of grace at the latest, when none is planned until then. While an absence lasts or is about to
// begin, Return looks after the gap.
func (v *view) catchUp() []Proposal {
	met, known := v.lastMet(v.now)
	if v.gap() == 0 || !known || v.days(met, v.now) <= v.gap()-foresight {
		return nil
	}
	soon := v.after(met, v.gap()+grace)
	within := span.Span{Start: v.now, End: soon}
	if v.days(v.now, soon) < 1 { // Too late for the rule: what comes in the next days is soon enough.
		soon, within.End = v.after(v.now, grace), v.after(v.now, late)
	}
	next, planned := v.next(v.now)
	if planned && v.days(next, soon) >= 0 {
		return nil
	}
	if planned && next.Before(within.End) {
		within.End = next
	}
	for _, a := range v.Absent {
		if a.Away.End.After(v.now) && a.Away.Start.Before(within.End) {
			return nil
		}
	}
	return []Proposal{{
		Rule: "R26", Kind: CatchUp, Length: v.catchLength(), Near: v.now, Within: within,
		Reason: v.sinceMet(met) + v.nextOne(next, planned),
	}}
}

// returns is for occurrences that stay inside an absence because no slot was
// found: when the gap around it is longer than it should be, a catch-up for the first days after it. It
// is suggested near the end of the absence, when people plan what comes after.
// Several occurrences in one gap make one catch-up, named by the last of them.
func (v *view) returns() []Proposal {
	lastOf := map[time.Time]Proposal{}
	for _, a := range v.Absent {
		back := a.Away.End
		if v.gap() == 0 || v.days(v.now, back) > ahead || v.days(back, v.now) >= late {
			continue
		}
		met, known := v.lastMet(v.now)
		if at, ok := v.lastComing(a.Away.Start); ok {
			met, known = at, true
		}
		from := later(back, v.now)
		next, planned := v.next(from)
		if !known || planned && v.days(met, next) <= v.gap() || !planned && v.days(met, from) <= v.gap() || v.metAfter(a.Away.Start) {
			continue
		}
		within := span.Span{Start: from, End: v.after(back, late)}
		if planned && next.Before(within.End) {
			within.End = next
		}
		if within.Duration() < day {
			continue
		}
		p := Proposal{
			Rule: "R26", Kind: Return, UID: a.UID, Original: a.Original, Length: v.catchLength(), Near: from, Within: within,
			Reason: fmt.Sprintf("The 1:1 of %s cannot take place, and no other time was free. %s", v.date(a.Span.Start), v.sinceMet(met)) + v.nextOne(next, planned),
		}
		key := next.UTC()
		if old, ok := lastOf[key]; !ok || old.compare(p) < 0 {
			lastOf[key] = p
		}
	}
	var out []Proposal
	for _, p := range lastOf {
		out = append(out, p)
	}
	return out
}

// lastComing returns the start of the last planned meeting before t.
func (v *view) lastComing(t time.Time) (at time.Time, ok bool) {
	for _, m := range v.coming {
		if m.Span.Start.Before(t) {
			at, ok = m.Span.Start, true
		}
	}
	return at, ok
}

// metAfter reports whether the two have met since t.
func (v *view) metAfter(t time.Time) bool {
	n := len(v.held)
	return n > 0 && !v.held[n-1].Span.Start.Before(t)
}

func (v *view) sinceMet(met time.Time) string {
	if len(v.held) == 0 {
		return fmt.Sprintf("The two of you have not met since the meetings began on %s", v.date(met))
	}
	return fmt.Sprintf("The two of you last met on %s", v.date(met))
}

func (v *view) nextOne(next time.Time, planned bool) string {
	if !planned {
		return ", and no meeting is planned soon."
	}
	return fmt.Sprintf(", and the next meeting is on %s.", v.date(next))
}

// catchLength is that of the pair's meetings, but no more than half an hour.
func (v *view) catchLength() time.Duration {
	length := longestCatch
	for _, s := range v.Series {
		if s.Length > 0 {
			length = min(length, s.Length)
		}
	}
	return length
}

const (
	reconnectDays   = 14               // in which the two should see each other
	reconnectLength = 30 * time.Minute // with a friend it is an hour
)

// reconnect is R30: two people without a series who want to meet every so
// often. Any event of just the two counts as met; when it is due and none is
// planned, a meeting within two weeks is suggested.
func (v *view) reconnect() []Proposal {
	if v.Every <= 0 || len(v.Series) > 0 || v.Fixed != "" || len(v.coming) > 0 {
		return nil
	}
	reason := "You want to meet every " + every(v.Every) + ", and no meeting of the two of you is in the calendar so far."
	if met, known := v.lastMet(v.now); known {
		if v.days(met, v.now) < inDays(v.Every) {
			return nil
		}
		reason = fmt.Sprintf("You want to meet every %s, and the two of you last met on %s.", every(v.Every), v.date(met))
	}
	length := reconnectLength
	if v.Relation == calendar.Friend {
		length = time.Hour
	}
	return []Proposal{{
		Rule: "R30", Kind: Reconnect, Length: length, Near: v.now, Within: span.Span{Start: v.now, End: v.after(v.now, reconnectDays)},
		Reason: reason,
	}}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
