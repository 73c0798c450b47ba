package caldav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"oneonone/internal/calendar"
)

// listing is what the server said of a calendar's resources, the last word on
// each.
type listing struct {
	p       *pull
	entries []entry
	index   map[string]int // by key
	foreign int            // items that lie elsewhere
}

// entry is one resource of the server.
type entry struct {
	href string // as the caller knows it, else as the server spells it
	key  string
	etag calendar.ETag
	data []byte
	gone bool
	// reason says why data cannot be had, later that it is worth another try.
	reason string
	later  bool
}

func (p *pull) newListing() *listing {
	return &listing{p: p, index: make(map[string]int)}
}

const tooBig = "it is larger than 4 MiB"

// add takes the items of an answer. more says that the server has not given
// everything yet. complete says that the answer is a list of what there is, in
// which a missing resource is of no interest.
func (l *listing) add(a answer, complete bool) (more bool) {
	at := l.p.col
	for _, it := range a.items {
		if at.itself(it.href) {
			more = more || it.status == http.StatusInsufficientStorage
			continue
		}
		href, key, ok := at.member(it.href)
		if !ok {
			if !it.collection {
				l.foreign++
			}
			continue
		}
		if it.collection {
			continue
		}
		e := entry{href: href, key: key, etag: it.etag, data: it.data}
		switch {
		case it.status == http.StatusNotFound || it.status == http.StatusGone:
			e.gone = true
		case it.tooBig:
			e.reason = tooBig
		case it.status >= 400:
			e.reason = fmt.Sprintf("the server refuses it with %d", it.status)
			e.later = it.status >= 500 || it.status == http.StatusLocked
		}
		l.put(e, complete)
	}
	return more
}

func (l *listing) put(e entry, complete bool) {
	i, seen := l.index[e.key]
	switch {
	case seen:
		e.href = l.entries[i].href
		l.entries[i] = e
		return
	case e.gone && complete:
		return
	}
	if h, ok := l.p.known(e.key); ok {
		e.href = h.href
	}
	l.index[e.key] = len(l.entries)
	l.entries = append(l.entries, e)
}

// addPending adds what an earlier pull did not get, unless there is news of it.
func (l *listing) addPending() {
	for _, href := range l.p.pending {
		if _, key, ok := l.p.col.member(href); ok {
			if _, seen := l.index[key]; !seen {
				l.put(entry{href: href, key: key}, false)
			}
		}
	}
}

// maxPending bounds the length of a cursor. What is beyond waits for the next
// full comparison.
const maxPending = 50

// again is the part of a cursor that names what is to be asked for again.
func again(entries []entry) string {
	var b strings.Builder
	n := 0
	for _, e := range entries {
		if e.later && !e.gone && n < maxPending && !strings.Contains(e.href, "\n") {
			b.WriteString("\n" + e.href)
			n++
		}
	}
	return b.String()
}

// changes turns a listing into the answer of Pull, fetching what is new.
func (p *pull) changes(ctx context.Context, l *listing, cursor string, full bool) (calendar.Changes, error) {
	if full && len(l.entries) == 0 && l.foreign > 0 {
		// Taken at its word, this would be an empty calendar.
		return calendar.Changes{}, errors.New("the server lists events under addresses outside the calendar")
	}
	if !full {
		l.addPending()
	}
	var want []*entry
	fresh := make([]bool, len(l.entries))
	for i := range l.entries {
		e := &l.entries[i]
		if h, ok := p.known(e.key); e.gone || ok && sameETag(e.etag, h.etag) {
			continue
		}
		fresh[i] = true
		if e.reason == "" && (e.data == nil || e.etag == "") {
			want = append(want, e)
		}
	}
	if err := p.fetch(ctx, want, max(len(l.entries), len(p.since.Known))); err != nil {
		return calendar.Changes{}, err
	}
	out := calendar.Changes{Cursor: cursor + again(l.entries), Full: full}
	for i, e := range l.entries {
		switch {
		case e.gone:
			if _, had := p.known(e.key); !full && (had || p.since.Known == nil) {
				out.Removed = append(out.Removed, e.href)
			}
			continue
		case fresh[i] && e.reason != "":
			out.Skipped = append(out.Skipped, calendar.Skipped{Href: e.href, Reason: e.reason})
		case fresh[i]:
			out.Changed = append(out.Changed, calendar.Resource{Calendar: p.id, Href: e.href, ETag: e.etag, Data: e.data})
		}
		if full {
			out.Hrefs = append(out.Hrefs, e.href)
		}
	}
	return out, nil
}
