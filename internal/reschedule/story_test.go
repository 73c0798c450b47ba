package reschedule_test

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

	"oneonone/internal/hours"
	. "oneonone/internal/reschedule"
	"oneonone/internal/span"
)

var update = flag.Bool("update", false, "write the plans that come out into the stories")

// TestStories plays the stories in testdata. Each has two parts: the facts in
// plain sentences (see story.line, weeks and ask for what can be said), and the
// plan, or the answer, that has to come out.
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
			if len(a.Files) != 2 || a.Files[0].Name != "facts" || a.Files[1].Name != "plan" {
				t.Fatalf("a story has the parts facts and plan, in this order")
			}
			s := readStory(t, string(a.Files[0].Data))
			got := s.told()
			if *update {
				a.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// usual is the policy with the defaults of DESIGN §2.
func usual() Policy {
	const day = 24 * time.Hour
	return Policy{
		Mode: Act, Notice: 2 * time.Hour, Settle: 10 * time.Minute, Horizon: 28 * day, Grid: 15 * time.Minute,
		Before: 10 * time.Minute, After: 15 * time.Minute, Shortest: 10 * time.Minute, Spacing: day,
		PerOccurrence: 1, PerSeries: 2, AskWithin: day,
	}
}

// story is the facts of a story while it is read.
type story struct {
	t      testing.TB
	facts  Facts
	policy Policy
	zone   *time.Location
	year   int
	asked  []func() string // what is asked for besides a plan
}

func readStory(t testing.TB, text string) *story {
	t.Helper()
	s := &story{t: t, policy: usual(), zone: time.UTC, year: 2026}
	s.facts.People = map[string]Person{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !s.weeks(line) && !s.ask(line) && !s.line(line) {
			t.Fatalf("a story cannot say %q", line)
		}
	}
	return s
}

const (
	moment  = `(\w{3} \d{1,2} \w{3} \d{2}:\d{2})`
	stretch = moment + `\s?-\s?((?:\w{3} \d{1,2} \w{3} )?\d{2}:\d{2})`
)

var (
	zoneLine    = regexp.MustCompile(`^all times are in (\S+)$`)
	yearLine    = regexp.MustCompile(`^the year is (\d{4})$`)
	nowLine     = regexp.MustCompile(`^it is ` + moment + `$`)
	policyLine  = regexp.MustCompile(`^policy: (.*)$`)
	personLine  = regexp.MustCompile(`^(\w+) works (.+?)(?: in (\w+/\w+))?(, and the calendar cannot be read)?$`)
	blockLine   = regexp.MustCompile(`^(\w+) (is busy|is away|has a hold|has focus time) ` + stretch + `(?: "(.*)")?(, which is the 1:1 itself)?(?:, changed ` + moment + `)?$`)
	meetingLine = regexp.MustCompile(`^1:1 (\w+) & (\w+) ` + stretch + `(.*)$`)
)

// line reads one sentence.
func (s *story) line(line string) bool {
	if m := zoneLine.FindStringSubmatch(line); m != nil {
		s.zone = zone(s.t, m[1])
	} else if m := yearLine.FindStringSubmatch(line); m != nil {
		s.year, _ = strconv.Atoi(m[1])
	} else if m := nowLine.FindStringSubmatch(line); m != nil {
		s.facts.Now = s.time(m[1], s.zone)
	} else if m := policyLine.FindStringSubmatch(line); m != nil {
		for part := range strings.SplitSeq(m[1], ", ") {
			s.setting(part)
		}
	} else if m := blockLine.FindStringSubmatch(line); m != nil {
		p := s.facts.People[m[1]]
		kind := map[string]BlockKind{"is busy": Busy, "is away": Away, "has a hold": Hold, "has focus time": Focus}[m[2]]
		b := Block{Span: s.span(m[3], m[4], p.Zone), Kind: kind, Title: m[5], UID: "block"}
		if m[6] != "" {
			b.UID = "Ann+Bob"
		}
		if m[7] != "" {
			b.Updated = s.time(m[7], s.zone)
		}
		p.Blocks = append(p.Blocks, b)
		s.facts.People[m[1]] = p
	} else if m := meetingLine.FindStringSubmatch(line); m != nil {
		s.meeting(m)
	} else if m := personLine.FindStringSubmatch(line); m != nil {
		p := Person{Name: m[1], Hours: hours.MustParse(m[2]), Zone: s.zone, Known: m[4] == ""}
		if m[3] != "" {
			p.Zone = zone(s.t, m[3])
		}
		s.facts.People[m[1]] = p
	} else {
		return false
	}
	return true
}

// setting reads one setting of the policy, such as "notice 4h".
func (s *story) setting(text string) {
	key, value, _ := strings.Cut(text, " ")
	durations := map[string]*time.Duration{
		"notice": &s.policy.Notice, "settle": &s.policy.Settle, "horizon": &s.policy.Horizon, "grid": &s.policy.Grid,
		"before": &s.policy.Before, "after": &s.policy.After, "shortest": &s.policy.Shortest,
		"spacing": &s.policy.Spacing, "ask_within": &s.policy.AskWithin,
	}
	numbers := map[string]*int{"per_occurrence": &s.policy.PerOccurrence, "per_series": &s.policy.PerSeries}
	var err error
	switch {
	case key == "mode":
		s.policy.Mode = Mode(value)
	case durations[key] != nil:
		*durations[key], err = time.ParseDuration(value)
	case numbers[key] != nil:
		*numbers[key], err = strconv.Atoi(value)
	default:
		s.t.Fatalf("there is no setting %q", key)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// meeting reads a 1:1 with what is said about it after its time.
func (s *story) meeting(m []string) {
	mt := Meeting{
		People: [2]string{m[1], m[2]}, Pair: m[1] + "+" + m[2], Zone: s.zone,
		Span: s.span(m[3], m[4], s.zone), Title: "1:1",
	}
	mt.Original = mt.Span.Start
	mt.UID = fmt.Sprintf("%s+%s", m[1], m[2])
	for _, said := range strings.Split(m[5], ", ") {
		said = strings.TrimPrefix(strings.TrimSpace(said), ",")
		key, value, _ := strings.Cut(strings.TrimSpace(said), " ")
		switch key {
		case "":
		case "weekly":
			mt.Period = 7 * 24 * time.Hour
		case "every":
			mt.Period = s.duration(value)
		case "once":
			mt.Original = time.Time{}
		case "originally":
			mt.Original = s.time(value, s.zone)
		case "declined":
			mt.Declined = append(mt.Declined, strings.TrimPrefix(value, "by "))
		case "changed":
			mt.Updated = s.time(value, s.zone)
		case "fixed:":
			mt.Fixed = value
		case "hold":
			mt.Hold = true
		case "moved":
			mt.Moves = int(s.number(value))
		case "pair-moved":
			mt.RecentMoves = int(s.number(value))
		case "titled":
			mt.Title = value
		case "room":
			mt.Rooms = append(mt.Rooms, s.room(value))
		default:
			s.t.Fatalf("a story cannot say %q about a 1:1", said)
		}
	}
	s.facts.Meetings = append(s.facts.Meetings, mt)
}

// room reads "Blue, free", "Blue unknown" or "Blue taken Tue 24 Nov 10:00-11:00 and …".
func (s *story) room(text string) Room {
	name, rest, _ := strings.Cut(text, " ")
	r := Room{Name: name, Known: rest != "unknown"}
	if taken, ok := strings.CutPrefix(rest, "taken "); ok {
		for one := range strings.SplitSeq(taken, " and ") {
			m := regexp.MustCompile(stretch).FindStringSubmatch(one)
			r.Busy = r.Busy.Union(span.NewSet(s.span(m[1], m[2], s.zone)))
		}
	}
	return r
}

func (s *story) duration(text string) time.Duration {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		return time.Duration(s.number(days)) * 24 * time.Hour
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func (s *story) number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// time reads "Tue 24 Nov 10:00" and checks the day of the week.
func (s *story) time(text string, loc *time.Location) time.Time {
	s.t.Helper()
	at, err := time.ParseInLocation("Mon 2 Jan 15:04 2006", text+" "+strconv.Itoa(s.year), loc)
	if err != nil {
		s.t.Fatal(err)
	}
	if at.Format("Mon") != text[:3] {
		s.t.Fatalf("%s is a %s", text, at.Format("Monday"))
	}
	return at
}

func (s *story) span(from, to string, loc *time.Location) span.Span {
	if len(to) == len("10:00") {
		to = from[:len(from)-len("10:00")] + to
	}
	return span.Span{Start: s.time(from, loc), End: s.time(to, loc)}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// tell writes a plan as the stories do.
func (s *story) tell(p Plan) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	for _, d := range p.Decisions {
		m := s.facts.Meetings[d.Meeting]
		say("%s & %s %s ", m.People[0], m.People[1], sayAt(m.Span, s.zone))
		switch d.Outcome {
		case Fine:
			say("is fine")
		case Move:
			say("moves to %s, rung %d", sayAt(d.To, s.zone), d.Rung)
		case Suggest:
			say("could go to %s, rung %d", sayAt(d.To, s.zone), d.Rung)
		case Stuck:
			say("is stuck")
		case Wait:
			say("waits until %s", d.Again.In(s.zone).Format("Mon 2 Jan 15:04"))
		case Leave:
			say("is left")
		}
		say("\n")
		for _, line := range append([]string{d.Reason, d.Note, d.Because}, d.Tried...) {
			if line != "" {
				say("    %s\n", line)
			}
		}
		for _, a := range d.After {
			other := s.facts.Meetings[p.Decisions[a].Meeting]
			say("    after %s & %s has moved\n", other.People[0], other.People[1])
		}
	}
	return b.String()
}

func sayAt(s span.Span, loc *time.Location) string {
	return s.Start.In(loc).Format("Mon 2 Jan 15:04") + "-" + s.End.In(loc).Format("15:04")
}
