package caldav

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"oneonone/internal/calendar"
)

// A cursor is one of these kinds, a colon, and what the server gave; on lines of
// their own follow the hrefs of resources that the server failed to give and
// that are asked for again with the next pull.
const (
	cursorSync = "sync" // a sync token
	cursorCTag = "ctag" // the getctag of the calendar before its ETags were listed
	cursorList = "list" // nothing: the server has neither, each pull lists all ETags
)

// Pull implements calendar.Provider. A cursor always stands for a state at or
// before the one that is returned with it, so that a change between two
// requests is seen again rather than lost. A token that the server no longer
// knows leads to a comparison of everything with since.Known. A resource that
// was skipped because the server broke is asked for again by the next pull,
// any other when it changes and by every full comparison.
func (c *Client) Pull(ctx context.Context, calendarID string, since calendar.Since) (calendar.Changes, error) {
	col, err := c.open(ctx, calendarID)
	if err != nil {
		return calendar.Changes{}, err
	}
	p := &pull{c: c, col: col, id: calendarID, learnt: c.learnt(calendarID), since: since}
	lines := strings.Split(since.Cursor, "\n")
	kind, state, _ := strings.Cut(lines[0], ":")
	p.pending = lines[1:]
	switch {
	case since.Cursor == "":
		return p.everything(ctx)
	case kind == cursorSync && p.learnt.syncs():
		return p.sync(ctx, state)
	case kind == cursorSync:
		return p.everything(ctx)
	case kind == cursorCTag || kind == cursorList:
		return p.compare(ctx, kind, state)
	}
	return calendar.Changes{}, calendar.ErrGone
}

// pull is one call of Pull.
type pull struct {
	c      *Client
	col    collection
	id     string
	learnt *learnt
	since  calendar.Since

	pending []string // hrefs that an earlier pull did not get

	held   map[string]held // Since.Known by key, made when first needed
	errors int             // objects the server failed to give, one after the other
}

// held is a resource that the caller has.
type held struct {
	href string
	etag calendar.ETag
}

// arrived notes where an answer came from. Behind a redirect the hrefs are
// those of the place it led to.
func (p *pull) arrived(a answer) {
	if at := newCollection(a.url); at.key != p.col.key || origin(a.url) != origin(p.col.url) {
		p.col, p.held = at, nil
		p.learnt.moved = a.url
	}
}

// known looks up what the caller has under key.
func (p *pull) known(key string) (held, bool) {
	if p.held == nil {
		p.held = make(map[string]held, len(p.since.Known))
		for href, etag := range p.since.Known {
			if _, k, ok := p.col.member(href); ok {
				p.held[k] = held{href, etag}
			}
		}
	}
	h, ok := p.held[key]
	return h, ok
}

// everything loads or compares the whole calendar.
func (p *pull) everything(ctx context.Context) (calendar.Changes, error) {
	if !p.learnt.syncs() {
		return p.compare(ctx, "", "")
	}
	wanted := etagOnly
	if len(p.since.Known) == 0 {
		wanted = withData
	}
	l, token, err := p.pages(ctx, "", wanted)
	if err == nil && token != "" {
		return p.changes(ctx, l, cursorSync+":"+token, true)
	}
	if err != nil && !refused(err) {
		return calendar.Changes{}, err
	}
	changes, err := p.compare(ctx, "", "")
	// Only now is it sure that it was the report that the server did not like.
	p.learnt.noSync = p.learnt.noSync || err == nil
	return changes, err
}

// sync asks for what changed since token.
func (p *pull) sync(ctx context.Context, token string) (calendar.Changes, error) {
	l, next, err := p.pages(ctx, token, withData)
	switch {
	case err == nil && next != "":
		p.learnt.deadTokens = 0
		return p.changes(ctx, l, cursorSync+":"+next, false)
	case err != nil && !refused(err):
		return calendar.Changes{}, err
	}
	// RFC 6578 §3.8 wants 403 with valid-sync-token; what servers send goes
	// from 400 to 500, and some leave the new token out.
	p.learnt.deadTokens++
	return p.everything(ctx)
}

// refused reports whether err is the server's answer to this very request,
// rather than trouble that another request would meet too.
func refused(err error) bool {
	var status *statusError
	var busy *calendar.RetryError
	if errors.As(err, &busy) || !errors.As(err, &status) {
		return false
	}
	switch status.status {
	case http.StatusUnauthorized, http.StatusBadGateway, http.StatusGatewayTimeout:
		return false
	}
	return true
}

// errCircling is a server that does not come to an end.
var errCircling = errors.New("the server gives its changes page by page without coming to an end")

const maxPages = 10_000

// pages sends sync-collection until the server has nothing more to add: an
// answer with status 507 for the calendar itself is to be continued with the
// token in it (RFC 6578 §3.6).
func (p *pull) pages(ctx context.Context, token, wanted string) (*listing, string, error) {
	limit := bulkLimit
	if token != "" {
		limit = syncLimit
	}
	l := p.newListing()
	for range maxPages {
		a, err := p.c.report(ctx, p.col.url, "0", syncBody(token, wanted), limit)
		if err != nil {
			return nil, "", err
		}
		p.arrived(a)
		// On the first page of everything, Radicale lists what was deleted too.
		if more := l.add(a, token == ""); !more {
			return l, a.syncToken, nil
		}
		if a.syncToken == "" || a.syncToken == token {
			return nil, "", errCircling
		}
		token = a.syncToken
	}
	return nil, "", errCircling
}

// compare lists the ETags of the calendar, unless its state still is the one
// that the cursor names.
func (p *pull) compare(ctx context.Context, kind, state string) (calendar.Changes, error) {
	a, err := p.c.propfind(ctx, p.col.url, "0", findState, quickLimit)
	if err != nil {
		return calendar.Changes{}, err
	}
	ctag := a.self().ctag
	cursor := cursorList + ":"
	if ctag != "" {
		cursor = cursorCTag + ":" + ctag
		if kind == cursorCTag && state == ctag {
			return p.changes(ctx, p.newListing(), cursor, false)
		}
	}
	a, err = p.c.propfind(ctx, p.col.url, "1", listETags, bulkLimit)
	if err != nil {
		return calendar.Changes{}, err
	}
	p.arrived(a)
	l := p.newListing()
	if l.add(a, true) {
		return calendar.Changes{}, errors.New("the server does not give the whole list of the calendar's events")
	}
	return p.changes(ctx, l, cursor, true)
}
