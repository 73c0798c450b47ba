package engine

import (
	"context"
	"errors"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/oneonone"
	"oneonone/internal/store"
)

// Publisher keeps the living documents of pairs where people can read and write
// them. It is used by one goroutine at a time.
type Publisher interface {
	// Publish makes the pair's document unless there is one, lets the other
	// person in, and puts the section of the next meeting at its top. Each of
	// these it does only where it has not been done, so that it may be called
	// again after any failure, and also when all records of the program are lost.
	// It never changes what people wrote, and never sends a mail.
	//
	// What was reached is returned with an error too: an ID and a Link that are
	// not empty hold. Errors are those of calendar.Provider; ErrRefused is about
	// this document alone and needs a person, all others concern every document
	// of the account.
	Publish(ctx context.Context, d agenda.Document) (agenda.Published, error)
}

// wantedLink is the agenda link that is to stand on an event.
type wantedLink struct {
	address string // "" for none
	unknown bool   // it cannot be had now: what stands there stays
}

// on returns the link that is to stand on ev.
func (l wantedLink) on(ev calendar.Event) string {
	if l.unknown {
		return ev.AgendaLink
	}
	return l.address
}

// linkOf returns the address of the agenda of c's pair: that of its document
// where an account keeps one, else that of the page, none when there are to be
// none. A page's link that stands on the pair's events is taken over, so that losing
// the program's records does not change what people have bookmarked, and two
// programs on the same calendars agree.
func (e *Engine) linkOf(ctx context.Context, w *world, c *care) (wantedLink, error) {
	if err := e.loadPapers(ctx); err != nil {
		return wantedLink{}, err
	}
	pair := c.pair.String()
	if keeper := e.keeperOf(w, c.pair); keeper != nil {
		d := e.papers.known[pair]
		return wantedLink{d.Link, d.Link == "" || d.Account != keeper.account.Name}, nil
	}
	if e.o.AgendaBase == "" {
		return wantedLink{}, nil
	}
	adopt := e.tokenOn(w, c.pair)
	token, known := e.tokens[pair]
	if !known || adopt != "" && adopt != token {
		var err error
		token, err = e.o.Store.EnsureAgenda(ctx, pair, adopt, func() (string, error) { return agenda.NewToken(e.o.Random) })
		if err != nil {
			return wantedLink{}, err
		}
		e.tokens[pair] = token
	}
	return wantedLink{address: agenda.Link(e.o.AgendaBase, token)}, nil
}

// tokenOn returns the token of the agenda link that stands on the events of the
// pair, "" when there is none. Of several, that in an organizer's copy counts,
// then that of the series with the first UID.
func (e *Engine) tokenOn(w *world, pair oneonone.Pair) string {
	found, uid, rank := "", "", 0
	for _, c := range w.cares {
		if c.pair != pair || !c.served {
			continue
		}
		for r, sd := range []*side{c.own, c.copied} {
			if sd == nil {
				continue
			}
			if token, ok := e.tokenIn(sd.s); ok && (found == "" || r < rank || r == rank && c.own.s.uid < uid) {
				found, uid, rank = token, c.own.s.uid, r
			}
		}
	}
	return found
}

// tokenIn returns the token of the agenda link on a series: that of the master,
// else that of an exception.
func (e *Engine) tokenIn(s *series) (string, bool) {
	if token, ok := agenda.TokenOf(e.o.AgendaBase, s.master.AgendaLink); ok {
		return token, true
	}
	for _, x := range s.exceptions {
		if token, ok := agenda.TokenOf(e.o.AgendaBase, x.AgendaLink); ok {
			return token, true
		}
	}
	return "", false
}

// recordAgendas tells the agenda pages when the pairs meet next. A pair has no
// page before its first link, and none when all of its meetings are over.
func (e *Engine) recordAgendas(ctx context.Context, w *world) error {
	if e.o.AgendaBase == "" {
		return nil
	}
	for pair, a := range e.agendaFacts(w) {
		if e.agenda[pair] == a {
			continue
		}
		if err := e.o.Store.PutAgendaFacts(ctx, a); errors.Is(err, store.ErrNoAgenda) {
			continue
		} else if err != nil {
			return err
		}
		e.agenda[pair] = a
	}
	return nil
}

// agendaFacts returns what is known of the meetings of each pair.
func (e *Engine) agendaFacts(w *world) map[string]store.Agenda {
	facts := map[string]store.Agenda{}
	for i, mt := range w.every {
		c := w.everySource[i].care
		if !c.served {
			continue
		}
		a, ok := facts[mt.Pair]
		if !ok {
			a = e.agendaOf(w, c)
		}
		if mt.Span.End.After(w.now) {
			if a.NextStart.IsZero() || mt.Span.Start.Before(a.NextStart) {
				a.NextStart, a.NextEnd, a.Zone = mt.Span.Start, mt.Span.End, zoneOf(mt.Span.Start)
			}
		} else {
			a.Held++
			a.PreviousAt = latest(a.PreviousAt, mt.Span.Start)
		}
		noteBegun(&a, mt, w.now)
		facts[mt.Pair] = a
	}
	return facts
}

func (e *Engine) agendaOf(w *world, c *care) store.Agenda {
	return store.Agenda{
		Pair:      c.pair.String(),
		Names:     [2]string{e.name(w, c.organizer), e.name(w, c.guest)},
		Addresses: [2]string{c.organizer, c.guest},
		Organizer: c.organizer,
		Relation:  e.relation(c.organizer, c.guest),
	}
}

// relation is what guest is to organizer. The configuration says of each
// contact what it is to the accounts' people.
func (e *Engine) relation(organizer, guest string) calendar.Relation {
	if ct := e.contact(guest); ct != nil {
		return ct.Relation
	}
	if ct := e.contact(organizer); ct != nil {
		return inverse[ct.Relation]
	}
	return calendar.RelationNone
}

var inverse = map[calendar.Relation]calendar.Relation{
	calendar.Report: calendar.Manager, calendar.Manager: calendar.Report,
	calendar.Mentor: calendar.Mentee, calendar.Mentee: calendar.Mentor,
	calendar.Peer: calendar.Peer, calendar.Friend: calendar.Friend,
}
