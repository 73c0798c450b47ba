package engine

import (
	"context"
	"slices"
	"strings"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// recordTopics keeps what the two of each pair wrote under "Agenda:" into their
// next meeting, or into its series, for the agenda. What they wrote for later
// meetings of their own waits until those are next.
func (e *Engine) recordTopics(ctx context.Context, w *world) error {
	if e.o.AgendaBase == "" {
		return nil
	}
	for pair, i := range nextMeetings(w) {
		var topics []store.Topic
		if i != noMeeting {
			topics = e.topicsOf(w, i)
		}
		if told, known := e.topics[pair]; known && slices.Equal(told, topics) {
			continue
		}
		if err := e.o.Store.PutTopics(ctx, pair, topics, w.now); err != nil {
			return err
		}
		e.topics[pair] = topics
	}
	return nil
}

// noMeeting stands for a next meeting that is not planned.
const noMeeting = -1

// nextMeetings returns for each pair the index in w.every of the meeting that
// recordAgendas calls the next one.
func nextMeetings(w *world) map[string]int {
	next := map[string]int{}
	for i, mt := range w.every {
		if !w.everySource[i].care.served {
			continue
		}
		at, known := next[mt.Pair]
		if !known {
			next[mt.Pair], at = noMeeting, noMeeting
		}
		if mt.Span.End.After(w.now) && (at == noMeeting || mt.Span.Start.Before(w.every[at].Span.Start)) {
			next[mt.Pair] = i
		}
	}
	return next
}

// topicsOf returns the topics of one meeting. A line belongs to the person in
// whose copy of the event it stands. One that stands in both is the organizer's:
// the server, or whoever made both copies, has brought it to the guest.
func (e *Engine) topicsOf(w *world, i int) []store.Topic {
	mt, src := w.every[i], w.everySource[i]
	c := src.care
	var topics []store.Topic
	keep := func(person string, lines []string) {
		for n, line := range lines {
			topics = append(topics, store.Topic{
				Pair: mt.Pair, Person: person, UID: mt.UID, Original: mt.Original,
				Start: mt.Span.Start, End: mt.Span.End, Place: n, Text: line,
			})
		}
	}
	own := topicLines(c.own.s.master, &src.occ)
	keep(c.organizer, own)
	if c.answers != nil && c.answers != c.own {
		theirs := topicLines(c.answers.s.master, c.answers.s.at(mt.Original))
		keep(c.guest, without(theirs, own))
	}
	return topics
}

// topicLines returns what stands on a series, which counts for each of its
// meetings, and on the occurrence itself.
func topicLines(master *calendar.Event, o *calendar.Occurrence) []string {
	var lines []string
	if master != nil {
		lines = agenda.Topics(master.Description, master.HTML)
	}
	if o == nil || master != nil && o.Description == master.Description {
		return lines
	}
	return append(lines, without(agenda.Topics(o.Description, o.HTML), lines)...)
}

// without returns those of lines that are not among others, letter case aside.
func without(lines, others []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool {
		return slices.ContainsFunc(others, func(other string) bool { return strings.EqualFold(line, other) })
	})
}
