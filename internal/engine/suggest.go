package engine

import (
	"slices"
	"strings"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// newPerDay is how many suggestions a day a person gets at most, moves apart:
// on the first day of a busy manager they would come by the dozen.
const newPerDay = 3

// suggestionLength is how long a suggestion's own event lasts (DESIGN §3).
const suggestionLength = 15 * time.Minute

// suggester carries out what a pass decides about suggestions (DESIGN §3, R28):
// it reads the answers, does what was said yes to, takes away what has ended,
// and asks what is to be asked now.
type suggester struct {
	*passWriter
	w    *world
	plan reschedule.Plan
	r    *rhythm
	by   map[string][]cadence.Proposal // by pair
	// moves are the planner's decisions that wait for a yes, by occurrence.
	moves map[meetingKey]reschedule.Decision
	// waits are those that wait for a conflict to settle (R13).
	waits map[meetingKey]reschedule.Decision
	asked map[string]int         // by account: suggestions of the last 24 hours, moves apart
	taken map[string][]span.Span // by account: where suggestions stand
}

// suggestions runs after the moves of a round.
func (p *passWriter) suggestions(w *world, plan reschedule.Plan) {
	s, err := p.e.suggester(p, w, plan)
	if err != nil {
		p.err = err
		return
	}
	for _, b := range s.r.bonds {
		if s.pair(b); p.halted() {
			return
		}
	}
	for _, step := range []func(){s.halves, s.strays, s.tellWeek} {
		if step(); s.halted() {
			return
		}
	}
}

func (e *Engine) suggester(p *passWriter, w *world, plan reschedule.Plan) (*suggester, error) {
	r, err := e.loadRhythm(p.ctx, w, plan)
	if err != nil {
		return nil, err
	}
	s := &suggester{
		passWriter: p, w: w, plan: plan, r: r, by: e.proposals(w, plan, r),
		moves: map[meetingKey]reschedule.Decision{}, waits: map[meetingKey]reschedule.Decision{}, asked: map[string]int{}, taken: map[string][]span.Span{},
	}
	for _, d := range plan.Decisions {
		switch mt := w.facts.Meetings[d.Meeting]; d.Outcome {
		case reschedule.Suggest:
			s.moves[keyOf(mt.UID, mt.Original)] = d
		case reschedule.Wait:
			s.waits[keyOf(mt.UID, mt.Original)] = d
		}
	}
	for _, all := range r.past {
		for _, x := range all {
			if x.Kind != string(cadence.Move) && x.AskedAt.After(w.now.Add(-24*time.Hour)) {
				s.asked[x.Account]++
			}
		}
	}
	return s, nil
}

// proposals returns all that could be suggested now, by pair: what the rules on
// rhythm say, and the moves of the plan that need a yes.
func (e *Engine) proposals(w *world, plan reschedule.Plan, r *rhythm) map[string][]cadence.Proposal {
	out := map[string][]cadence.Proposal{}
	if e.o.Cadence != (cadence.Policy{}) {
		out = cadence.Propose(r.facts, e.o.Cadence)
	}
	moves := map[string][]cadence.Proposal{}
	for _, d := range plan.Decisions {
		if d.Outcome != reschedule.Suggest {
			continue
		}
		mt := w.facts.Meetings[d.Meeting]
		moves[mt.Pair] = append(moves[mt.Pair], cadence.Proposal{
			Rule: "R16", Kind: cadence.Move, Pair: mt.Pair, UID: mt.UID, Original: mt.Original,
			Reason: strings.TrimSpace(d.Reason + " " + asked(d.Because)),
		})
	}
	for pair, ps := range moves {
		out[pair] = append(ps, out[pair]...)
	}
	return out
}

// asked says why the program asks instead of moving by itself.
func asked(because string) string {
	if because == "" {
		return ""
	}
	return "You are asked because " + because + "."
}

// pair brings the suggestions of one pair up to date.
func (s *suggester) pair(b *bond) {
	if !b.host.fresh {
		return
	}
	key := b.pair.String()
	for i := range s.r.past[key] {
		x := &s.r.past[key][i]
		m := s.mirrorOf(x.Account)
		if m == nil || !m.fresh {
			continue
		}
		if s.follow(b, m, x); s.halted() {
			return
		}
	}
	choice := cadence.Choose(s.now, s.true(key), s.pastOf(key))
	if choice.Withdraw != "" {
		for i := range s.r.past[key] {
			x := &s.r.past[key][i]
			if isOpen(x.State) && cadence.State(x.State) != cadence.Accepted {
				if s.end(x, cadence.Withdrawn, choice.Withdraw); s.halted() {
					return
				}
				s.clear(s.mirrorOf(x.Account), x)
			}
		}
	}
	if choice.Make != nil && !s.halted() {
		s.propose(b, *choice.Make)
	}
}

// true are the proposals for the pair without the move that an open suggestion
// asks for, when the slot it names is not free any more or comes too soon (R10).
// While somebody is at work on the events, what was asked stays true (R13).
func (s *suggester) true(pair string) []cadence.Proposal {
	ps := s.by[pair]
	for _, x := range s.r.past[pair] {
		if !isOpen(x.State) || cadence.Kind(x.Kind) != cadence.Move {
			continue
		}
		d, ok := s.moves[keyOf(x.UID, x.Original)]
		waiting, waits := s.waits[keyOf(x.UID, x.Original)]
		if waits {
			d = waiting
		}
		if (ok || waits) && !x.To.Start.Before(s.now.Add(s.e.o.Policy.Notice)) && s.stillFree(s.w.facts.Meetings[d.Meeting].People[:], x.To, d.Meeting) {
			if waits {
				ps = append(slices.Clone(ps), cadence.Proposal{Rule: "R16", Kind: cadence.Move, Pair: pair, UID: x.UID, Original: x.Original})
			}
			continue
		}
		ps = slices.DeleteFunc(slices.Clone(ps), func(pr cadence.Proposal) bool { return pr.About(suggested(x)) })
	}
	return ps
}

// maxWithdrawn is how many slots are suggested one after the other for the same
// occurrence without resting a day in between.
const maxWithdrawn = 3

// pastOf is what was suggested to the pair. A move that was withdrawn because
// its slot had gone does not keep another slot back.
func (s *suggester) pastOf(pair string) []cadence.Suggested {
	var out []cadence.Suggested
	withdrawn := 0
	for _, x := range s.r.past[pair] {
		if cadence.Kind(x.Kind) == cadence.Move && cadence.State(x.State) == cadence.Withdrawn {
			d, ok := s.moves[keyOf(x.UID, x.Original)]
			if withdrawn++; ok && !d.To.Equal(x.To) && withdrawn < maxWithdrawn {
				continue
			}
		}
		out = append(out, suggested(x))
	}
	return out
}

func (s *suggester) mirrorOf(account string) *mirror {
	for _, m := range s.w.mirrors {
		if m.account.Name == account {
			return m
		}
	}
	return nil
}

func isOpen(state string) bool {
	switch cadence.State(state) {
	case cadence.Wanted, cadence.Open, cadence.Accepted:
		return true
	}
	return false
}

// follow does what one suggestion of the past needs now.
func (s *suggester) follow(b *bond, m *mirror, x *store.Suggestion) {
	switch cadence.State(x.State) {
	case cadence.Wanted:
		s.put(b, m, x)
	case cadence.Open:
		s.answer(b, m, x)
	case cadence.Accepted:
		s.fulfil(b, m, x)
	default:
		s.clear(m, x)
	}
}

// proposal is what a recorded suggestion proposes.
func (s *suggester) proposal(x *store.Suggestion) cadence.Proposal {
	for _, pr := range s.by[x.Pair] {
		if pr.About(suggested(*x)) {
			return pr
		}
	}
	return cadence.Proposal{
		Rule: x.Rule, Kind: cadence.Kind(x.Kind), Pair: x.Pair, UID: x.UID, Original: x.Original,
		Rhythm: cadence.Rhythm(x.Rhythm), Length: x.Length, Start: x.To.Start, Reason: x.Reason,
	}
}
