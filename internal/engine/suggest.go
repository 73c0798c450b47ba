package engine

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
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

// answer reads what the addressee says to an open suggestion.
func (s *suggester) answer(b *bond, m *mirror, x *store.Suggestion) {
	to := cadence.Answer(suggested(*x), seen(m, x), s.now)
	switch to {
	case cadence.Open:
		return
	case cadence.Accepted:
		x.AnsweredAt = s.now
		if s.become(x, to); !s.halted() {
			s.fulfil(b, m, x)
		}
		return
	case cadence.Expired:
		s.end(x, to, "nobody answered")
	case cadence.Later:
		x.AnsweredAt = s.now
		s.end(x, to, "the answer was maybe; it is asked again a week later")
	default:
		x.AnsweredAt = s.now
		s.end(x, to, "the answer was no")
	}
	if !s.halted() {
		s.clear(m, x)
	}
}

// seen tells what the calendar shows of the suggestion's event. The answer may
// stand on any copy of it that the account has.
func seen(m *mirror, x *store.Suggestion) cadence.Seen {
	found := false
	for _, sr := range m.series {
		if sr.uid != x.EventUID || sr.master == nil {
			continue
		}
		ev := sr.master
		found = found || sr.calendar == x.Calendar
		if ev.Status == calendar.Cancelled {
			return cadence.Gone
		}
		answer, _ := ev.AnswerOf(m.account.Person.Addresses)
		switch answer {
		case calendar.Accepted:
			return cadence.Yes
		case calendar.Declined:
			return cadence.No
		case calendar.Maybe:
			return cadence.Perhaps
		}
	}
	if !found {
		return cadence.Gone
	}
	return cadence.Waiting
}

// become stores the new state of a suggestion.
func (s *suggester) become(x *store.Suggestion, to cadence.State) {
	from := x.State
	x.State = string(to)
	if err := s.e.o.Store.UpdateSuggestion(s.ctx, *x, from); err != nil {
		s.err = err
		return
	}
	s.e.o.Log.Info("suggestion", "account", x.Account, "id", x.ID, "state", x.State)
}

// end closes a suggestion; clear takes its event away.
func (s *suggester) end(x *store.Suggestion, to cadence.State, words string) {
	x.Words, x.EndedAt = words, s.now
	s.become(x, to)
}

// clear takes the event of a suggestion that has ended out of the calendar.
func (s *suggester) clear(m *mirror, x *store.Suggestion) {
	if m == nil || s.halted() || x.Href == "" {
		return
	}
	for _, sr := range m.series {
		if sr.calendar == x.Calendar && sr.uid == x.EventUID && sr.master != nil && sr.master.Status != calendar.Cancelled {
			act := store.Action{
				Kind: store.Retract, UID: x.EventUID, Pair: x.Pair, With: x.With, Zone: x.Zone,
				Reason: "The suggestion has ended: " + x.Words + ".", Because: "suggestion",
			}
			s.retract(m, x.Calendar, sr.master.Href, act, false)
			return
		}
	}
}

// propose records a new suggestion and puts it into the calendar.
func (s *suggester) propose(b *bond, pr cadence.Proposal) {
	x, ok := s.wish(b, pr)
	if !ok {
		return
	}
	x.EventID = eventID(x)
	x, err := s.e.o.Store.AddSuggestion(s.ctx, x)
	if err != nil {
		s.err = err
		return
	}
	if pr.Kind != cadence.Move {
		s.asked[x.Account]++
	}
	s.put(b, b.host, &x)
}

// wish is the suggestion that would be made of a proposal now. There is none when the
// person has had enough of them for today or there is no place for what it proposes.
func (s *suggester) wish(b *bond, pr cadence.Proposal) (store.Suggestion, bool) {
	m := b.host
	if s.e.o.SuggestFrom == "" || s.stopped[m.account.Name] || s.full(&side{m: m}) {
		return store.Suggestion{}, false
	}
	if pr.Kind != cadence.Move && s.asked[m.account.Name] >= newPerDay {
		return store.Suggestion{}, false
	}
	x := store.Suggestion{
		Account: m.account.Name, Pair: pr.Pair, Kind: string(pr.Kind), Rule: pr.Rule, UID: pr.UID, Original: pr.Original,
		Rhythm: string(pr.Rhythm), Length: pr.Length, Reason: pr.Reason, Zone: m.zone.String(),
		With: s.e.name(s.w, b.other), State: string(cadence.Wanted), AskedAt: s.now,
	}
	ok := s.locate(b, pr, &x)
	return x, ok
}

