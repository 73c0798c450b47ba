package cadence_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	. "oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

var update = flag.Bool("update", false, "write what comes out into the stories")

// TestStories plays the stories in testdata: what stands in Ann's calendar about
// her 1:1 with Bob and what happens, in plain sentences (see story.line for
// what can be said), and what is suggested to her in which words. Every "it is"
// lets the rules look at the calendar once, after the sentences up to the next
// one.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories found: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Files) != 2 || a.Files[0].Name != "calendar" || a.Files[1].Name != "suggested" {
				t.Fatal("a story has the parts calendar and suggested, in this order")
			}
			got := play(t, string(a.Files[0].Data))
			if *update {
				a.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
				t.Errorf("suggested (-want +got):\n%s", diff)
			}
		})
	}
}

// usual is the policy with the defaults of DESIGN §2.
func usual() Policy {
	return Policy{Short: 20 * time.Minute, Streak: 3, Window: 4, Long: time.Hour, MaxGap: 14 * 24 * time.Hour}
}

// story is a story while it is played.
type story struct {
	t       testing.TB
	now     time.Time // zero before the first "it is"
	zone    *time.Location
	pair    Pair
	all     []Meeting // held and planned
	moves   []Proposal
	telling Telling
	answer  Seen
	ask     bool
	event   calendar.Event // the series as it stands in the calendar, where the story says so
	moved   []calendar.Event
	made    Proposal
	out     strings.Builder
}

func play(t testing.TB, text string) string {
	t.Helper()
	s := &story{t: t, zone: time.UTC, pair: Pair{Key: "ann bob", Person: "ann", Other: "bob", Name: "Bob"}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !s.line(line) {
			t.Fatalf("a story cannot say %q", line)
		}
	}
	s.look()
	return s.out.String()
}

const (
	moment  = `(\w{3} \d{1,2} \w{3} \d{2}:\d{2})`
	stretch = moment + `-(\d{2}:\d{2})`
)

// sentences are what a story can say, with what each does. Groups are the parts
// in parentheses.
var sentences = []struct {
	is *regexp.Regexp
	do func(*story, []string)
}{
	{regexp.MustCompile(`^all times are in (\S+)$`), (*story).setZone},
	{regexp.MustCompile(`^it is ` + moment + `$`), func(s *story, m []string) { s.look(); s.now = s.time(m[1]) }},
	{regexp.MustCompile(`^Bob is a (\w+)$`), func(s *story, m []string) { s.pair.Relation = calendar.Relation(m[1]) }},
	{regexp.MustCompile(`^they meet (daily|twice a week|weekly|every two weeks|every month) for (\w+), since ` + moment + `$`), (*story).series},
	{regexp.MustCompile(`^in the calendar that is (FREQ=\S+)$`), (*story).rule},
	{regexp.MustCompile(`^somebody moves ` + stretch + ` to ` + stretch + `$`), (*story).shift},
	{regexp.MustCompile(`^they have no series$`), func(s *story, _ []string) { s.pair.Series = nil }},
	{regexp.MustCompile(`^the series cannot be changed: (.*)$`), func(s *story, m []string) { s.pair.Fixed = m[1] }},
	{regexp.MustCompile(`^the relationship is new until ` + moment + `$`), func(s *story, m []string) { s.pair.Onboarding = s.time(m[1]) }},
	{regexp.MustCompile(`^they want to meet every (\d+) weeks$`), func(s *story, m []string) { s.pair.Every = time.Duration(s.number(m[1])) * 7 * 24 * time.Hour }},
	{regexp.MustCompile(`^meeting ` + stretch + `(?:, took (\w+) \((meet|done|end)\))?$`), func(s *story, m []string) { s.meeting(m, true) }},
	{regexp.MustCompile(`^single meeting ` + stretch + `(?:, took (\w+) \((meet|done|end)\))?$`), func(s *story, m []string) { s.meeting(m, false) }},
	{regexp.MustCompile(`^somebody deletes ` + stretch + `$`), (*story).remove},
	{regexp.MustCompile(`^somebody is away ` + moment + ` - ` + moment + `, and ` + stretch + ` finds no other time$`), (*story).away},
	{regexp.MustCompile(`^(\d+) agendas in a row left topics over$`), func(s *story, m []string) { s.pair.Unfinished = s.number(m[1]) }},
	{regexp.MustCompile(`^conflicts of the last meetings: (.*)$`), (*story).troubled},
	{regexp.MustCompile(`^a better time begins ` + moment + `, (\d+) conflicts instead of (\d+) in (\d+) weeks$`), (*story).better},
	{regexp.MustCompile(`^` + stretch + ` has to move to ` + stretch + `: (.*)$`), (*story).move},
	{regexp.MustCompile(`^nothing has to move$`), func(s *story, _ []string) { s.moves = nil }},
	{regexp.MustCompile(`^free for both: ` + stretch + `(, both in the same town)?$`), func(s *story, m []string) {
		s.telling.To, s.telling.SameTown = s.span(m[1], m[2]), m[3] != ""
	}},
	{regexp.MustCompile(`^Ann (says yes|says no|says maybe|deletes the suggestion)$`), func(s *story, m []string) {
		s.answer = map[string]Seen{"says yes": Yes, "says no": No, "says maybe": Perhaps, "deletes the suggestion": Gone}[m[1]]
	}},
	{regexp.MustCompile(`^Ann asks how things stand$`), func(s *story, _ []string) { s.ask = true }},
}

