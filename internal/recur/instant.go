package recur

import "time"

// Instant returns the instant at which the clocks of loc show what the clock
// of wall's own location shows at wall, by RFC 5545 §3.3.5: a time that the
// clocks skip is read with the offset before the gap, a time that they show
// twice is the first of the two. (time.Date promises neither.)
func Instant(wall time.Time, loc *time.Location) time.Time {
	c := clock{loc: loc}
	return time.Unix(c.instant(wallOf(wall)), int64(wall.Nanosecond())).In(loc)
}

// maxOffset is more than any clock is away from UTC, in seconds.
const maxOffset = 26 * 3600

// clock turns wall clocks of one zone into instants. It remembers the stretch
// between two changes of offset that the last answer lay in.
type clock struct {
	loc        *time.Location
	known      bool
	start, end int64 // the stretch in which offset holds, Unix seconds
	offset     int64
}

func (c *clock) instant(wall int64) int64 {
	// Far enough from the beginning of the stretch no earlier offset can show
	// the same clock again.
	if t := wall - c.offset; c.known && t >= c.start+2*maxOffset && t < c.end {
		return t
	}
	return c.search(wall)
}

// search looks through all stretches near wall in their order. The first one
// that ends after the wanted time has it, or begins after it because a gap
// swallowed it.
func (c *clock) search(wall int64) int64 {
	previous := int64(0)
	for at := wall - maxOffset; ; at = c.end {
		c.enter(at)
		t := wall - c.offset
		if t >= c.end {
			previous = c.offset
			continue
		}
		if t < c.start {
			return wall - previous
		}
		return t
	}
}

// walls returns bounds for the wall clocks that can become instants in [from, to).
func (c *clock) walls(from, to int64) (low, high int64) {
	low, high = maxInstant, minInstant
	for at := from - maxOffset; at < to+maxOffset; at = c.end {
		c.enter(at)
		if at <= from {
			low = min(low, from+c.offset)
		}
		high = max(high, to+c.offset)
	}
	return low, high
}

// enter makes the stretch that holds the instant at the remembered one.
func (c *clock) enter(at int64) {
	t := time.Unix(at, 0).In(c.loc)
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	c.known, c.offset = true, int64(offset)
	c.start, c.end = minInstant, maxInstant
	if !start.IsZero() {
		c.start = start.Unix()
	}
	if !end.IsZero() {
		c.end = end.Unix()
	}
	// On 31 December of leap years beyond the zone's table ZoneBounds (Go 1.26)
	// names an end that is past. Shorter stretches do no harm, standing still does.
	c.start = min(c.start, at)
	if c.end <= at {
		c.end = at + 3600
	}
}

// The bounds of all instants that are dealt with, far beyond the years that
// iCalendar can write and far from overflow.
const (
	minInstant = -1 << 55
	maxInstant = 1 << 55
)
