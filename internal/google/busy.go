package google

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

const (
	// busyBatch is how many calendars Google answers for in one request
	// (calendarExpansionMax).
	busyBatch = 50
	// busyChunk is the longest stretch that is asked about in one request:
	// Google's limit is not published.
	busyChunk = 4 * 7 * 24 * time.Hour
)

var _ calendar.BusyReader = (*Client)(nil)

// Busy implements calendar.BusyReader by freebusy.query, a request for each 50
// people and each four weeks. Whom Google does not know or does not show to the
// account, whose calendar it cannot read just now, and groups are missing.
func (c *Client) Busy(ctx context.Context, addresses []string, within span.Span) (map[string][]span.Span, error) {
	asked := slices.DeleteFunc(slices.Clone(addresses), func(a string) bool {
		// One id that is none would spoil the answer for everybody beside it.
		return strings.Count(a, "@") != 1 || strings.ContainsAny(a, " \t\r\n:/")
	})
	slices.Sort(asked)
	out := map[string][]span.Span{}
	for batch := range slices.Chunk(slices.Compact(asked), busyBatch) {
		for _, a := range batch {
			out[a] = []span.Span{}
		}
		for chunk := range chunks(within) {
			if err := c.busyIn(ctx, batch, chunk, out); err != nil {
				return nil, fmt.Errorf("asking when others are busy: %w", err)
			}
		}
	}
	return out, nil
}

// chunks cuts s into pieces that can be asked about.
func chunks(s span.Span) func(yield func(span.Span) bool) {
	return func(yield func(span.Span) bool) {
		for at := s.Start; at.Before(s.End); at = at.Add(busyChunk) {
			if !yield(span.Of(at, busyChunk).Intersect(s)) {
				return
			}
		}
	}
}

// busyIn adds to out when the people of one batch are busy in one chunk, and
// takes those out of it of whom the answer does not tell.
func (c *Client) busyIn(ctx context.Context, batch []string, chunk span.Span, out map[string][]span.Span) error {
	ask := &gcal.FreeBusyRequest{
		TimeMin: chunk.Start.UTC().Format(time.RFC3339), TimeMax: chunk.End.UTC().Format(time.RFC3339),
		CalendarExpansionMax: busyBatch,
	}
	for _, a := range batch {
		ask.Items = append(ask.Items, &gcal.FreeBusyRequestItem{Id: a})
	}
	answer, err := read(ctx, c, func(ctx context.Context) (*gcal.FreeBusyResponse, error) {
		return c.service.Freebusy.Query(ask).Context(ctx).Do(c.calls...)
	})
	if err != nil {
		return err
	}
	for _, a := range batch {
		known, ok := out[a]
		if !ok {
			continue
		}
		if busy, told := busySpans(answer, a, chunk); told {
			out[a] = append(known, busy...)
		} else {
			delete(out, a)
		}
	}
	return nil
}

// busySpans reads what the answer says about one address, and whether it tells
// all of the chunk.
func busySpans(answer *gcal.FreeBusyResponse, address string, chunk span.Span) ([]span.Span, bool) {
	from, to, ok := period(answer.TimeMin, answer.TimeMax)
	about, listed := answer.Calendars[address]
	if !ok || from.After(chunk.Start) || to.Before(chunk.End) || !listed || len(about.Errors) > 0 {
		return nil, false
	}
	var out []span.Span
	for _, b := range about.Busy {
		if b == nil {
			return nil, false
		}
		start, end, ok := period(b.Start, b.End)
		if !ok {
			return nil, false
		}
		out = append(out, span.Span{Start: start, End: end})
	}
	return out, true
}

func period(from, to string) (start, end time.Time, ok bool) {
	start, err := time.Parse(time.RFC3339, from)
	end, err2 := time.Parse(time.RFC3339, to)
	return start, end, err == nil && err2 == nil
}