func (s *story) line(text string) bool {
	for _, x := range sentences {
		if m := x.is.FindStringSubmatch(text); m != nil {
			x.do(s, m)
			return true
		}
	}
	return false
}

func (s *story) setZone(m []string) {
	z, err := time.LoadLocation(m[1])
	if err != nil {
		s.t.Fatal(err)
	}
	s.zone, s.pair.Zone, s.telling.Zone = z, z, z
}

func (s *story) series(m []string) {
	const week = 7 * 24 * time.Hour
	x := Series{UID: "series since " + m[3], Length: s.duration(m[2]), Since: s.time(m[3])}
	x.Next = x.Since
	switch m[1] {
	case "daily":
		x.Rhythm, x.Period = Daily, week/7
	case "twice a week":
		x.Rhythm, x.Period = TwiceAWeek, week*2/7
	case "weekly":
		x.Rhythm, x.Period = Weekly, week
	case "every two weeks":
		x.Rhythm, x.Period = Biweekly, 2*week
	case "every month":
		x.Rhythm, x.Period = Other, 4*week
	}
	s.pair.Series = []Series{x}
}

// uid is that of the series.
func (s *story) uid() string {
	if len(s.pair.Series) == 0 {
		return "a series that ended"
	}
	return s.pair.Series[0].UID
}

func (s *story) meeting(m []string, recurring bool) {
	x := Meeting{UID: s.uid(), Span: s.span(m[1], m[2])}
	if recurring {
		x.Original = x.Span.Start
	} else {
		x.UID = "single " + m[1]
	}
	s.all = append(s.all, x)
	if m[3] != "" {
		s.pair.Lengths = append(s.pair.Lengths, Length{
			UID: x.UID, Original: x.Original, Start: x.Span.Start, Length: s.duration(m[3]), Source: Source(m[4]),
		})
	}
}

func (s *story) remove(m []string) {
	at := s.span(m[1], m[2])
	s.pair.Deleted = append(s.pair.Deleted, Meeting{UID: s.uid(), Original: at.Start, Span: at})
	s.drop(at)
	if !s.event.Start.IsZero() {
		s.event.ExDates = append(s.event.ExDates, at.Start)
	}
}

func (s *story) rule(m []string) {
	x := s.pair.Series[0]
	s.event = calendar.Event{UID: x.UID, Start: x.Since, End: x.Since.Add(x.Length), RRules: []string{m[1]}, Status: calendar.Confirmed}
}

func (s *story) shift(m []string) {
	x, to := s.event, s.span(m[3], m[4])
	x.RRules, x.Original, x.Start, x.End = nil, s.time(m[1]), to.Start, to.End
	s.moved = append(s.moved, x)
}

