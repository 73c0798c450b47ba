package engine

import (
	"context"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/reschedule"
	"oneonone/internal/store"
)

// Touch is how two people are in touch who are to meet every so often without a
// series (R30), or who have not met for longer than they want to.
type Touch struct {
	Account    string // of the one who is asked about it
	With       string
	Zone       *time.Location
	Last, Next time.Time     // zero when it is not known that they met; when none is planned
	Every      time.Duration // how often they want to meet
	Long       bool          // they have not met for longer than that
}

// Outlook is what the rules on rhythm say about one pair, and what was suggested to it.
type Outlook struct {
	Account string // of the one who is asked
	With    string
	Zone    *time.Location
	Rules   cadence.Outlook
	Past    []store.Suggestion // the oldest first
}

// observer returns a suggester for looking: nothing that is asked of it here writes.
func (e *Engine) observer(ctx context.Context, w *world, plan reschedule.Plan) (*suggester, error) {
	return e.suggester(e.writer(ctx, w.now, &Report{Failed: map[string]error{}}), w, plan)
}

// lookAhead fills in what would be suggested, what was agreed, and who is in touch.
func (s *suggester) lookAhead(l *Look) {
	for i, b := range s.r.bonds {
		p := s.r.facts.Pairs[i]
		if t, ok := s.touch(b, p); ok {
			l.Touch = append(l.Touch, t)
		}
		if !b.host.fresh {
			continue
		}
		if x, ok := s.agreed(p.Key); ok {
			l.Agreed = append(l.Agreed, x)
			continue
		}
		choice := cadence.Choose(s.now, s.true(p.Key), s.pastOf(p.Key))
		if choice.Make == nil {
			continue
		}
		if x, ok := s.wish(b, *choice.Make); ok {
			l.Suggest = append(l.Suggest, x)
			if choice.Make.Kind != cadence.Move {
				s.asked[x.Account]++
			}
		}
	}
	for i := range l.Items {
		l.Items[i].Asked = s.askedOf(l.Items[i])
	}
}

// agreed returns the suggestion that the addressee has said yes to and that is not done.
func (s *suggester) agreed(pair string) (store.Suggestion, bool) {
	for _, x := range s.r.past[pair] {
		m := s.mirrorOf(x.Account)
		if m == nil || !m.fresh || !isOpen(x.State) {
			continue
		}
		if to := cadence.Answer(suggested(x), seen(m, &x), s.now); to == cadence.Accepted {
			return x, true
		}
	}
	return store.Suggestion{}, false
}

// askedOf returns the last suggestion to move the meeting, nil for none.
func (s *suggester) askedOf(it Item) *store.Suggestion {
	for _, all := range s.r.past {
		for i := len(all) - 1; i >= 0; i-- {
			if x := all[i]; cadence.Kind(x.Kind) == cadence.Move && keyOf(x.UID, x.Original) == keyOf(it.UID, it.Original) {
				return &x
			}
		}
	}
	return nil
}

// touch tells how the pair is in touch, if that is worth telling.
func (s *suggester) touch(b *bond, p cadence.Pair) (Touch, bool) {
	t := Touch{Account: b.host.account.Name, With: p.Name, Zone: b.host.zone, Every: p.Every}
	t.Last, t.Long = s.missed(p)
	if len(p.Series) > 0 {
		t.Every = max(s.e.o.Cadence.MaxGap, p.Series[0].Period)
	}
	if len(p.Planned) > 0 {
		t.Next = p.Planned[0].Span.Start
	}
	return t, t.Long || p.Every > 0 && len(p.Series) == 0
}

// outlooks tells how the rules stand for every pair of the person with key.
func (s *suggester) outlooks(key string) []Outlook {
	rules := cadence.Outlooks(s.r.facts, s.e.o.Cadence)
	var out []Outlook
	for i, b := range s.r.bonds {
		if p := s.r.facts.Pairs[i]; b.self == key || b.other == key {
			out = append(out, Outlook{
				Account: b.host.account.Name, With: p.Name, Zone: b.host.zone, Rules: rules[p.Key], Past: s.r.past[p.Key],
			})
		}
	}
	return out
}
