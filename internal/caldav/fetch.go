package caldav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"oneonone/internal/calendar"
)

const (
	firstBatch = 50
	minBatch   = 5
	maxBatch   = 500
	// A multiget should take about a second: Xandikos needs that for 25
	// objects, Radicale for thousands.
	briskBatch = time.Second
	slowBatch  = 3 * time.Second
	// maxServerErrors is how many objects in a row a server may fail to give
	// before it is the server that is at fault and not the objects.
	maxServerErrors = 10
)

// fetch gets the data of want, out of total resources in the calendar: in one
// query of everything when that is about what is wanted, else by multiget, and
// one by one what these leave out. Afterwards each entry has data, a reason, or
// is gone.
func (p *pull) fetch(ctx context.Context, want []*entry, total int) error {
	if len(want) > 1 && 2*len(want) >= total {
		if err := p.query(ctx, want); err != nil {
			return err
		}
		want = missing(want)
	}
	for len(want) > 1 && !p.learnt.noMultiget {
		n := min(p.learnt.batch, len(want))
		if err := p.multiget(ctx, want[:n]); err != nil {
			return err
		}
		if p.learnt.noMultiget {
			break
		}
		for _, e := range missing(want[:n]) {
			if err := p.single(ctx, e); err != nil {
				return err
			}
		}
		want = want[n:]
	}
	for _, e := range missing(want) {
		if err := p.single(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// missing returns the entries of which nothing is known yet.
func missing(all []*entry) []*entry {
	var left []*entry
	for _, e := range all {
		if !e.gone && e.reason == "" && (e.data == nil || e.etag == "") {
			left = append(left, e)
		}
	}
	return left
}

// query asks for all events. What the server leaves out, and a server that
// refuses, cost nothing but the request: some return a year only.
func (p *pull) query(ctx context.Context, want []*entry) error {
	a, err := p.c.report(ctx, p.col.url, "1", everyEvent, bulkLimit)
	if err != nil {
		if refused(err) {
			return nil
		}
		return err
	}
	p.fill(want, a, false)
	return nil
}

func (p *pull) multiget(ctx context.Context, want []*entry) error {
	hrefs := make([]string, len(want))
	for i, e := range want {
		hrefs[i] = e.href
	}
	began := time.Now()
	a, err := p.c.report(ctx, p.col.url, "", multigetBody(hrefs), bulkLimit)
	if err != nil {
		if refused(err) {
			p.learnt.noMultiget = true
			return nil
		}
		return err
	}
	switch took := time.Since(began); {
	case took < briskBatch && len(want) == p.learnt.batch:
		p.learnt.batch = min(2*p.learnt.batch, maxBatch)
	case took > slowBatch:
		p.learnt.batch = max(p.learnt.batch/2, minBatch)
	}
	if p.fill(want, a, true) == 0 {
		// Servers without a usable multiget answer with nothing, or with empty
		// hrefs (iCloud).
		p.learnt.noMultiget = true
	}
	return nil
}

// fill gives the entries what an answer says of them and returns how many it
// named. named says that the answer was about these very resources, so that
// what it says of a failure counts.
func (p *pull) fill(want []*entry, a answer, named bool) (found int) {
	byKey := make(map[string]*entry, len(want))
	for _, e := range want {
		byKey[e.key] = e
	}
	for _, it := range a.items {
		_, key, ok := p.col.member(it.href)
		e := byKey[key]
		if !ok || e == nil {
			continue
		}
		found++
		switch {
		case it.tooBig:
			e.reason = tooBig
		case it.data != nil && it.etag != "":
			e.data, e.etag = it.data, it.etag
		case named && (it.status == http.StatusNotFound || it.status == http.StatusGone):
			e.gone = true
		}
	}
	return found
}

// single gets one object by GET.
func (p *pull) single(ctx context.Context, e *entry) error {
	r, err := p.c.get(ctx, p.col, e.href)
	var status *statusError
	var unusable objectError
	switch {
	case err == nil:
		e.data, e.etag = r.data, r.etag
		p.errors = 0
	case errors.Is(err, calendar.ErrNotFound):
		e.gone = true
	case errors.As(err, &unusable):
		e.reason = unusable.Error()
	case refused(err) && errors.As(err, &status):
		if status.status >= 500 {
			if p.errors++; p.errors > maxServerErrors {
				return err
			}
			e.later = true
		}
		e.reason = err.Error()
	default:
		return err
	}
	return nil
}

// Get implements calendar.Provider.
func (c *Client) Get(ctx context.Context, calendarID, href string) (calendar.Resource, error) {
	col, err := c.open(ctx, calendarID)
	if err != nil {
		return calendar.Resource{}, err
	}
	o, err := c.get(ctx, col, href)
	if err != nil {
		return calendar.Resource{}, err
	}
	return calendar.Resource{Calendar: calendarID, Href: href, ETag: o.etag, Data: o.data}, nil
}

// object is a stored calendar object.
type object struct {
	etag calendar.ETag
	data []byte
}

// objectError is why one object cannot be had, when it is not the server's
// refusal.
type objectError string

func (e objectError) Error() string { return string(e) }

// get reads one object. There is no If-None-Match: SOGo's 304 has a body, which
// breaks the connection for the next request.
func (c *Client) get(ctx context.Context, col collection, href string) (object, error) {
	path, key, ok := col.member(href)
	if !ok {
		return object{}, objectError(fmt.Sprintf("%.80q does not lie in the calendar", href))
	}
	o, err := c.getAt(ctx, col, path)
	if errors.Is(err, calendar.ErrNotFound) && key != path {
		// iCloud spells "@" as %40 in its lists and knows only "@" in a GET.
		o, err = c.getAt(ctx, col, key)
	}
	if err != nil || o.etag != "" {
		return o, err
	}
	// Without an ETag there can be no safe write; a list may have one.
	a, err := c.report(ctx, col.url, "", multigetBody([]string{path}), quickLimit)
	if err != nil {
		if refused(err) {
			return o, nil
		}
		return object{}, err
	}
	for _, it := range a.items {
		if _, k, ok := newCollection(a.url).member(it.href); ok && k == key && it.data != nil {
			return object{it.etag, it.data}, nil
		}
	}
	return o, nil
}

func (c *Client) getAt(ctx context.Context, col collection, path string) (object, error) {
	var o object
	u, err := resolve(col.url, path)
	if err != nil {
		return o, objectError("its address cannot be read")
	}
	r := request{method: http.MethodGet, url: u, plain: true, limit: quickLimit}
	err = c.read(ctx, r, func(resp *response) error {
		if resp.status != http.StatusOK {
			return failed(r.method, resp)
		}
		data, err := io.ReadAll(io.LimitReader(resp.body, maxData+1))
		if err != nil {
			return err
		}
		if len(data) > maxData {
			return objectError(tooBig)
		}
		if webPage(resp.header) || bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) {
			return objectError("the server gives a web page for it")
		}
		o = object{calendar.ETag(resp.header.Get("ETag")), data}
		return nil
	})
	return o, err
}
