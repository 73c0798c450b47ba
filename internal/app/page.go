package app

import (
	"context"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/store"
	"oneonone/internal/web"
)

// pressed is the source of lengths that people noted on the agenda page (R20).
const pressed = "done"

// page returns the agenda page that a token leads to.
func (a *App) page(ctx context.Context, token string) (agenda.Page, bool, error) {
	row, found, err := a.store.AgendaByToken(ctx, token)
	if err != nil || !found {
		return agenda.Page{}, false, err
	}
	zone := zoneNamed(row.Zone)
	m := agenda.Meeting{
		Person: row.Names[0], Other: row.Names[1], Relation: row.Relation, Number: row.Held + 1,
	}
	if !row.NextStart.IsZero() {
		m.Start, m.End = row.NextStart.In(zone), row.NextEnd.In(zone)
		if m.PersonsTopics, m.OthersTopics, err = a.topics(ctx, row); err != nil {
			return agenda.Page{}, false, err
		}
	}
	if !row.PreviousAt.IsZero() {
		m.Previous = row.PreviousAt.In(zone)
	}
	running, err := a.runningOf(ctx, row)
	if err != nil {
		return agenda.Page{}, false, err
	}
	p := agenda.Next(m)
	p.Ending = agenda.EndingOf(running, time.Now())
	return p, true, nil
}

// topics returns what the two people of an agenda wrote for their next meeting.
func (a *App) topics(ctx context.Context, row store.Agenda) (persons, others []string, err error) {
	topics, err := a.store.Topics(ctx, row.Pair, row.NextStart)
	for _, t := range topics {
		if t.Person == row.Addresses[0] {
			persons = append(persons, t.Text)
		} else {
			others = append(others, t.Text)
		}
	}
	return persons, others, err
}

// runningOf returns the pair's last meeting that has begun, with what was noted
// of its length on the page.
func (a *App) runningOf(ctx context.Context, row store.Agenda) (agenda.Running, error) {
	if row.CurrentStart.IsZero() {
		return agenda.Running{}, nil
	}
	zone := zoneNamed(row.Zone)
	r := agenda.Running{Start: row.CurrentStart.In(zone), End: row.CurrentEnd.In(zone), Next: row.NextStart}
	const dragged = 24 * time.Hour // by how much a person may have put it off since it was noted
	noted, err := a.store.Lengths(ctx, row.Pair, row.CurrentStart.Add(-dragged))
	for _, l := range noted {
		if l.Source == pressed && l.UID == row.CurrentUID && l.Original.Equal(row.CurrentOriginal) {
			r.Took, r.NotedAt = l.Length, l.NotedAt
		}
	}
	return r, err
}

// press does what a person pressed on the page that a token leads to. Who
// presses first counts; the other one then reads what was noted.
func (a *App) press(ctx context.Context, token string, p web.Press) (found, applies bool, err error) {
	now := time.Now()
	row, found, err := a.store.AgendaByToken(ctx, token)
	if err != nil || !found {
		return false, false, err
	}
	r, err := a.runningOf(ctx, row)
	if err != nil || !r.Asks(now) || r.Start.Unix() != p.Meeting.Unix() {
		return true, false, err
	}
	if p.Mistake {
		if r.NotedAt.IsZero() {
			return true, true, nil
		}
		if !r.Undoes(now) {
			return true, false, nil
		}
		return true, true, a.store.DropLength(ctx, row.Pair, row.CurrentUID, row.CurrentOriginal, pressed)
	}
	_, err = a.store.PutLength(ctx, store.Length{
		Pair: row.Pair, UID: row.CurrentUID, Original: row.CurrentOriginal, Start: row.CurrentStart,
		Length: now.Sub(r.Start), Source: pressed, NotedAt: now,
	})
	return true, true, err
}
