package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
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

// papers is what the engine knows of the documents that are agendas. Whatever
// goes wrong with them stops no move.
type papers struct {
	known   map[string]store.Document // by pair; nil until it was read
	failing map[string]*paperTrouble  // by account
	refused map[string]paperTrouble   // by pair
	told    map[string]time.Time      // by pair: the start of the next meeting as its document was last told
}

// paperTrouble is why documents cannot be kept, or one of them cannot.
type paperTrouble struct {
	account, words string
	since, nextTry time.Time
	failures       int // in a row
}

func (e *Engine) loadPapers(ctx context.Context) error {
	if e.papers.known != nil {
		return nil
	}
	all, err := e.o.Store.Documents(ctx)
	if err != nil {
		return err
	}
	e.papers = papers{map[string]store.Document{}, map[string]*paperTrouble{}, map[string]paperTrouble{}, map[string]time.Time{}}
	for _, d := range all {
		e.papers.known[d.Pair] = d
	}
	return nil
}

// trouble says what is wrong with an account's documents; its words are "" when
// nothing is.
func (p papers) trouble(account string) paperTrouble {
	if t := p.failing[account]; t != nil {
		return *t
	}
	for _, pair := range slices.Sorted(maps.Keys(p.refused)) {
		if t := p.refused[pair]; t.account == account {
			return t
		}
	}
	return paperTrouble{}
}

// keeperOf returns the account that keeps the document of a pair: the one that
// has it, else the one that organizes; nil when the pair has a page.
func (e *Engine) keeperOf(w *world, pair oneonone.Pair) *mirror {
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

// publish keeps the documents of all pairs, so many in a pass as it may make
// changes; the rest follows in the next ones.
func (p *passWriter) publish(w *world) {
	if !slices.ContainsFunc(p.e.o.Accounts, func(a Account) bool { return a.Agenda != nil }) {
		return
	}
	if p.err = p.e.loadPapers(p.ctx); p.err != nil {
		return
	}
	facts, next := p.e.agendaFacts(w), nextMeetings(w)
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
		s := p.e.sheetOf(w, keeper, facts[pair], next[pair])
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
	topics []string        // of the next meeting
	held   map[string]bool // sections of the meetings that have taken place
	due    bool
}

// sheetOf says what is wanted of the document of the pair whose next meeting is
// w.every[i].
func (e *Engine) sheetOf(w *world, keeper *mirror, facts store.Agenda, i int) sheet {
	mt, src := w.every[i], w.everySource[i]
	s := sheet{keeper: keeper, known: e.papers.known[mt.Pair], held: map[string]bool{}}
	s.known.Pair = mt.Pair
	if s.known.Account != keeper.account.Name {
		s.known = store.Document{Pair: mt.Pair, Account: keeper.account.Name}
	}
	var lastEnd time.Time
	for _, other := range w.every {
		if other.Pair == mt.Pair && !other.Span.End.After(w.now) {
			lastEnd = latest(lastEnd, other.Span.End)
			s.held[agenda.SectionKey(other.UID, other.Original)] = true
		}
	}
	s.want = agenda.Document{Key: agenda.DocumentKey(mt.Pair), ID: s.known.ID, Meeting: e.meetingFor(w, facts, i)}
	address := e.addressOf(src.care, src.care.pair.Other(e.people.Key(keeper.account.Person.Addresses[0])))
	if s.known.SharedWith != address {
		s.want.Share = address
	}
	section := agenda.SectionKey(mt.UID, mt.Original)
	early := w.now.Before(earliest(lastEnd.Add(writeUpFor), mt.Span.Start.Add(-writeUpFor)))
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
		known.Unfinished = unfinished(got.Past, s.held)
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

func (e *Engine) remember(ctx context.Context, d store.Document) error {
	if err := e.o.Store.PutDocument(ctx, d); err != nil {
		return err
	}
	e.papers.known[d.Pair] = d
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

// noteTrouble keeps what went wrong with a document: a refusal stops that one for
// a while, everything else all of the account.
func (e *Engine) noteTrouble(account, pair string, now time.Time, err error) {
	words := ""
	if err != nil {
		words = inWords(err)
	}
	was := e.papers.failing[account]
	old, wasRefused := e.papers.refused[pair]
	switch {
	case err == nil || errors.Is(err, calendar.ErrRefused):
		delete(e.papers.refused, pair)
		delete(e.papers.failing, account)
		if was != nil || err == nil && wasRefused {
			e.o.Log.Info("agenda documents work again", "account", account)
		}
		if err == nil {
			return
		}
		t := paperTrouble{account: account, words: words, since: now, nextTry: now.Add(refusedFor + jitter(pair, refusedFor/8)), failures: old.failures + 1}
		if old.words == words {
			t.since = old.since
		} else {
			e.o.Log.Error("an agenda document needs a look", "account", account, "err", words)
		}
		e.papers.refused[pair] = t
	default:
		t := &paperTrouble{account: account, words: words, since: now, failures: 1}
		if was != nil {
			t.since, t.failures = was.since, was.failures+1
		}
		wait := backoff(t.failures)
		var asked *calendar.RetryError
		if errors.As(err, &asked) {
			wait = max(wait, asked.After)
		}
		t.nextTry = now.Add(wait + jitter(account, wait/8))
		if was == nil || was.words != words {
			e.o.Log.Warn("agenda documents cannot be kept; meetings are looked after as before",
				"account", account, "err", words, "retry", t.nextTry.UTC().Format(time.RFC3339))
		}
		e.papers.failing[account] = t
	}
}
