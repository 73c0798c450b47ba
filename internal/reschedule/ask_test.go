package reschedule_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	. "oneonone/internal/reschedule"
	"oneonone/internal/span"
)

var (
	weeksLine  = regexp.MustCompile(`^(.*), and so for (\d+) weeks$`)
	wishLine   = regexp.MustCompile(`^wanted: (\w+) for (\w+)(?: & (\w+))? near ` + moment + `, within ` + stretch + `(.*)$`)
	weeklyLine = regexp.MustCompile(`^wanted: another time for (\w+) & (\w+), who have ` + stretch + ` every (?:(\d+) )?weeks?, over (\d+) weeks$`)
)

// weeks reads a sentence that holds for some weeks, at the same wall time.
func (s *story) weeks(line string) bool {
	m := weeksLine.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	before := map[string]int{}
	for key, p := range s.facts.People {
		before[key] = len(p.Blocks)
	}
	meetings := len(s.facts.Meetings)
	if !s.line(m[1]) {
		return false
	}
	for n := 1; n < int(s.number(m[2])); n++ {
		later := func(x span.Span) span.Span {
			return span.Span{Start: x.Start.AddDate(0, 0, 7*n), End: x.End.AddDate(0, 0, 7*n)}
		}
		for key, p := range s.facts.People {
			if n, known := before[key]; known && n < len(p.Blocks) {
				b := p.Blocks[n]
				b.Span = later(b.Span)
				p.Blocks = append(p.Blocks, b)
				s.facts.People[key] = p
			}
		}
		if meetings < len(s.facts.Meetings) {
			mt := s.facts.Meetings[meetings]
			mt.Span = later(mt.Span)
			mt.Original = mt.Original.AddDate(0, 0, 7*n)
			s.facts.Meetings = append(s.facts.Meetings, mt)
		}
	}
	return true
}

// ask reads what is asked for instead of a plan: a place for a meeting that
// does not exist, or another weekly time for a series.
func (s *story) ask(line string) bool {
	if m := wishLine.FindStringSubmatch(line); m != nil {
		w := Wish{
			Pair: m[2] + "+" + m[3], People: []string{m[2]}, Zone: s.zone, Length: s.duration(m[1]),
			From: s.time(m[4], s.zone), Within: s.span(m[5], m[6], s.zone),
		}
		if m[3] != "" {
			w.People = append(w.People, m[3])
		}
		for said := range strings.SplitSeq(m[7], ", ") {
			switch key, value, _ := strings.Cut(said, " "); key {
			case "":
			case "shortest":
				w.Shortest = s.duration(value)
			case "spacing":
				w.Spacing = s.duration(value)
			case "rather":
				x := regexp.MustCompile(stretch).FindStringSubmatch(value)
				w.Days = append(w.Days, s.span(x[1], x[2], s.zone))
			default:
				s.t.Fatalf("a story cannot say %q about what is wanted", said)
			}
		}
		s.asked = append(s.asked, func() string { return s.tellPlace(w) })
		return true
	}
	if m := weeklyLine.FindStringSubmatch(line); m != nil {
		x := s.span(m[3], m[4], s.zone)
		w := Weekly{
			UID: m[1] + "+" + m[2], Pair: m[1] + "+" + m[2], People: [2]string{m[1], m[2]}, Zone: s.zone,
			Start: x.Start, Length: x.Duration(), Interval: 1, From: s.facts.Now, Weeks: int(s.number(m[6])),
		}
		if m[5] != "" {
			w.Interval, _ = strconv.Atoi(m[5])
		}
		s.asked = append(s.asked, func() string { return s.tellWeekly(w) })
		return true
	}
	return false
}

// told is the answer to what was asked, or else the plan.
func (s *story) told() string {
	if len(s.asked) == 0 {
		return s.tell(Decide(s.facts, s.policy))
	}
	var b strings.Builder
	for _, ask := range s.asked {
		b.WriteString(ask())
	}
	return b.String()
}

func (s *story) tellPlace(w Wish) string {
	p, ok := Find(s.facts, s.policy, w)
	if !ok {
		return "there is no time\n"
	}
	out := fmt.Sprintf("%s, rung %d", sayAt(p.Slot, s.zone), p.Rung)
	if p.Preferred {
		out += ", as preferred"
	}
	for _, line := range []string{p.Reason, p.Note} {
		if line != "" {
			out += "\n    " + line
		}
	}
	return out + "\n"
}

func (s *story) tellWeekly(w Weekly) string {
	p, ok := BetterWeek(s.facts, s.policy, w)
	if !ok {
		return "there is no better time\n"
	}
	return fmt.Sprintf("from %s on: %d conflicts in %d meetings, %d at the present time\n    %s\n",
		p.Start.In(s.zone).Format("Mon 2 Jan 15:04"), p.Conflicts, p.Asked, p.Before, p.Reason)
}
