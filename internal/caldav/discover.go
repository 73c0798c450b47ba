package caldav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"oneonone/internal/calendar"
)

// account is what discovery found.
type account struct {
	homes    []*url.URL
	given    *url.URL // the start itself when it is a calendar
	delivers bool
}

// discover finds the calendar homes from any starting URL: RFC 6764 §6 without
// the DNS part, and the ways of servers that do without a principal.
func (c *Client) discover(ctx context.Context) (*account, error) {
	var first error
	var given answer // what stands at the URL of the options
	for i, u := range c.startingPoints() {
		a, err := c.propfind(ctx, u, "0", findPrincipal, quickLimit)
		if err == nil && i == 0 {
			given = a
		}
		var found *account
		if err == nil {
			found, err = c.homes(ctx, a)
		}
		switch {
		case err == nil:
			if given.multistatus != nil && given.self().calendar {
				found.given = given.url
			}
			return found, nil
		case ctx.Err() != nil, errors.Is(err, calendar.ErrAuth), !answered(err):
			return nil, err
		case i == 0:
			first = err
		}
	}
	// No principal anywhere: the URL was meant as the home, or as the calendar
	// itself (Synology).
	switch {
	case given.multistatus != nil && given.self().calendar:
		return &account{given: given.url}, nil
	case given.multistatus != nil && given.self().collection:
		return &account{homes: []*url.URL{given.url}}, nil
	}
	return nil, fmt.Errorf("no calendars were found at %s: %w", c.start.Redacted(), first)
}

// answered reports whether there is a server behind err, so that it makes sense
// to try another address on it.
func answered(err error) bool {
	var status *statusError
	var busy *calendar.RetryError
	if errors.As(err, &busy) {
		return false
	}
	return errors.As(err, &status) || errors.Is(err, errWebPage) || errors.Is(err, errXML) || errors.Is(err, errNoHome)
}

var errNoHome = errors.New("the server names no place for calendars there")

// startingPoints are the URL that was given, the well-known one (RFC 6764 §5)
// and the root of the server, without repetition.
func (c *Client) startingPoints() []*url.URL {
	points := []*url.URL{c.start}
	for _, path := range []string{"/.well-known/caldav", "/"} {
		u := *c.start
		u.Path, u.RawPath = path, ""
		if !slices.ContainsFunc(points, func(p *url.URL) bool { return p.Path == path }) {
			points = append(points, &u)
		}
	}
	return points
}

// homes finds the homes of the account from what stands at one starting point.
// A principal that is named counts for more than a home that is named beside
// it: some servers put a home on every resource.
func (c *Client) homes(ctx context.Context, a answer) (*account, error) {
	here := a.self()
	if here.principalURL != "" {
		principal, err := c.named(a.url, here.principalURL)
		if err != nil {
			return nil, err
		}
		at, err := c.propfind(ctx, principal, "0", findPrincipal, quickLimit)
		if err != nil {
			return nil, fmt.Errorf("reading what the server knows of the account: %w", err)
		}
		if p := at.self(); len(p.homes) > 0 {
			a, here = at, p
		}
	}
	found := new(account)
	for _, h := range here.homes {
		home, err := c.named(a.url, h)
		if err != nil {
			return nil, err
		}
		found.homes = append(found.homes, home)
	}
	if len(found.homes) == 0 {
		return nil, errNoHome
	}
	var err error
	found.delivers, err = c.delivers(ctx, found.homes[0], a.header, here.outbox)
	return found, err
}

// self returns the properties of the resource that was asked for with Depth 0.
func (a answer) self() props {
	at := newCollection(a.url)
	for _, it := range a.items {
		if at.itself(it.href) {
			return it.props
		}
	}
	if len(a.items) == 1 {
		return a.items[0].props // spelled in a way of its own
	}
	return props{}
}

// named resolves an href that an answer from base named, and lets the password
// go there if the rule allows it. A server behind a proxy often does not know
// its own scheme and port: the same host is met where it was met before.
func (c *Client) named(base *url.URL, href string) (*url.URL, error) {
	u, err := resolve(base, href)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("the server names an address that cannot be read: %.80q", href)
	}
	if u.Scheme == "http" && base.Scheme == "https" && strings.EqualFold(u.Hostname(), base.Hostname()) {
		u.Scheme, u.Host = base.Scheme, base.Host
	}
	return u, c.follow(base, u)
}

// delivers reports whether the server sends invitations itself (RFC 6638 §2):
// it says so in its DAV header, and the account has an outbox. Xandikos says
// "calendar-auto-scheduling", which is another word and not true.
func (c *Client) delivers(ctx context.Context, home *url.URL, seen http.Header, outbox string) (bool, error) {
	if outbox == "" {
		return false, nil
	}
	if advertises(seen, "calendar-auto-schedule") {
		return true, nil
	}
	// Many servers send the header with OPTIONS only.
	var offered bool
	r := request{method: http.MethodOptions, url: home, limit: quickLimit}
	err := c.read(ctx, r, func(resp *response) error {
		if resp.status/100 != 2 {
			return failed(r.method, resp)
		}
		offered = advertises(resp.header, "calendar-auto-schedule")
		return nil
	})
	var status *statusError
	if errors.As(err, &status) && !errors.Is(err, calendar.ErrAuth) {
		return false, nil // a server that knows no OPTIONS offers nothing by it
	}
	return offered, err
}

func advertises(h http.Header, class string) bool {
	for _, line := range h.Values("DAV") {
		for _, c := range strings.Split(line, ",") {
			if strings.EqualFold(strings.TrimSpace(c), class) {
				return true
			}
		}
	}
	return false
}
