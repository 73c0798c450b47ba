package zone

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// Custom is a VTIMEZONE component (RFC 5545 §3.6.5).
type Custom struct {
	TZID        string
	Observances []Observance
}

// Observance is one STANDARD or DAYLIGHT part of a VTIMEZONE: from each of its
// onsets on, clocks are To ahead of UTC.
type Observance struct {
	Daylight bool
	Name     string // TZNAME, "" when it has none
	// Start is DTSTART. What the clock of its own location shows is read
	// with From, as the RFC demands.
	Start    time.Time
	From, To int         // TZOFFSETFROM and TZOFFSETTO in seconds, east is positive
	Rules    []string    // values of RRULE
	Dates    []time.Time // RDATE, read like Start
}

// What a definition may ask for. The richest real zones have some 200
// observances and 400 onsets.
const (
	maxObservances = 1000
	maxRules       = 100
	maxOnsets      = 10_000
	maxKinds       = 200
	maxOffset      = 24 * 3600 // exclusive; RFC 5545 §3.3.14 has no more
)

// onsetBudget bounds the onsets of one observance.
var onsetBudget = recur.Budget{Instances: 2000, Steps: 10_000}

// known is the time over which rules are followed. Outlook begins them in 1601.
var known = span.Span{
	Start: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
	End:   time.Date(2150, 1, 1, 0, 0, 0, 0, time.UTC),
}

// onset is the instant at which an observance begins.
type onset struct {
	at         int64
	observance *Observance
}

// Location returns the zone that c defines, named c.TZID. Before its first
// onset the zone has that onset's From, after 2149 what it had then. An
// error says for a person what is wrong with the definition. Each call builds
// the zone anew.
func (c *Custom) Location() (*time.Location, error) {
	onsets, err := c.onsets()
	if err != nil {
		return nil, err
	}
	loc, err := time.LoadLocationFromTZData(c.TZID, encode(onsets))
	if err != nil {
		return nil, errors.New("its definition in the event makes no sense")
	}
	return loc, nil
}

// onsets returns all onsets in their order, one for each instant.
func (c *Custom) onsets() ([]onset, error) {
	if len(c.Observances) == 0 {
		return nil, errors.New("its definition in the event is empty")
	}
	if len(c.Observances) > maxObservances {
		return nil, fmt.Errorf("its definition in the event has more than %d parts", maxObservances)
	}
	var all []onset
	rules := 0
	kinds := map[kind]bool{}
	for i := range c.Observances {
		o := &c.Observances[i]
		if o.From <= -maxOffset || o.From >= maxOffset || o.To <= -maxOffset || o.To >= maxOffset {
			return nil, errors.New("its definition in the event has an offset of a day or more from UTC")
		}
		if rules += len(o.Rules); rules > maxRules {
			return nil, fmt.Errorf("its definition in the event has more than %d rules", maxRules)
		}
		kinds[kind{o.To, o.Daylight, o.Name}] = true
		if len(kinds) > maxKinds {
			return nil, fmt.Errorf("its definition in the event has more than %d kinds of time", maxKinds)
		}
		var err error
		if all, err = o.appendOnsets(all); err != nil {
			return nil, err
		}
		if len(all) > maxOnsets {
			return nil, fmt.Errorf("its definition in the event has more than %d changes of clocks", maxOnsets)
		}
	}
	slices.SortStableFunc(all, func(a, b onset) int { return cmp.Compare(a.at, b.at) })
	out := all[:0]
	for i, o := range all {
		// Of two at one instant the one written last counts.
		if i+1 == len(all) || all[i+1].at != o.at {
			out = append(out, o)
		}
	}
	return out, nil
}

func (o *Observance) appendOnsets(all []onset) ([]onset, error) {
	from := time.FixedZone("", o.From)
	start := recur.Instant(o.Start, from)
	all = append(all, onset{start.Unix(), o})
	for _, d := range o.Dates {
		all = append(all, onset{recur.Instant(d, from).Unix(), o})
	}
	if len(o.Rules) == 0 {
		return all, nil
	}
	set, err := recur.ParseSet(start, false, o.Rules, nil, nil)
	if err != nil {
		return nil, err
	}
	starts, err := set.Between(known, onsetBudget)
	if err != nil {
		return nil, fmt.Errorf("its definition in the event changes the clocks too often: %w", err)
	}
	for _, t := range starts {
		all = append(all, onset{t.Unix(), o})
	}
	return all, nil
}
