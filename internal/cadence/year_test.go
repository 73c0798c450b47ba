package cadence_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "oneonone/internal/cadence"
	"oneonone/internal/span"
)

// TestPropertyYear lives through half a year of a weekly 1:1 with meetings of
// any length, deleted ones, absences, conflicts and any answers, and looks twice
// a day. R28 holds all the time.
func TestPropertyYear(t *testing.T) {
	asked := map[Kind]int{}
	rapid.Check(t, func(t *rapid.T) {
		p := Pair{Key: "k", Name: "Bob", Zone: time.UTC, Series: []Series{{UID: "s", Rhythm: Weekly, Period: week, Length: 30 * time.Minute, Since: start}}}
		usually := rapid.SampledFrom([]int{10, 30, 70}).Draw(t, "usually")
		var all []Meeting
		for n := range 30 {
			switch rapid.IntRange(0, 7).Draw(t, "fate") {
			case 0:
				p.Deleted = append(p.Deleted, at(n))
			case 1:
				p.Absent = append(p.Absent, Absence{Meeting: at(n), Away: span.Of(at(n).Span.Start.Add(-3*day), 9*day)})
			default:
				all = append(all, at(n))
			}
		}
		for now := start; now.Before(at(26).Original); now = now.Add(day / 2) {
			live(t, &p, all, usually, now)
			current, open := Current(p.Past)
			if open && current.State == Open {
				seen := rapid.SampledFrom([]Seen{Waiting, Waiting, Waiting, Waiting, Yes, No, Perhaps, Gone}).Draw(t, "seen")
				if to := Answer(current, seen, now); to != Open {
					end(&p, current, map[bool]State{true: Applied, false: to}[to == Accepted], now)
				}
			}
			ps := Propose(Facts{Now: now, Pairs: []Pair{p}}, usual())["k"]
			if rapid.IntRange(0, 19).Draw(t, "conflict") == 0 {
				ps = append(ps, Proposal{Kind: Move, UID: "s", Original: p.Series[0].Next})
			}
			c := Choose(now, ps, p.Past)
			if c.Withdraw != "" {
				current, _ = Current(p.Past)
				end(&p, current, Withdrawn, now)
			}
			if c.Make != nil {
				mayAsk(t, *c.Make, p.Past, now)
				asked[c.Make.Kind]++
				p.Past = append(p.Past, Suggested{Kind: c.Make.Kind, UID: c.Make.UID, Original: c.Make.Original, State: Open, AskedAt: now})
			}
		}
	})
	for _, k := range []Kind{Move, MakeUp, Return, CatchUp, Retime, Separate, ToBiweekly} {
		if asked[k] == 0 {
			t.Errorf("%s never came up", k)
		}
	}
}

// live brings the facts up to now.
func live(t *rapid.T, p *Pair, all []Meeting, usually int, now time.Time) {
	held := len(p.Held)
	p.Held, p.Planned = nil, nil
	for _, m := range all {
		if m.Span.End.After(now) {
			p.Planned = append(p.Planned, m)
		} else {
			p.Held = append(p.Held, m)
		}
	}
	s := &p.Series[0]
	for s.Next.IsZero() || !s.Next.After(now) {
		s.Next = s.Since.Add((now.Sub(s.Since)/week + 1) * week)
	}
	for _, m := range p.Held[held:] {
		took := time.Duration(usually+rapid.IntRange(-9, 9).Draw(t, "took")) * time.Minute
		p.Lengths = append(p.Lengths, Length{UID: m.UID, Original: m.Original, Start: m.Span.Start, Length: took, Source: FromMeet})
		s.Troubled = append(s.Troubled, rapid.IntRange(0, 2).Draw(t, "trouble") == 0)
	}
	s.Better = &Better{Start: s.Next.Add(3*week + day), Conflicts: 1, Before: 5, Weeks: 8}
}

func end(p *Pair, s Suggested, to State, now time.Time) {
	i := slices.Index(p.Past, s)
	p.Past[i].State, p.Past[i].EndedAt = to, now
}

// mayAsk fails when a suggestion comes too soon after what was asked before.
func mayAsk(t *rapid.T, p Proposal, past []Suggested, now time.Time) {
	for _, s := range past {
		bound := p.Kind == Move || p.Kind == MakeUp || p.Kind == Return
		ago := now.Sub(s.EndedAt)
		switch {
		case s.EndedAt.IsZero():
			t.Fatalf("%s is asked while %s is open", p.Kind, s.Kind)
		case s.Kind != p.Kind || bound && !p.About(s):
		case s.State == Refused && ago < 8*week, s.State == Expired && ago < 4*week, s.State == Later && ago < week,
			s.State == Withdrawn && p.About(s) && now.Sub(s.AskedAt) < day:
			t.Fatalf("%s is asked again %v after it was %s", p.Kind, ago, s.State)
		}
	}
}
