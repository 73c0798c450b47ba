package cadence

import (
	"errors"
	"slices"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// plan works out the new series that begins at start.
func (s *successor) plan(start, cut time.Time) (Succession, error) {
	length := s.change.Length
	if length == 0 {
		length = s.master.End.Sub(s.master.Start)
	}
	out := Succession{Cut: cut, Start: start, End: start.Add(length), RRule: s.text()}
	set, err := recur.ParseSet(start, false, []string{out.RRule}, nil, nil)
	if err != nil {
		return Succession{}, err
	}
	grid, err := set.Between(span.Span{Start: start, End: s.window.End}, recur.DefaultBudget)
	if err != nil {
		return Succession{}, err
	}
	if len(grid) == 0 || !s.last.IsZero() && s.last.Before(cut) {
		return Succession{}, errors.New("the series ends before its change could begin")
	}
	c := carrier{successor: s, out: &out, length: length, given: map[int64]bool{}, weeks: map[int64]bool{}}
	for _, o := range s.stands {
		if o.Original.Before(cut) {
			c.weeks[s.week(o.Start)] = true
		}
	}
	c.pair(grid)
	c.makeWay(grid)
	c.rest()
	slices.SortFunc(out.RDates, time.Time.Compare)
	slices.SortFunc(out.ExDates, time.Time.Compare)
	slices.SortFunc(out.Carry, func(a, b calendar.Carried) int { return a.To.Compare(b.To) })
	return out, nil
}

// carrier takes over what is known of single occurrences of the old series.
type carrier struct {
	*successor
	out    *Succession
	length time.Duration
	given  map[int64]bool // old original starts that a meeting of the new series stands for
	weeks  map[int64]bool // in which there is a meeting
}

// pair takes over what is known of the occurrences that meetings of the new series
// stand for.
func (c *carrier) pair(grid []time.Time) {
	for _, t := range grid {
		at, has := c.partner(t)
		if !has || at.Before(c.out.Cut) {
			continue
		}
		c.given[at.Unix()] = true
		o, stands := c.stands[at.Unix()]
		switch {
		case !stands:
			c.out.ExDates = append(c.out.ExDates, t)
		case o.Exception:
			where := c.place(o, t)
			c.out.Carry = append(c.out.Carry, calendar.Carried{From: at, To: t, Span: where})
			c.weeks[c.week(where.Start)] = true
		default:
			c.weeks[c.week(t)] = true
		}
	}
}

// place returns where the exception o takes place as t of the new series. One that
// was not moved goes with the series.
func (c *carrier) place(o calendar.Occurrence, t time.Time) span.Span {
	if !o.Start.Equal(o.Original) {
		return o.Span()
	}
	if own := o.End.Sub(o.Start); own != c.master.End.Sub(c.master.Start) {
		return span.Of(t, own)
	}
	return span.Of(t, c.length)
}

// makeWay leaves out the new meetings in weeks into which one was moved: the
// old series did not have them, so that none is lost.
func (c *carrier) makeWay(grid []time.Time) {
	single := len(c.days) == 1
	for _, t := range grid {
		at, has := c.partner(t)
		if has && !at.Before(c.out.Cut) {
			continue
		}
		if single && c.weeks[c.week(t)] && !t.Equal(c.out.Start) {
			c.out.ExDates = append(c.out.ExDates, t)
			continue
		}
		c.weeks[c.week(t)] = true
	}
}

// rest keeps the moved and the additional occurrences of weeks in which the new series
// does not meet.
func (c *carrier) rest() {
	for _, at := range c.all {
		o, stands := c.stands[at.Unix()]
		moved := o.Exception && !o.Span().Equal(span.Of(at, c.master.End.Sub(c.master.Start)))
		added := !slices.ContainsFunc(c.rule, at.Equal)
		if !stands || at.Before(c.out.Cut) || !at.After(c.out.Start) || c.given[at.Unix()] || !moved && !added || c.weeks[c.week(o.Start)] {
			continue
		}
		c.weeks[c.week(o.Start)] = true
		c.out.RDates = append(c.out.RDates, at)
		if o.Exception {
			c.out.Carry = append(c.out.Carry, calendar.Carried{From: at, To: at, Span: o.Span()})
		}
	}
}
