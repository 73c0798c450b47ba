package demo

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"oneonone/internal/agenda"
	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// happening is one thing that a person did, in words, and what it is about.
type happening struct {
	key  key
	what string // "Bob declined “Ann / Bob” on Mon 7 Dec 11:00"
	// quiet is what there is to say when the program does nothing about it.
	quiet string
}

// key names an occurrence; original is in unix seconds, 0 for an event that
// does not recur.
type key struct {
	uid      string
	original int64
}

func keyOf(uid string, original time.Time) key {
	if original.IsZero() {
		return key{uid: uid}
	}
	return key{uid, original.Unix()}
}

// told is how times are told, in Ann's zone.
const told = "Mon 2 Jan 15:04"

// changes says what an edit changed: of the series as a whole, or, when it left
// that alone, of its occurrences from now to the horizon.
func changes(e edit, horizon span.Span, zone *time.Location) []happening {
	d := differences{who: called(e.user), address: e.user + domain, zone: zone}
	before, after := versionOf(e.before, horizon), versionOf(e.after, horizon)
	if before.series() || after.series() {
		d.series = true
		d.object(before, after)
		d.series = false
	} else if len(e.before) == 0 || len(e.after) == 0 {
		d.object(before, after)
	}
	if len(d.found) == 0 {
		d.occurrences(before.meetings, after.meetings)
	}
	return d.found
}

// maxTold bounds what is told of one edit.
const maxTold = 3

// version is one state of a series or a single event.
type version struct {
	master   *calendar.Event // or the event that does not recur; nil when there is none
	meetings map[key]calendar.Occurrence
}

func (v version) series() bool { return v.master != nil && v.master.Recurs() }

// versionOf reads the events of one series, or a single one.
func versionOf(events []calendar.Event, in span.Span) version {
	v := version{meetings: map[key]calendar.Occurrence{}}
	var exceptions []calendar.Event
	for i, ev := range events {
		if ev.IsException() {
			exceptions = append(exceptions, ev)
		} else {
			v.master = &events[i]
		}
	}
	if v.master == nil {
		return v
	}
	found, _, err := recur.Expand(*v.master, exceptions, in)
	if err != nil {
		return v
	}
	for _, o := range found {
		v.meetings[keyOf(o.UID, o.Original)] = o
	}
	return v
}

// keysOfBoth yields the keys of both maps, each once.
func keysOfBoth[K comparable, V any](a, b map[K]V) iter.Seq[K] {
	return func(yield func(K) bool) {
		for k := range a {
			if !yield(k) {
				return
			}
		}
		for k := range b {
			if _, twice := a[k]; !twice && !yield(k) {
				return
			}
		}
	}
}

// differences collects what one person did.
type differences struct {
	who, address string
	zone         *time.Location
	series       bool // it was done to a whole series
	found        []happening
}

func (d *differences) note(k key, what, quiet string) {
	d.found = append(d.found, happening{k, d.who + " " + what, quiet})
}

// object compares two states of an object as a whole.
func (d *differences) object(before, after version) {
	switch {
	case before.master == nil && after.master == nil:
	case after.master == nil:
		d.note(key{uid: before.master.UID}, "deleted "+d.name(occurrenceOf(before)), "that is respected")
	case before.master == nil:
		d.note(key{uid: after.master.UID}, "added "+d.name(occurrenceOf(after)), "it is in nobody's way")
	default:
		d.changed(key{uid: after.master.UID}, occurrenceOf(before), occurrenceOf(after))
	}
}

func occurrenceOf(v version) calendar.Occurrence { return calendar.Occurrence{Event: *v.master} }

// occurrences compares the meetings of two states of an object.
func (d *differences) occurrences(before, after map[key]calendar.Occurrence) {
	for _, k := range slices.SortedFunc(keysOfBoth(before, after), func(a, b key) int { return cmp.Compare(a.original, b.original) }) {
		if len(d.found) >= maxTold {
			return
		}
		old, was := before[k]
		now, is := after[k]
		switch {
		case was && is:
			d.changed(k, old, now)
		case was:
			d.note(k, "deleted "+d.name(old), "that is respected")
		default:
			d.note(k, "added "+d.name(now), "it is in nobody's way")
		}
	}
}

// name tells an occurrence by its title and its time, a series by its title.
func (d *differences) name(o calendar.Occurrence) string {
	if d.series {
		return "the whole series " + title(o)
	}
	return title(o) + " on " + d.when(o)
}

func (d *differences) when(o calendar.Occurrence) string { return o.Start.In(d.zone).Format(told) }

func title(o calendar.Occurrence) string {
	if t := agenda.Clean(o.Title); t != "" {
		return "“" + t + "”"
	}
	return "an event without a title"
}

func (d *differences) changed(k key, old, now calendar.Occurrence) {
	switch length := now.Span().Duration(); {
	case !old.Start.Equal(now.Start):
		d.dragged(k, old, now)
	case old.Span().Duration() != length:
		d.note(k, fmt.Sprintf("made %s %d minutes long", d.name(old), int(length.Minutes())), "it stays as it is now")
	}
	d.answered(k, old, now)
	d.tagged(k, old, now)
}

// dragged notes that something was given another start.
func (d *differences) dragged(k key, old, now calendar.Occurrence) {
	quiet := "it stays there, and nobody moves it again"
	if d.series {
		d.note(k, fmt.Sprintf("dragged %s to %s", d.name(old), now.Start.In(d.zone).Format("Mon 15:04")), "it is looked after where it is now")
		return
	}
	if now.Organizer != "" && now.Organizer != d.address {
		quiet = "it stays there; only the organizer can move it for both"
	}
	d.note(k, fmt.Sprintf("dragged %s from %s to %s", title(old), d.when(old), d.when(now)), quiet)
}

// answered notes another answer of the one who did it.
func (d *differences) answered(k key, old, now calendar.Occurrence) {
	was, _ := old.AnswerOf([]string{d.address})
	if is, _ := now.AnswerOf([]string{d.address}); is != was {
		if verb := verbs[is]; verb != "" {
			quiet := "nothing to do"
			switch {
			case d.series && is == calendar.Declined:
				quiet = "it is not looked after any more"
			case d.series && was == calendar.Declined:
				quiet = "it is looked after again"
			}
			d.note(k, verb+" "+d.name(now), quiet)
		}
	}
}

// tagged notes that #pin was written or taken off.
func (d *differences) tagged(k key, old, now calendar.Occurrence) {
	pinned, _, _ := agenda.Tags(old.Title, old.Description, false)
	if pins, _, _ := agenda.Tags(now.Title, now.Description, false); pins != pinned {
		if pins {
			d.note(k, "wrote #pin on "+d.name(now), "it stays where it is from now on")
		} else {
			d.note(k, "took #pin off "+d.name(now), "it may be moved again")
		}
	}
}

var verbs = map[calendar.Answer]string{
	calendar.Accepted: "accepted", calendar.Declined: "declined", calendar.Maybe: "said maybe to",
}