// succeed tells how the series goes on after a yes, for two months.
func (s *story) succeed() {
	change := Change{Rhythm: s.made.Rhythm, Length: s.made.Length, Start: s.made.Start}
	plan, err := Succeed(s.event, s.moved, change, s.now.Add(2*time.Hour), s.now.AddDate(0, 2, 0))
	if err != nil {
		s.say(4, "the series stays as it is: %s", err)
		return
	}
	next := calendar.Event{UID: "new", Start: plan.Start, End: plan.End, RRules: []string{plan.RRule}, ExDates: plan.ExDates, Status: calendar.Confirmed}
	for _, r := range plan.RDates {
		next.RDates = append(next.RDates, span.Span{Start: r, End: r})
	}
	var carried []calendar.Event
	for _, c := range plan.Carry {
		carried = append(carried, calendar.Event{UID: "new", Original: c.To, Start: c.Span.Start, End: c.Span.End, Status: calendar.Confirmed})
	}
	window := span.Span{Start: s.now, End: s.now.AddDate(0, 2, 0)}
	was, _, err := recur.Expand(s.event, s.moved, window)
	if err != nil {
		s.t.Fatal(err)
	}
	is, _, err := recur.Expand(next, carried, window)
	if err != nil {
		s.t.Fatal(err)
	}
	s.say(4, "The old series keeps what is before %s.", s.at(plan.Cut))
	for _, o := range was {
		if o.Original.Before(plan.Cut) {
			s.say(8, "%s-%s", s.at(o.Start), o.End.Format("15:04"))
		}
	}
	s.say(4, "The new series:")
	for _, o := range is {
		s.say(8, "%s-%s", s.at(o.Start), o.End.Format("15:04"))
	}
}

func (s *story) drop(at span.Span) {
	for i, x := range s.all {
		if x.Span.Equal(at) {
			s.all = append(s.all[:i:i], s.all[i+1:]...)
			return
		}
	}
}

func (s *story) away(m []string) {
	at := s.span(m[3], m[4])
	x := Meeting{UID: s.uid(), Original: at.Start, Span: at}
	s.pair.Absent = append(s.pair.Absent, Absence{Meeting: x, Away: span.Span{Start: s.time(m[1]), End: s.time(m[2])}})
	s.drop(at)
}

func (s *story) troubled(m []string) {
	x := &s.pair.Series[0]
	x.Troubled = nil
	for _, w := range strings.Fields(m[1]) {
		x.Troubled = append(x.Troubled, w == "yes")
	}
}

func (s *story) better(m []string) {
	s.pair.Series[0].Better = &Better{Start: s.time(m[1]), Conflicts: s.number(m[2]), Before: s.number(m[3]), Weeks: s.number(m[4])}
}

func (s *story) move(m []string) {
	from, to := s.span(m[1], m[2]), s.span(m[3], m[4])
	s.moves = append(s.moves, Proposal{Rule: "R14", Kind: Move, Pair: s.pair.Key, UID: s.uid(), Original: from.Start, Reason: m[5]})
	s.telling.From, s.telling.To = from, to
}

// look lets the rules look at the calendar once and tells what comes of it.
func (s *story) look() {
	if s.now.IsZero() {
		return
	}
	s.say(0, "%s", s.at(s.now))
	s.settle()
	s.carry()
	f := Facts{Now: s.now, Pairs: []Pair{s.pair}}
	ps := append(Propose(f, usual())[s.pair.Key], s.moves...)
	c := Choose(s.now, ps, s.pair.Past)
	if c.Withdraw != "" {
		s.say(4, "withdrawn: %s", c.Withdraw)
		s.end(Withdrawn)
	}
	switch {
	case c.Make != nil:
		s.make(*c.Make)
	case c.Keep:
		s.say(4, "the suggestion waits")
	case c.Withdraw == "":
		s.say(4, "nothing is suggested")
	}
	if s.ask {
		s.say(4, "How things stand:")
		for _, l := range Outlooks(f, usual())[s.pair.Key].Lines {
			s.say(8, "%s", l)
		}
	}
	s.ask = false
}

