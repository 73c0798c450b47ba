package hours

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// dayNames are the weekdays in the order of a Week.
var dayNames = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// none is the text of the pattern without hours.
const none = "none"

// Parse reads a weekly pattern:
//
//	week  = part *("," part) / "none"
//	part  = days range / range / days
//	days  = day / day "-" day
//	range = time "-" time
//
// A day is an English weekday or its first three or more letters, in any case;
// Sat-Mon is Saturday, Sunday and Monday. A time is HH:MM or H:MM, up to 24:00
// as an end. A range whose end is before its start ends on the next day. Days
// without a range belong to the next range ("Mon,Wed 09:00-17:00"), a range
// without days to the days of the range before it ("Mon-Fri 09:00-12:00,
// 13:00-17:00"). Ranges that overlap or touch are one. Spaces around the
// signs do not matter, and any dash is a hyphen.
//
// The error says which part is wrong and what was expected.
func Parse(text string) (Week, error) {
	text = dashes.Replace(text)
	switch t := strings.TrimSpace(text); {
	case t == "":
		return Week{}, errors.New("no hours given: expected days and times such as Mon-Fri 09:00-17:00")
	case strings.EqualFold(t, none):
		return Week{}, nil
	}
	var p parser
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			return Week{}, errors.New("there is a comma too many: expected days and times on both sides of each, such as Mon 09:00-17:00, Tue 09:00-15:00")
		}
		if err := p.part(part); err != nil {
			return Week{}, fmt.Errorf("in %s: %w", quote(part), err)
		}
	}
	if p.open {
		return Week{}, errors.New("no times for the last days: expected times after the days, such as Mon-Fri 09:00-17:00")
	}
	return pack(p.found), nil
}

// parser is what is known between two parts.
type parser struct {
	found []stretch
	on    [len(dayNames)]bool // the days of the last range, or of the next one
	open  bool                // on waits for its range
}

// part reads what stands between two commas, which is not empty.
func (p *parser) part(text string) error {
	names, times := text, ""
	if cut := strings.IndexAny(text, "0123456789"); cut >= 0 {
		names, times = strings.TrimSpace(text[:cut]), text[cut:]
	}
	if names != "" {
		if !p.open {
			p.on = [len(dayNames)]bool{}
		}
		if err := parseDays(names, &p.on); err != nil {
			return err
		}
		p.open = true
	}
	if times == "" {
		return nil
	}
	if !slices.Contains(p.on[:], true) {
		return errors.New("no day for these times: expected days first, such as Mon-Fri 09:00-17:00")
	}
	from, to, err := parseRange(times)
	if err != nil {
		return err
	}
	for day, on := range p.on {
		if on {
			p.found = append(p.found, stretch{day*minutesPerDay + from, day*minutesPerDay + to})
		}
	}
	p.open = false
	return nil
}

// MustParse is Parse for a text that is part of the program; it panics when the
// text is wrong.
func MustParse(text string) Week {
	w, err := Parse(text)
	if err != nil {
		panic("hours: " + err.Error())
	}
	return w
}

// dashes turns what keyboards and word processors make of a hyphen into one:
// hyphen, no-break hyphen, figure dash, en dash, em dash, minus sign.
var dashes = strings.NewReplacer(
	"\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2212", "-")

// parseDays adds the days of text to on.
func parseDays(text string, on *[len(dayNames)]bool) error {
	first, last, isRange := strings.Cut(text, "-")
	if isRange && strings.TrimSpace(last) == "" {
		return errors.New("no day after the dash: expected a range of days such as Mon-Fri, a space, and times")
	}
	from, err := parseDay(first)
	if err != nil {
		return err
	}
	to := from
	if isRange {
		if to, err = parseDay(last); err != nil {
			return err
		}
	}
	on[from] = true
	for day := from; day != to; {
		day = (day + 1) % len(dayNames)
		on[day] = true
	}
	return nil
}

