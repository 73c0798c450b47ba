package reschedule

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"oneonone/internal/span"
)

// world is the facts made quick to ask, together with the places of the
// meetings, which change as the plan makes its moves.
type world struct {
	Facts
	policy  Policy
	diaries map[string]*diary
	// place is where each meeting stands: at first where the facts say, and
	// after its move where the plan has put it.
	place []span.Span
	moved []bool
	// known are the conflicts found so far, with the meetings where they are now.
	known map[int][]Conflict
	// pairs are the meetings of each pair.
	pairs map[string][]int
	// looked are the meetings that get a decision, in the order of decisions.
	looked []int
}

func newWorld(f Facts, p Policy) *world {
	w := &world{
		Facts:   f,
		policy:  p,
		diaries: make(map[string]*diary, len(f.People)),
		pairs:   make(map[string][]int),
		known:   make(map[int][]Conflict),
		place:   make([]span.Span, len(f.Meetings)),
		moved:   make([]bool, len(f.Meetings)),
	}
	near := w.near()
	for i, m := range f.Meetings {
		w.place[i] = m.Span
		for _, key := range m.people() {
			d := w.diaries[key]
			if d == nil {
				d = newDiary(f.People[key].Blocks, near)
				w.diaries[key] = d
			}
			d.days.add(i, m.Span)
		}
		w.pairs[m.Pair] = append(w.pairs[m.Pair], i)
		if m.Span.Start.After(f.Now) && m.Span.Start.Before(f.Now.Add(p.Horizon)) {
			w.looked = append(w.looked, i)
		}
	}
	slices.SortFunc(w.looked, func(a, b int) int {
		return cmp.Or(f.Meetings[a].Span.Start.Compare(f.Meetings[b].Span.Start), w.compare(a, b))
	})
	return w
}

// near is the time in which anything can matter: no meeting that has begun is
// looked at, and none goes beyond the horizon or the last meeting there is.
func (w *world) near() span.Span {
	s := span.Of(w.Now, w.policy.Horizon)
	for _, m := range w.Meetings {
		if m.Span.End.After(s.End) {
			s.End = m.Span.End
		}
	}
	return s.Pad(w.policy.Before, w.policy.After)
}

// compare orders meetings by original start, then UID: the order in which R6
// breaks ties. Start and end come last, for events that share both.
func (w *world) compare(a, b int) int {
	x, y := &w.Meetings[a], &w.Meetings[b]
	return cmp.Or(
		x.original().Compare(y.original()),
		strings.Compare(x.UID, y.UID),
		x.Span.Start.Compare(y.Span.Start),
		x.Span.End.Compare(y.Span.End),
		strings.Compare(x.Pair, y.Pair),
	)
}

// original is the start that names the meeting in its series; an event that
// does not recur is named by the start it has.
func (m *Meeting) original() time.Time {
	if m.Original.IsZero() {
		return m.Span.Start
	}
	return m.Original
}

// people are the keys of the two, once if both are the same.
func (m *Meeting) people() []string {
	if m.People[0] == m.People[1] {
		return m.People[:1]
	}
	return m.People[:]
}

// shared are the keys of the people whom both meetings need.
func shared(a, b *Meeting) []string {
	var keys []string
	for _, key := range a.people() {
		if key == b.People[0] || key == b.People[1] {
			keys = append(keys, key)
		}
	}
	return keys
}

// diary is one person's time: the blocks that can matter, sorted by start, and
// what they add up to.
type diary struct {
	blocks []Block
	reach  []time.Time // reach[i] is the latest end among blocks[:i+1]
	uids   map[string]bool
	// hard is what no rung gives up, soft what rung 3 gives up.
	hard, soft span.Set
	days       days // the person's meetings, indexes in Facts.Meetings
}

func newDiary(blocks []Block, near span.Span) *diary {
	d := &diary{uids: map[string]bool{}, days: days{}}
	for _, b := range blocks {
		if b.Span.Overlaps(near) {
			d.blocks = append(d.blocks, b)
			d.uids[b.UID] = true
		}
	}
	slices.SortFunc(d.blocks, func(a, b Block) int {
		return cmp.Or(a.Span.Start.Compare(b.Span.Start), a.Span.End.Compare(b.Span.End),
			cmp.Compare(a.Kind, b.Kind), a.Updated.Compare(b.Updated))
	})
	d.reach = make([]time.Time, len(d.blocks))
	var latest time.Time
	for i, b := range d.blocks {
		if b.Span.End.After(latest) {
			latest = b.Span.End
		}
		d.reach[i] = latest
	}
	d.hard, d.soft = sum(d.blocks)
	return d
}

// overlapping yields the blocks that share an instant with s.
func (d *diary) overlapping(s span.Span) iter.Seq[*Block] {
	return func(yield func(*Block) bool) {
		for i := d.first(s.Start); i < len(d.blocks) && d.blocks[i].Span.Start.Before(s.End); i++ {
			if b := &d.blocks[i]; b.Span.Overlaps(s) && !yield(b) {
				return
			}
		}
	}
}

// first returns the index of the first block before which none ends after t.
func (d *diary) first(t time.Time) int {
	first, _ := slices.BinarySearchFunc(d.reach, t, func(end, t time.Time) int {
		if end.After(t) {
			return 1
		}
		return -1
	})
	return first
}

// sum adds blocks up to what no rung gives up and what rung 3 gives up.
func sum(blocks []Block) (hard, soft span.Set) {
	var h, s []span.Span
	for _, b := range blocks {
		if b.Kind == Busy || b.Kind == Away {
			h = append(h, b.Span)
		} else {
			s = append(s, b.Span)
		}
	}
	return span.NewSet(h...), span.NewSet(s...)
}

// isItself reports whether b is only another sight of m: an event with its UID,
// or a mirrored copy, which stands at the same time under the same title (R4).
func (m *Meeting) isItself(b *Block) bool {
	if b.UID != "" && b.UID == m.UID {
		return true
	}
	title := strings.TrimSpace(m.Title)
	return b.Span.Equal(m.Span) && title != "" && strings.EqualFold(title, strings.TrimSpace(b.Title))
}

// sums returns what keeps the person away from m, without m's own sights.
func (d *diary) sums(m *Meeting) (hard, soft span.Set) {
	itself := m.UID != "" && d.uids[m.UID] || d.showsItself(m)
	if !itself {
		return d.hard, d.soft
	}
	return sum(slices.DeleteFunc(slices.Clone(d.blocks), func(b Block) bool { return m.isItself(&b) }))
}

// showsItself reports whether a block at the time of m is another sight of it.
func (d *diary) showsItself(m *Meeting) bool {
	for b := range d.overlapping(m.Span) {
		if m.isItself(b) {
			return true
		}
	}
	return false
}
