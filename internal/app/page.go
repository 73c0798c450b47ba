package app

import (
	"context"

	"oneonone/internal/agenda"
)

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
		topics, err := a.store.Topics(ctx, row.Pair, row.NextStart)
		if err != nil {
			return agenda.Page{}, false, err
		}
		for _, t := range topics {
			if t.Person == row.Addresses[0] {
				m.PersonsTopics = append(m.PersonsTopics, t.Text)
			} else {
				m.OthersTopics = append(m.OthersTopics, t.Text)
			}
		}
	}
	if !row.PreviousAt.IsZero() {
		m.Previous = row.PreviousAt.In(zone)
	}
	return agenda.Next(m), true, nil
}