// settle sorts the meetings into held and planned ones.
func (s *story) settle() {
	s.pair.Held, s.pair.Planned = nil, nil
	for _, m := range s.all {
		if m.Span.End.After(s.now) {
			s.pair.Planned = append(s.pair.Planned, m)
		} else {
			s.pair.Held = append(s.pair.Held, m)
		}
	}
	for i := range s.pair.Series {
		for x := &s.pair.Series[i]; !x.Next.After(s.now); {
			x.Next = x.Next.In(s.zone).AddDate(0, 0, int(x.Period/(24*time.Hour)))
		}
	}
}

// carry looks at what became of the open suggestion, and does what a yes wants.
func (s *story) carry() {
	current, open := Current(s.pair.Past)
	if !open {
		if s.answer != "" {
			s.t.Fatal("there is nothing to answer")
		}
		return
	}
	seen := s.answer
	if seen == "" {
		seen = Waiting
	}
	s.answer = ""
	state := Answer(current, seen, s.now)
	if state == Open {
		return
	}
	s.say(4, "the suggestion is %s", state)
	if state == Accepted {
		s.say(4, "and carried out")
		state = Applied
		if current.Kind != Move && !s.event.Start.IsZero() {
			s.succeed()
		}
		if to := s.telling.To; current.Kind != Move && !to.Empty() {
			s.all = append(s.all, Meeting{UID: "made " + s.at(to.Start), Span: to})
			s.settle()
		}
	}
	s.end(state)
}

func (s *story) end(state State) {
	for i := range s.pair.Past {
		if s.pair.Past[i].State == Open {
			s.pair.Past[i].State, s.pair.Past[i].EndedAt = state, s.now
		}
	}
}

func (s *story) make(p Proposal) {
	s.telling.Name = s.pair.Name
	if len(s.pair.Series) > 0 {
		s.telling.Rhythm, s.telling.Length = s.pair.Series[0].Rhythm, s.pair.Series[0].Length
	}
	told := s.telling
	told.Agenda = true
	if p.Kind != Move && !s.telling.To.Empty() && !p.Within.Contains(told.To.Start) {
		if p.Near.IsZero() {
			told.To = span.Span{}
		} else {
			s.t.Fatalf("%s is not within %s - %s", s.at(told.To.Start), s.at(p.Within.Start), s.at(p.Within.End))
		}
	}
	s.made = p
	if p.Kind == Retime {
		told.From = span.Of(s.pair.Series[0].Next, s.pair.Series[0].Length)
	}
	w := Word(p, told)
	s.say(4, "%s", w.Title)
	for _, l := range w.Lines {
		s.say(8, "%s", l)
	}
	if !p.Near.IsZero() {
		s.say(4, "near %s, between %s and %s, for %s", s.at(p.Near), s.at(p.Within.Start), s.at(p.Within.End), p.Length)
		s.say(4, "The meeting says:")
		for _, l := range Created(p, "Ann") {
			s.say(8, "%s", l)
		}
	}
	s.pair.Past = append(s.pair.Past, Suggested{Kind: p.Kind, UID: p.UID, Original: p.Original, State: Open, AskedAt: s.now})
}

func (s *story) say(indent int, format string, args ...any) {
	fmt.Fprintf(&s.out, "%s%s\n", strings.Repeat(" ", indent), fmt.Sprintf(format, args...))
}

func (s *story) at(t time.Time) string { return t.In(s.zone).Format("Mon 2 Jan 15:04") }

func (s *story) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func (s *story) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// time reads "Tue 24 Nov 10:00" of 2026 and checks the day of the week.
func (s *story) time(text string) time.Time {
	s.t.Helper()
	at, err := time.ParseInLocation("Mon 2 Jan 15:04 2006", text+" 2026", s.zone)
	if err != nil {
		s.t.Fatal(err)
	}
	if at.Format("Mon") != text[:3] {
		s.t.Fatalf("%s is a %s", text, at.Format("Monday"))
	}
	return at
}

func (s *story) span(from, to string) span.Span {
	return span.Span{Start: s.time(from), End: s.time(from[:len(from)-len(to)] + to)}
}
