package engine

import (
	"context"
	"maps"
	"slices"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/oneonone"
	"oneonone/internal/store"
)

const (
	// writeUpFor is how long the section of a meeting stays the topmost one after
	// its end, so that what people still write there goes on to the next.
	writeUpFor = 2 * time.Hour
	// lookEvery is how often a document is looked at although nothing is due: a
	// person may have thrown it away.
	lookEvery = 24 * time.Hour
	// refusedFor is how long a document is left alone with which a person has to
	// do something first.
	refusedFor = time.Hour
	// makeAgainAfter is how long a document that may have been made is looked for
	// before it is made again: what is new is not found at once everywhere.
	makeAgainAfter = 2 * time.Minute
	// publishTimeout bounds the work on one document.
	publishTimeout = 2 * time.Minute
)

// keeperOf returns the account that keeps the document of a pair: the one that
// has it, else the one that organizes; nil when the pair has a page.
func (e *Engine) keeperOf(w *world, pair oneonone.Pair) *mirror {
	if !e.keepsPapers() {
		return nil
	}
	var keeper, first *mirror
	uid := ""
	has := e.papers.known[pair.String()].Account
	for _, key := range pair {
		if m := w.byKey[key]; m != nil && m.account.Agenda != nil && m.account.Name == has {
			keeper = m
		}
	}
	for _, c := range w.cares {
		m := c.own.m
		if c.pair == pair && c.served && m.account.Agenda != nil && (first == nil || c.own.s.uid < uid) {
			first, uid = m, c.own.s.uid
		}
	}
	if keeper != nil {
		return keeper
	}
	return first
}

// keepsPapers reports whether any account has its agendas in documents.
func (e *Engine) keepsPapers() bool {
	return slices.ContainsFunc(e.o.Accounts, func(a Account) bool { return a.Agenda != nil })
}

// publish keeps the documents of all pairs, so many in a pass as it may make
// changes; the rest follows in the next ones.
func (p *passWriter) publish(w *world) {
	if !p.e.keepsPapers() {
		return
	}
	if p.err = p.e.loadPapers(p.ctx); p.err != nil {
		return
	}
	facts, next, past := p.e.agendaFacts(w), nextMeetings(w), pastOf(w)
	maps.DeleteFunc(p.e.papers.refused, func(pair string, _ paperTrouble) bool {
		i, known := next[pair]
		return !known || i == noMeeting // nothing is wanted of it any more
	})
	n := 0
	for _, pair := range slices.Sorted(maps.Keys(next)) {
		if next[pair] == noMeeting {
			continue
		}
		src := w.everySource[next[pair]]
		keeper := p.e.keeperOf(w, src.care.pair)
		if keeper == nil || !keeper.fresh || p.stopped[keeper.account.Name] || src.care.blocked != "" {
			continue
		}
		s := p.e.sheetOf(w, keeper, facts[pair], next[pair], past[pair])
		if !s.due {
			continue
		}
		if n++; n > p.e.o.MaxChanges {
			return
		}
		if p.err = p.e.publishOne(p.ctx, w, s); p.err != nil {
			return
		}
		p.e.o.Progress()
	}
}

// sheet is what is to be done about one document.
type sheet struct {
	keeper *mirror
	known  store.Document
	want   agenda.Document
	topics []string // of the next meeting
	past   held
	due    bool
}

// held are the meetings of a pair that have taken place.
type held struct {
	sections map[string]bool // their names in the document
	end      time.Time       // of the last one
}

func pastOf(w *world) map[string]held {
	past := map[string]held{}
	for _, mt := range w.every {
		if mt.Span.End.After(w.now) {
			continue
		}
		h := past[mt.Pair]
		if h.sections == nil {
			h.sections = map[string]bool{}
		}
		h.end = latest(h.end, mt.Span.End)
		h.sections[agenda.SectionKey(mt.UID, mt.Original)] = true
		past[mt.Pair] = h
	}
	return past
}

