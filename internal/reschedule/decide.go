package reschedule

import (
	"slices"

	"oneonone/internal/span"
)

// Decide plans what becomes of every meeting that starts after f.Now and inside
// the horizon. It does so in two stages: first the meetings that may be moved
// without asking are planned together, with all others where they are (R6);
// then, with those moves made, the meetings for which a time may only be
// suggested. f is not changed.
//
// Carrying out the moves and deciding again on the same facts makes no further
// move.
func Decide(f Facts, p Policy) Plan {
	d := &decider{world: newWorld(f, p), made: map[int]option{}, used: map[string]int{}}
	d.found = make(map[int][]Conflict, len(d.looked))
	for _, i := range d.looked {
		d.found[i] = d.conflicts(i)
	}
	for _, m := range f.Meetings {
		d.used[m.Pair] = max(d.used[m.Pair], m.RecentMoves)
	}
	d.move()
	d.suggest()
	return d.plan()
}

// decider carries one call of Decide through its stages.
type decider struct {
	*world
	found map[int][]Conflict // the conflicts that each meeting looked at has in the facts
	used  map[string]int     // moves of a pair within 28 days, this plan's included (R12)
	made  map[int]option     // the moves of the first stage
	// asked are the suggestions of the second stage, kept the meetings that are
	// well where they are once the suggestions are taken up.
	asked map[int]option
	kept  map[int]bool
}

// acute returns those conflicts that meeting i has where it is now and that
// call for something to be done; none when it must not be touched or has moved.
func (d *decider) acute(i int) []Conflict {
	m := &d.Meetings[i]
	if m.Fixed != "" || m.Hold || d.moved[i] || len(d.found[i]) == 0 {
		return nil
	}
	acute, _ := d.settled(i, d.conflicts(i))
	return acute
}

// move makes the moves of the first stage.
//
// A pair's budget (R12) goes to its meetings in the order of their starts.
// Meetings that turn out to need no move, or to have no slot, leave their part of
// it to those after them; hence the rounds. The last of them begins from the
// places that the plan leaves behind and finds nothing to do, which is why a
// second call of Decide finds nothing either.
func (d *decider) move() {
	for progress := true; progress; {
		progress = false
		tried := map[int]bool{}
		for {
			set := d.admitted(tried)
			if len(set) == 0 {
				break
			}
			progress = d.moveTogether(set) || progress
		}
	}
}

// admitted returns the meetings that may be moved without asking and have not
// been tried, as far as the budgets of their pairs go, and marks them as tried.
func (d *decider) admitted(tried map[int]bool) []int {
	claimed := map[string]int{}
	var set []int
	for _, i := range d.looked {
		if tried[i] {
			continue
		}
		acute := d.acute(i)
		pair := d.Meetings[i].Pair
		if len(acute) == 0 || d.limit(i, acute, d.used[pair]+claimed[pair]) != "" {
			continue
		}
		claimed[pair]++
		tried[i] = true
		set = append(set, i)
	}
	slices.SortFunc(set, d.compare)
	return set
}

// moveTogether plans the meetings of set and makes the moves; it reports
// whether there were any.
func (d *decider) moveTogether(set []int) bool {
	t := d.newTeam(set, true)
	spots := t.plan()
	t.withRooms(spots)
	progress := false
	for a, s := range spots {
		if s.state == goes {
			i := t.members[a].meeting
			d.put(i, s.span)
			d.made[i], d.moved[i] = s.option, true
			d.used[d.Meetings[i].Pair]++
			progress = true
		}
	}
	return progress
}

// suggest plans the second stage. A suggestion waits for an answer, so each has
// to be possible by itself, whatever is said to the others: no slot is used that
// another suggestion would have to leave first.
func (d *decider) suggest() {
	d.asked, d.kept = map[int]option{}, map[int]bool{}
	var set []int
	for _, i := range d.looked {
		if acute := d.acute(i); len(acute) > 0 && d.limit(i, acute, d.used[d.Meetings[i].Pair]) != "" {
			set = append(set, i)
		}
	}
	slices.SortFunc(set, d.compare)
	t := d.newTeam(set, false)
	spots := t.plan()
	t.withRooms(spots)
	all := make([]int, len(spots))
	for a := range all {
		all[a] = a
	}
	for a, s := range spots {
		if s.state == goes {
			d.asked[set[a]] = s.option
		} else if !t.hampered(a, all, spots) {
			d.kept[set[a]] = true
		}
	}
}