// locate fills in where the meeting stands that the proposal is about, and where
// it would. It reports whether there is such a place.
func (s *suggester) locate(b *bond, pr cadence.Proposal, x *store.Suggestion) bool {
	switch pr.Kind {
	case cadence.Move:
		d, ok := s.moves[keyOf(pr.UID, pr.Original)]
		if ok {
			mt := s.w.facts.Meetings[d.Meeting]
			x.From, x.To, x.Rung, x.Zone = mt.Span, d.To, d.Rung, zoneOf(mt.Span.Start)
			x.Reason = d.Reason
		}
		return ok
	case cadence.Retime:
		x.To, x.Zone = span.Of(pr.Start, pr.Length), zoneOf(pr.Start)
		return s.changeable(b, pr) == nil
	case cadence.Taper, cadence.ToWeekly, cadence.ToBiweekly:
		return s.changeable(b, pr) == nil
	}
	place, ok := s.place(b, pr)
	x.To, x.Rung = place.Slot, place.Rung
	return ok
}

// place looks for the slot of a meeting that a yes would make.
func (s *suggester) place(b *bond, pr cadence.Proposal) (reschedule.Place, bool) {
	return reschedule.Find(s.facts(b), s.e.o.Policy, reschedule.Wish{
		Pair: pr.Pair, People: []string{b.self, b.other}, Zone: b.host.zone, Length: pr.Length, Shortest: min(pr.Length, s.e.o.Policy.Shortest),
		From: pr.Near, Within: s.noticed(pr.Within), Days: s.e.inOneTown(s.w, b.self, b.other),
		Spacing: b.spacing(s.e.o.Policy),
	})
}

// facts are the planner's facts with both people of the bond among them.
func (s *suggester) facts(b *bond) reschedule.Facts {
	f := s.w.facts
	f.People = s.e.everybody(s.w, b.self, b.other)
	return f
}

// noticed takes the notice off a stretch of time (R10). A meeting somebody has
// first to say yes to needs a day for that.
func (s *suggester) noticed(within span.Span) span.Span {
	within.Start = latest(within.Start, s.now.Add(max(s.e.o.Policy.Notice, askTime)))
	return within
}

// askTime is how long a person has at least to say yes to a meeting.
const askTime = 18 * time.Hour

// put makes the event of a suggestion that is wanted. It is in the next free
// quarter of an hour in which its addressee works.
func (s *suggester) put(b *bond, m *mirror, x *store.Suggestion) {
	home, ok := s.suggestionCalendar(m)
	if !ok {
		return
	}
	slot, ok := s.quarter(b, m)
	if !ok {
		return
	}
	words := cadence.Word(s.proposal(x), s.telling(b, x))
	d := calendar.Draft{
		Calendar: home, ID: x.EventID, Start: slot.Start, End: slot.End,
		Title: words.Title, Description: strings.Join(words.Lines, "\n"), Transparent: true, Own: calendar.OwnSuggestion,
		Organizer: calendar.Attendee{Address: s.e.o.SuggestFrom, Name: "oneonone"},
		Attendees: []calendar.Attendee{{
			Address: m.account.Person.Addresses[0], Name: m.account.Person.Name, Kind: calendar.Individual, Answer: calendar.NeedsAction,
		}},
	}
	act := store.Action{
		Kind: store.Make, Pair: x.Pair, UID: x.UID, Original: x.Original, From: x.From, To: x.To, Zone: x.Zone,
		Rung: x.Rung, Reason: x.Reason, With: x.With, Because: "suggestion",
	}
	ev, out := s.make(m, act, d)
	switch {
	case s.err != nil:
	case out == written:
		s.taken[m.account.Name] = append(s.taken[m.account.Name], slot)
		x.Calendar, x.Href, x.EventUID, x.AskedAt, x.Words = home, ev.Href, ev.UID, s.now, ""
		s.become(x, cadence.Open)
	case out == refused, out == unchanged:
		s.lookAgain(m, x, home)
	}
}

// lookAgain finds out what became of a suggestion whose event had been made, or
// refused, before.
func (s *suggester) lookAgain(m *mirror, x *store.Suggestion, home string) {
	for _, sr := range m.series {
		if sr.master != nil && sr.calendar == home && sr.master.Own == calendar.OwnSuggestion && strings.Contains(sr.uid, x.EventID) {
			x.Calendar, x.Href, x.EventUID, x.AskedAt, x.Words = home, sr.master.Href, sr.uid, s.now, ""
			s.become(x, cadence.Open)
			return
		}
	}
	if s.now.Sub(x.AskedAt) > 24*time.Hour {
		s.end(x, cadence.Withdrawn, "its event could not be put into the calendar")
	}
}

