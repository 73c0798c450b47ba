package cli

import (
	"fmt"
	"strings"
	"time"
)

// count tells how many there are of something: "1 error", "3 errors".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// clock tells instants as of now. When all that it has been shown lie in one
// zone, the zone is told once, by about; otherwise with every instant.
type clock struct {
	now   time.Time
	zones map[string]bool
}

// newClock returns a clock for times in the given zones.
func newClock(now time.Time, zones ...*time.Location) clock {
	c := clock{now, map[string]bool{}}
	for _, z := range zones {
		c.zones[zoneOr(z).String()] = true
	}
	return c
}

func zoneOr(z *time.Location) *time.Location {
	if z == nil {
		return time.UTC
	}
	return z
}

// about is what has to be said about the zone of all times; "" when each says it.
func (c clock) about() string {
	if len(c.zones) != 1 {
		return ""
	}
	for z := range c.zones {
		return "Times are in " + z + "."
	}
	return ""
}

// tell tells an instant: "Tue 24 Nov 10:00", with the year when it is another
// one, and with hard spaces, so that a table does not break it.
func (c clock) tell(t time.Time, zone *time.Location) string {
	zone = zoneOr(zone)
	t = t.In(zone)
	text := t.Format("Mon 2 Jan 15:04")
	if t.Year() != c.now.In(zone).Year() {
		text = t.Format("Mon 2 Jan 2006 15:04")
	}
	if len(c.zones) > 1 {
		text += " " + zone.String()
	}
	return strings.ReplaceAll(text, " ", hard)
}

// zoneNamed is the zone of a name that the store holds; UTC for one that this
// machine does not know.
func zoneNamed(name string) *time.Location {
	if z, err := time.LoadLocation(name); err == nil && name != "Local" {
		return z
	}
	return time.UTC
}

// length tells a duration in the two largest units that matter: "2 h 15 min".
func length(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	d = d.Round(time.Minute)
	if d < time.Minute {
		return "less than a minute"
	}
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	var parts []string
	if days > 0 {
		parts = append(parts, count(days, "day"))
	}
	if hours > 0 {
		parts = append(parts, fmt.Sprintf("%d h", hours))
	}
	if minutes > 0 && days == 0 {
		parts = append(parts, fmt.Sprintf("%d min", minutes))
	}
	return strings.Join(parts, " ")
}

// rhythm tells how often a series meets.
func rhythm(period time.Duration) string {
	const day = 24 * time.Hour
	switch days := int(period.Round(day) / day); {
	case period == 0:
		return "once"
	case period < 20*time.Hour:
		return "several times a day"
	case days <= 1:
		return "every day"
	case days == 7:
		return "every week"
	case days == 14:
		return "every two weeks"
	case days%7 == 0 && days < 28:
		return fmt.Sprintf("every %d weeks", days/7)
	case days >= 28 && days <= 31:
		return "every month"
	case days%7 == 0 && days < 90:
		return fmt.Sprintf("every %d weeks", days/7)
	default:
		return fmt.Sprintf("every %d days", days)
	}
}