// sheetOf says what is wanted of the document of the pair whose next meeting is
// w.every[i].
func (e *Engine) sheetOf(w *world, keeper *mirror, facts store.Agenda, i int, past held) sheet {
	mt, src := w.every[i], w.everySource[i]
	s := sheet{keeper: keeper, known: e.papers.known[mt.Pair], past: past}
	s.known.Pair = mt.Pair
	if s.known.Account != keeper.account.Name {
		s.known = store.Document{Pair: mt.Pair, Account: keeper.account.Name}
	}
	s.want = agenda.Document{Key: agenda.DocumentKey(mt.Pair), ID: s.known.ID, Meeting: e.meetingFor(w, facts, i)}
	address := e.addressOf(src.care, src.care.pair.Other(e.people.Key(keeper.account.Person.Addresses[0])))
	if s.known.SharedWith != address {
		s.want.Share = address
	}
	section := agenda.SectionKey(mt.UID, mt.Original)
	early := w.now.Before(earliest(past.end.Add(writeUpFor), mt.Span.Start.Add(-writeUpFor)))
	s.topics = slices.Concat(s.want.Meeting.PersonsTopics, s.want.Meeting.OthersTopics)
	switch {
	case s.known.Section == section:
		s.want.Section, s.want.Made = section, true
		s.want.Late = without(slices.Clone(s.topics), s.known.Topics)
		told, known := e.papers.told[mt.Pair]
		s.due = known && !told.Equal(mt.Span.Start)
	case !early || s.known.ID == "":
		s.want.Section, s.want.Late = section, s.topics
	}
	old := w.now.Sub(s.known.LookedAt)
	s.due = s.due || s.known.ID == "" || s.want.Share != "" || s.want.Section != "" && !s.want.Made ||
		len(s.want.Late) > 0 || old >= lookEvery || old < 0
	if t := e.papers.failing[keeper.account.Name]; t != nil && w.now.Before(t.nextTry) {
		s.due = false
	}
	if t, refused := e.papers.refused[mt.Pair]; refused && w.now.Before(t.nextTry) {
		s.due = false
	}
	if begun := w.now.Sub(s.known.TriedAt); s.known.ID == "" && begun >= 0 && begun < makeAgainAfter {
		s.due = false
	}
	return s
}

// meetingFor describes the meeting w.every[i] for the agenda.
func (e *Engine) meetingFor(w *world, facts store.Agenda, i int) agenda.Meeting {
	mt, c := w.every[i], w.everySource[i].care
	m := agenda.Meeting{
		Person: facts.Names[0], Other: facts.Names[1], Relation: facts.Relation, Number: facts.Held + 1,
		Start: mt.Span.Start, End: mt.Span.End, Previous: facts.PreviousAt,
	}
	for _, topic := range e.topicsOf(w, i) {
		if topic.Person == facts.Organizer {
			m.PersonsTopics = append(m.PersonsTopics, topic.Text)
		} else if topic.Person == c.pair.Other(facts.Organizer) {
			m.OthersTopics = append(m.OthersTopics, topic.Text)
		}
	}
	return m
}

// addressOf returns the address at which the one of the two with key is on the
// events, else key, which is an address too.
func (e *Engine) addressOf(c *care, key string) string {
	master := c.own.s.any()
	for _, a := range master.Attendees {
		if e.people.Key(a.Address) == key {
			return a.Address
		}
	}
	if e.people.Key(master.Organizer) == key && master.Organizer != "" {
		return master.Organizer
	}
	return key
}

// publishOne does what is due for one document and remembers what came of it.
// The error is that of the store, or that the program is to stop.
func (e *Engine) publishOne(ctx context.Context, w *world, s sheet) error {
	account, known := s.keeper.account, s.known
	if known.ID == "" {
		known.TriedAt = w.now
		if err := e.remember(ctx, known); err != nil {
			return err
		}
	}
	limited, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	got, err := account.Agenda.Publish(limited, s.want)
	if got.ID != "" {
		if got.ID != known.ID {
			known = store.Document{Pair: known.Pair, Account: known.Account, Unfinished: known.Unfinished}
			e.o.Log.Info("an agenda document is kept from now on", "account", account.Name)
		}
		known.ID, known.Link = got.ID, got.Link
	}
	if got.Shared {
		known.SharedWith = s.want.Share
	}
	if got.Section {
		known.Section, known.Topics = s.want.Section, s.topics
		e.papers.told[known.Pair] = s.want.Meeting.Start
	}
	if err == nil {
		known.LookedAt = w.now
	}
	if err == nil || len(got.Past) > 0 {
		known.Unfinished = unfinished(got.Past, s.past.sections)
	}
	if stored := e.remember(context.WithoutCancel(ctx), known); stored != nil {
		return stored
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	e.noteTrouble(account.Name, known.Pair, w.now, err)
	return nil
}

// unfinished counts the meetings in a row, up to the last one, that left a topic
// open (R22). Meetings that did not take place do not count.
func unfinished(past []agenda.Past, held map[string]bool) int {
	n := 0
	for _, p := range past {
		if !held[p.Section] {
			continue
		}
		if !p.Unfinished {
			break
		}
		n++
	}
	return n
}