func parseDay(text string) (int, error) {
	text = strings.TrimSpace(text)
	for i, name := range dayNames {
		if len(text) >= 3 && len(text) <= len(name) && strings.EqualFold(name[:len(text)], text) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%s is no weekday: expected Mon, Tue, Wed, Thu, Fri, Sat or Sun", quote(text))
}

// parseRange returns the minutes of text after the start of its day; to is
// after from, and less than a day after it unless both are midnights.
func parseRange(text string) (from, to int, err error) {
	first, last, ok := strings.Cut(text, "-")
	if !ok {
		return 0, 0, fmt.Errorf("%s is no range of times: expected a start and an end such as 09:00-17:00", quote(text))
	}
	if from, err = parseTime(first); err != nil {
		return 0, 0, err
	}
	if to, err = parseTime(last); err != nil {
		return 0, 0, err
	}
	switch {
	case from == minutesPerDay:
		return 0, 0, errors.New("24:00 cannot be a start: expected 00:00 of the next day")
	case from == to:
		return 0, 0, errors.New("start and end are the same: expected an end after the start, or 00:00-24:00 for the whole day")
	case to < from:
		to += minutesPerDay
	}
	return from, to, nil
}

func parseTime(text string) (int, error) {
	text = strings.TrimSpace(text)
	hour, minute, ok := strings.Cut(text, ":")
	h, hok := number(hour)
	m, mok := number(minute)
	if !ok || !hok || !mok || len(minute) != 2 {
		return 0, fmt.Errorf("%s is no time of day: expected hours and minutes such as 09:00", quote(text))
	}
	if t := 60*h + m; m < 60 && t <= minutesPerDay {
		return t, nil
	}
	return 0, fmt.Errorf("%s is no time of day: expected 00:00 to 24:00", quote(text))
}

// number reads one or two decimal digits.
func number(text string) (int, bool) {
	n := 0
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, len(text) == 1 || len(text) == 2
}

// quote quotes text for an error, shortened when nobody would read it all.
func quote(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// String returns the text of w that Parse reads back into w. Equal patterns
// have equal texts: days that have the same times stand together, ordered by
// their first day and then by time.
func (w Week) String() string {
	if w.Empty() {
		return none
	}
	days := make(map[stretch][]int) // by minutes after the start of the day
	for i := range w.len() {
		for day, x := range w.at(i).perDay() {
			days[x] = append(days[x], day)
		}
	}
	ranges := make([]stretch, 0, len(days))
	for x, on := range days {
		slices.Sort(on)
		ranges = append(ranges, x)
	}
	slices.SortFunc(ranges, func(a, b stretch) int {
		return slices.Compare([]int{days[a][0], a.start, a.end}, []int{days[b][0], b.start, b.end})
	})
	parts := make([]string, len(ranges))
	for i, x := range ranges {
		parts[i] = fmt.Sprintf("%s %s-%s", dayList(days[x]), clock(x.start), clock(x.end))
	}
	return strings.Join(parts, ", ")
}

// perDay yields x as ranges that the grammar can say: whole if it is shorter
// than a day, else cut at each midnight.
func (x stretch) perDay() func(yield func(day int, part stretch) bool) {
	return func(yield func(int, stretch) bool) {
		whole := x.end-x.start < minutesPerDay
		for at := x.start; at < x.end; {
			midnight := at - at%minutesPerDay
			end := x.end
			if !whole {
				end = min(end, midnight+minutesPerDay)
			}
			if !yield(midnight/minutesPerDay%len(dayNames), stretch{at - midnight, end - midnight}) {
				return
			}
			at = end
		}
	}
}

// dayList returns sorted days as "Mon-Wed,Fri".
func dayList(days []int) string {
	var b strings.Builder
	for i := 0; i < len(days); {
		last := i
		for last+1 < len(days) && days[last+1] == days[last]+1 {
			last++
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(dayNames[days[i]][:3])
		if last > i {
			b.WriteString("-" + dayNames[days[last]][:3])
		}
		i = last + 1
	}
	return b.String()
}

// clock returns the time of day of an hour before or after midnight; midnight
// itself is an end when it is not the start of the day.
func clock(minute int) string {
	if minute > minutesPerDay {
		minute -= minutesPerDay
	}
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

// MarshalText returns String.
func (w Week) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText is Parse. On an error w stays as it was.
func (w *Week) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*w = parsed
	return nil
}
