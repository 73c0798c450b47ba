package google

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	gmeet "google.golang.org/api/meet/v2"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

const (
	// recordMargin is how far from the planned time a conference may be that still
	// is the meeting.
	recordMargin = 30 * time.Minute
	// earliestRecord is how long before a meeting a conference may have begun that
	// still goes on then: somebody was in the room all morning.
	earliestRecord = 12 * time.Hour
	// reconnect is the longest break in which two people come back to the same
	// meeting after it was to be over. What they talk about later is another one.
	reconnect = 15 * time.Minute
	// mostRecords is for how many conferences around one meeting the room is
	// taken for one of a 1:1.
	mostRecords = 8
	// mostPeople is for how many participants a conference is taken for a 1:1:
	// two people, and for each a meeting room's device or a telephone.
	mostPeople = 4
)

// Measured implements calendar.Measurer. A conference that a line broke goes on
// in another record, so all around the meeting are looked at; the room may have
// been used for other talks too, so what does not go with the meeting is left out.
func (m *Meet) Measured(ctx context.Context, conference string, at span.Span) (length time.Duration, found bool, err error) {
	if m.lacks != nil {
		return 0, false, m.lacks
	}
	if !meetingCode.MatchString(conference) {
		return 0, false, nil
	}
	records, err := m.records(ctx, conference, at)
	if err != nil || len(records) > mostRecords {
		return 0, false, gone(err)
	}
	var both []span.Span
	for _, r := range records {
		if r.EndTime == "" {
			return 0, false, nil // They still talk.
		}
		spans, err := m.together(ctx, r)
		if gone(err) != nil {
			return 0, false, err
		}
		both = append(both, spans...)
	}
	length = lengthOf(span.NewSet(both...), at).Truncate(time.Second)
	return length, length > 0, nil
}

// gone takes away the error that says that a record has vanished, or that nobody
// has ever been in the room.
func gone(err error) error {
	if errors.Is(err, calendar.ErrNotFound) {
		return nil
	}
	return err
}