// plan puts the decisions together.
func (d *decider) plan() Plan {
	index := make(map[int]int, len(d.looked))
	for n, i := range d.looked {
		index[i] = n
	}
	p := Plan{Decisions: make([]Decision, len(d.looked))}
	for n, i := range d.looked {
		dec := &p.Decisions[n]
		*dec = Decision{Meeting: i, Conflicts: d.found[i]}
		if len(dec.Conflicts) > 0 {
			d.settle(dec)
		}
		if dec.Outcome == Move || dec.Outcome == Suggest {
			for j := range d.made {
				if j != i && d.makesWay(i, dec.To, j) {
					dec.After = append(dec.After, index[j])
				}
			}
			slices.Sort(dec.After)
		}
	}
	return p
}

// settle decides about one meeting that has conflicts.
func (d *decider) settle(dec *Decision) {
	i := dec.Meeting
	m := &d.Meetings[i]
	acute, _ := d.settled(i, dec.Conflicts)
	if len(acute) == 0 {
		acute = dec.Conflicts
	}
	dec.Reason = d.reason(i, acute)
	dec.Cause = dec.Reason
	made, moved := d.made[i]
	asked, ask := d.asked[i]
	switch left, next := d.settled(i, d.conflicts(i)); {
	case m.Fixed != "":
		dec.Outcome, dec.Because = Leave, m.Fixed
	case m.Hold:
		dec.Outcome, dec.Because = Leave, "it has not been accepted yet"
	case moved:
		d.goes(dec, Move, made)
	case ask:
		d.goes(dec, Suggest, asked)
		dec.Because = d.limit(i, left, d.used[m.Pair])
	case len(left) > 0 && !d.kept[i]:
		r := d.leeway(i, none, false)
		dec.Outcome, dec.Rung = Stuck, nowhere
		dec.Reason, dec.Cause = d.stuckReason(i, left, r), d.reason(i, left)
		dec.Tried = r.tried(nowhere)
	case !next.IsZero():
		dec.Outcome, dec.Again = Wait, next
		dec.Because = "the calendars have just changed"
	default:
		dec.Because = "the other 1:1 is the one that moves"
	}
}

// goes fills in where the meeting of dec goes.
func (d *decider) goes(dec *Decision, outcome Outcome, o option) {
	i := dec.Meeting
	m := &d.Meetings[i]
	dec.Outcome, dec.Rung = outcome, o.rung
	dec.To = span.Span{Start: d.local(i, o.span.Start), End: d.local(i, o.span.End)}
	if !m.roomsFree(o.span) || d.roomTaken(i, o.span) {
		dec.Note = notBooked
	}
	if o.rung > roomy {
		dec.Tried = d.tried(i, o.rung)
	}
}

// roomTaken reports whether another meeting of the plan goes to a room of
// meeting i at the time s.
func (d *decider) roomTaken(i int, s span.Span) bool {
	for _, plan := range []map[int]option{d.made, d.asked} {
		for j, o := range plan {
			if j != i && o.span.Overlaps(s) && d.Meetings[i].sharesRoom(&d.Meetings[j]) {
				return true
			}
		}
	}
	return false
}

// tried tells what stood in the way on the rungs before the one taken, seen
// from where the meeting stands in the facts.
func (d *decider) tried(i, rung int) []string {
	now := d.place[i]
	d.put(i, d.Meetings[i].Span)
	defer func() { d.put(i, now) }()
	return d.leeway(i, none, false).tried(rung)
}

func none(int) bool { return false }

// makesWay reports whether the move of meeting j has to be made before meeting
// i can go to the slot: because i goes to where j is now, or past it.
func (d *decider) makesWay(i int, to span.Span, j int) bool {
	a, b := &d.Meetings[i], &d.Meetings[j]
	if len(shared(a, b)) == 0 {
		return false
	}
	return to.Overlaps(b.Span) || a.Pair == b.Pair &&
		a.Span.Start.Compare(b.Span.Start)*to.Start.Compare(b.Span.Start) < 0
}