// telling is what the words of the suggestion need to know.
func (s *suggester) telling(b *bond, x *store.Suggestion) cadence.Telling {
	t := cadence.Telling{Name: x.With, Zone: b.host.zone, From: x.From, To: x.To, Agenda: s.hasAgenda(x.Pair)}
	for _, d := range s.e.inOneTown(s.w, b.self, b.other) {
		t.SameTown = t.SameTown || d.Covers(x.To)
	}
	if d, ok := s.moves[keyOf(x.UID, x.Original)]; ok && cadence.Kind(x.Kind) == cadence.Move {
		t.Room = d.Note
	}
	if c := b.care(x.UID); c != nil && c.own.s.master.Recurs() {
		t.Rhythm, t.Length = cadence.RhythmOf(c.own.s.master.RRules), c.own.s.length()
		if next := c.next(s.now); cadence.Kind(x.Kind) == cadence.Retime {
			t.From = span.Of(next, t.Length)
		}
	}
	return t
}

// hasAgenda reports whether the pair has an agenda; one that has never met has none.
func (s *suggester) hasAgenda(pair string) bool {
	return (s.e.o.AgendaBase != "" || s.e.keepsPapers()) && slices.ContainsFunc(s.r.facts.Pairs, func(p cadence.Pair) bool {
		return p.Key == pair && len(p.Held) > 0
	})
}

// quarter is the next free quarter of an hour in which the account's person works.
func (s *suggester) quarter(b *bond, m *mirror) (span.Span, bool) {
	f := s.w.facts
	f.People = s.e.everybody(s.w, b.self)
	if taken := s.taken[m.account.Name]; len(taken) > 0 {
		p := f.People[b.self]
		for _, t := range taken {
			p.Blocks = append(p.Blocks[:len(p.Blocks):len(p.Blocks)], reschedule.Block{Span: t, Kind: reschedule.Busy})
		}
		f.People = maps.Clone(f.People)
		f.People[b.self] = p
	}
	policy := s.e.o.Policy
	policy.Before, policy.After, policy.Grid = 0, 0, suggestionLength
	place, ok := reschedule.Find(f, policy, reschedule.Wish{
		People: []string{b.self}, Zone: m.zone, Length: suggestionLength, From: s.now,
		Within: span.Span{Start: s.now, End: s.now.AddDate(0, 0, 14)},
	})
	return place.Slot, ok
}

// suggestionCalendar is the calendar in which the account's suggestions stand:
// one of the program's own where the provider has such, else the one that
// holds the 1:1s.
func (p *passWriter) suggestionCalendar(m *mirror) (string, bool) {
	aside, ok := m.account.Provider.(calendar.Aside)
	if !ok {
		return m.home()
	}
	c, err := aside.OwnCalendar(p.ctx)
	if err != nil {
		p.r.Failed[m.account.Name] = fmt.Errorf("no calendar for suggestions: %w", err)
		return "", false
	}
	if _, known := m.calendar(c.ID); !known { // It has just been made, and is not among those that are read.
		p.e.health[m.account.Name].listed = time.Time{}
		p.pullAgain(m.account.Name)
		return "", false
	}
	return c.ID, true
}

// home is the calendar that new events of the account go to.
func (m *mirror) home() (string, bool) {
	for _, c := range m.calendars {
		if c.Writable && m.holdsOneOnOnes(c.ID) {
			return c.ID, true
		}
	}
	return "", false
}

// eventID names the event of a suggestion for ever.
func eventID(x store.Suggestion) string {
	return ident(x.Account, x.Pair, x.Kind, x.UID, stamp(x.Original), stamp(x.AskedAt))
}

var base32hex = base32.HexEncoding.WithPadding(base32.NoPadding)

// ident makes a name of lower case letters to v and digits from what it stands for.
func ident(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return "oneonone" + strings.ToLower(base32hex.EncodeToString(sum[:15]))
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

// strays takes away suggestion events that nothing is known of: the program has
// lost its records. What they suggest is suggested anew.
func (s *suggester) strays() {
	for _, m := range s.w.mirrors {
		for _, sr := range m.series {
			if sr.master == nil || sr.master.Own != calendar.OwnSuggestion || s.knows(sr.uid) {
				continue
			}
			if home, ok := s.suggestionCalendar(m); !ok || home != sr.calendar {
				continue // The person's copy goes with it.
			}
			act := store.Action{Kind: store.Retract, UID: sr.uid, Reason: "Nothing is known of this suggestion any more."}
			if s.retract(m, sr.calendar, sr.master.Href, act, false); s.halted() {
				return
			}
		}
	}
}

// knows reports whether the event with the UID belongs to a recorded suggestion.
func (s *suggester) knows(uid string) bool {
	for _, all := range s.r.past {
		for _, x := range all {
			if strings.Contains(uid, x.EventID) {
				return true
			}
		}
	}
	return false
}
