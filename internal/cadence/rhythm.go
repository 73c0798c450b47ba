package cadence

import (
	"strings"
	"time"

	"oneonone/internal/recur"
)

// RhythmOf tells the rhythm of a series from the values of its RRULEs. When it
// ends (COUNT, UNTIL) does not matter. Meeting on four or more days of each week
// is Daily: that is every working day of somebody who works four. Whatever
// cannot be read, or meets in some months or weeks only, is Other.
func RhythmOf(rrules []string) Rhythm {
	if len(rrules) != 1 {
		return Other
	}
	rule, err := recur.Parse(rrules[0])
	if err != nil {
		return Other
	}
	days := 0 // of the week; 0 leaves it to the first start
	for part := range strings.SplitSeq(rule.String(), ";") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST":
		case "BYDAY":
			days = strings.Count(value, ",") + 1
		default:
			return Other
		}
	}
	switch rule.Freq {
	case recur.Weekly:
		return ofWeeks(max(days, 1), rule.Interval)
	case recur.Daily:
		switch {
		case days > 0 && rule.Interval == 1:
			return ofWeeks(days, 1)
		case days > 0:
			return Other
		case rule.Interval == 1:
			return Daily
		case rule.Interval%7 == 0:
			return ofWeeks(1, rule.Interval/7)
		}
	}
	return Other
}

// ofWeeks is the rhythm of meeting on so many days of every so many weeks.
func ofWeeks(days, interval int) Rhythm {
	switch {
	case interval == 1 && days == 1:
		return Weekly
	case interval == 1 && days == 2:
		return TwiceAWeek
	case interval == 1 && days >= 4:
		return Daily
	case interval == 2 && days == 1:
		return Biweekly
	}
	return Other
}

// period is how far apart the meetings of a rhythm are, 0 for Other.
func (r Rhythm) period() time.Duration {
	switch r {
	case Daily:
		return day
	case TwiceAWeek:
		return week / 2
	case Weekly:
		return week
	case Biweekly:
		return 2 * week
	}
	return 0
}