// records lists the conferences in a room that may be the meeting.
func (m *Meet) records(ctx context.Context, conference string, at span.Span) ([]*gmeet.ConferenceRecord, error) {
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	near := at.Pad(recordMargin, recordMargin)
	filter := fmt.Sprintf(`space.meeting_code = %q AND start_time>=%q AND start_time<=%q`,
		conference, stamp(near.Start.Add(-earliestRecord)), stamp(near.End))
	list, err := pages(ctx, m.client, func(ctx context.Context, token string) ([]*gmeet.ConferenceRecord, string, error) {
		call := m.service.ConferenceRecords.List().Filter(filter).PageSize(100).Context(ctx)
		if token != "" {
			call.PageToken(token)
		}
		r, err := call.Do(m.client.calls...)
		if err != nil {
			return nil, "", err
		}
		return r.ConferenceRecords, r.NextPageToken, nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing conferences: %w", err)
	}
	return slices.DeleteFunc(list, func(r *gmeet.ConferenceRecord) bool {
		if r == nil {
			return true
		}
		s, err := stay(r.StartTime, r.EndTime, near.End)
		return err != nil || !s.Overlaps(near)
	}), nil
}

// together returns when at least two people were in a conference at once. A
// person on two devices is one; somebody who is not signed in cannot be told from
// another, and counts as one for each name that Meet has for the conference. So
// does the device of a meeting room, which Meet does not tell from a person.
func (m *Meet) together(ctx context.Context, r *gmeet.ConferenceRecord) (span.Set, error) {
	people, err := pages(ctx, m.client, func(ctx context.Context, token string) ([]*gmeet.Participant, string, error) {
		call := m.service.ConferenceRecords.Participants.List(r.Name).PageSize(250).Context(ctx)
		if token != "" {
			call.PageToken(token)
		}
		p, err := call.Do(m.client.calls...)
		if err != nil {
			return nil, "", err
		}
		return p.Participants, p.NextPageToken, nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing who was in a conference: %w", err)
	}
	names := map[string][]string{} // of participants, by person
	for _, p := range people {
		if p != nil {
			names[personOf(p)] = append(names[personOf(p)], p.Name)
		}
	}
	if len(names) < 2 || len(names) > mostPeople {
		return nil, nil
	}
	var anybody, both span.Set
	for _, person := range slices.Sorted(maps.Keys(names)) {
		there, err := m.sessions(ctx, names[person], r)
		if err != nil {
			return nil, err
		}
		both = both.Union(there.Intersect(anybody))
		anybody = anybody.Union(there)
	}
	return both, nil
}

// personOf tells who a participant is: the same person on another device has the
// same user.
func personOf(p *gmeet.Participant) string {
	if u := p.SignedinUser; u != nil && u.User != "" {
		return u.User
	}
	return p.Name
}

// sessions returns when a person was in a conference.
func (m *Meet) sessions(ctx context.Context, participants []string, r *gmeet.ConferenceRecord) (span.Set, error) {
	end, err := time.Parse(time.RFC3339, r.EndTime)
	if err != nil {
		return nil, errors.New("Google Meet tells no time at which a conference ended")
	}
	var there []span.Span
	for _, name := range participants {
		list, err := pages(ctx, m.client, func(ctx context.Context, token string) ([]*gmeet.ParticipantSession, string, error) {
			call := m.service.ConferenceRecords.Participants.ParticipantSessions.List(name).PageSize(250).Context(ctx)
			if token != "" {
				call.PageToken(token)
			}
			s, err := call.Do(m.client.calls...)
			if err != nil {
				return nil, "", err
			}
			return s.ParticipantSessions, s.NextPageToken, nil
		})
		if err != nil {
			return nil, fmt.Errorf("listing when somebody was in a conference: %w", err)
		}
		for _, s := range list {
			if s == nil {
				continue
			}
			if x, err := stay(s.StartTime, s.EndTime, end); err == nil {
				there = append(there, x)
			}
		}
	}
	return span.NewSet(there...), nil
}

// stay reads a start and an end as Meet tells them. What has no end goes on
// until otherwise.
func stay(start, end string, otherwise time.Time) (s span.Span, err error) {
	if s.Start, err = time.Parse(time.RFC3339, start); err != nil {
		return s, err
	}
	s.End = otherwise
	if end != "" {
		s.End, err = time.Parse(time.RFC3339, end)
	}
	return s, err
}

// lengthOf returns how long the meeting at took, when its two people were both in
// the room at the given times: what overlaps the meeting, or else is nearest to
// it, with what follows on it after a short break, before and after.
func lengthOf(both span.Set, at span.Span) time.Duration {
	from, to := -1, -1 // the first and the last of both that belong to it
	for i, s := range both {
		if s.Overlaps(at) {
			if from < 0 {
				from = i
			}
			to = i
		}
	}
	if from < 0 {
		least := recordMargin
		for i, s := range both {
			if d := max(at.Start.Sub(s.End), s.Start.Sub(at.End)); d <= least {
				from, to, least = i, i, d
			}
		}
	}
	if from < 0 {
		return 0
	}
	for from > 0 && both[from].Start.Sub(both[from-1].End) <= reconnect {
		from--
	}
	for to+1 < len(both) && both[to+1].Start.Sub(both[to].End) <= reconnect {
		to++
	}
	var sum time.Duration
	for _, s := range both[from : to+1] {
		sum += s.Duration()
	}
	return sum
}

// meetPages bounds a list that does not end.
const meetPages = 10

// pages reads a list to its end.
func pages[T any](ctx context.Context, c *Client, page func(ctx context.Context, token string) ([]T, string, error)) ([]T, error) {
	type part struct {
		items []T
		next  string
	}
	var all []T
	token := ""
	for range meetPages {
		p, err := read(ctx, c, func(ctx context.Context) (part, error) {
			items, next, err := page(ctx, token)
			return part{items, next}, err
		})
		if err != nil {
			return nil, err
		}
		all = append(all, p.items...)
		if token = p.next; token == "" {
			return all, nil
		}
	}
	return nil, errors.New("the list of Google Meet does not end")
}
