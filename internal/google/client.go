// Package google is Google Calendar (API version 3) seen by one account: an
// implementation of calendar.Provider, and the sign-in that it needs.
//
// A resource is one event as Google sent it: a master, an exception, or an
// event that does not recur. The package keeps no copy of anything and decides
// nothing about meetings. What it relies on:
//
//   - Ids are never taken apart or put together. An occurrence is found by its
//     original start.
//   - Nothing is changed but start, end, the description, the attachments and
//     the program's own shared properties, and the end of a series, by PATCH with
//     If-Match. Guests are sent with a new event only, so that nobody's answer
//     can be lost. Nothing is deleted but what Delete tells (R8).
//   - The answer to a write is compared with the request, because Google may
//     answer with success and do nothing.
//   - The generated client never repeats a request. Reads are repeated here, in
//     one place (read); writes never are.
//   - An error that leaves the package holds no token, address, title or body.
package google

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"oneonone/internal/calendar"
	"oneonone/internal/zone"
)

// Options are what a Client is made from. Account and Logger are required.
type Options struct {
	// Account is the account's name in the configuration, for messages.
	Account string
	// Credential is the file that Authorize wrote, or the key of a service
	// account; "" for a client that reads what is stored and cannot sign in.
	Credential string
	// Subject is the address of the person a service account stands for.
	Subject string
	// Documents says that agendas are kept as documents in the person's Drive.
	Documents bool
	// Meet says that it is asked how long people talked in Google Meet.
	Meet bool
	// Projects is shared by all clients of one program; nil for a client alone.
	Projects *Projects
	// UserAgent names the program and its version.
	UserAgent string
	// Transport replaces the network, for tests; nil is the network.
	Transport http.RoundTripper
	Logger    *slog.Logger
}

// Client is one account's way to Google Calendar. It implements
// calendar.Provider.
type Client struct {
	account   string
	delegated bool // a service account stands for the person
	service   *gcal.Service
	wire      *wire
	tokens    *tokens
	calls     []googleapi.CallOption // go with every request
	special   []verdict              // on answers of another interface than the calendar
	scopes    []string               // that are asked for
	documents *Documents
	meet      *Meet
	aside     string // id of the program's own calendar, "" when it has to be looked for
}

var (
	_ calendar.Provider = (*Client)(nil)
	_ calendar.Aside    = (*Client)(nil)
)

// New reads the credential and prepares a client. It sends nothing. Errors are
// for the operator.
func New(o Options) (*Client, error) {
	cred := &credential{}
	if o.Credential != "" {
		var err error
		if cred, err = readCredential(o.Credential); err != nil {
			return nil, err
		}
	}
	base := o.Transport
	if base == nil {
		base = transport()
	}
	tokens, err := newTokens(cred, o, base)
	if err != nil {
		return nil, err
	}
	projects := o.Projects
	if projects == nil {
		projects = &Projects{}
	}
	c := &Client{account: o.Account, delegated: cred.service != nil, wire: &wire{base: base}, tokens: tokens, scopes: scopesFor(o.Documents, o.Meet)}
	client := &http.Client{Transport: newBudget(&signer{base: c.wire, tokens: tokens}, projects.of(cred.project()))}
	// The library would write whole events to a log that an environment
	// variable can switch on.
	c.service, err = gcal.NewService(context.Background(), option.WithHTTPClient(client), option.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, fmt.Errorf("preparing the connection to Google: %w", err)
	}
	// Google packs its answers only for clients whose name says gzip.
	c.service.UserAgent = strings.TrimSpace(o.UserAgent + " (gzip)")
	if o.Subject != "" {
		// Without it all people a service account stands for share one budget.
		sum := sha256.Sum256([]byte(strings.ToLower(o.Subject)))
		c.calls = append(c.calls, googleapi.QuotaUser(hex.EncodeToString(sum[:16])))
	}
	if o.Documents {
		if c.documents, err = newDocuments(c, cred, tokens, o); err != nil {
			return nil, err
		}
	}
	if o.Meet {
		c.meet, err = newMeet(c, cred, tokens, o)
	}
	return c, err
}

// Stats counts what a client has sent and received.
type Stats struct {
	Requests int64 // every request to the calendar, repetitions included
	Up, Down int64 // bytes of bodies, unpacked
}

// Stats returns the counts since New.
func (c *Client) Stats() Stats {
	return Stats{Requests: c.wire.requests.Load(), Up: c.wire.up.Load(), Down: c.wire.down.Load()}
}

// Skew returns by how much Google's clock was ahead of ours at its last answer,
// to the second, and whether any answer told.
func (c *Client) Skew() (time.Duration, bool) {
	d := c.wire.skew.Load()
	if d == nil {
		return 0, false
	}
	return *d, true
}

// What the ids of calendars end in that are nobody's primary calendar.
const (
	secondary  = "@group.calendar.google.com"
	subscribed = "@import.calendar.google.com"
)

// Roles in a calendar (CalendarListEntry.accessRole).
const (
	roleOwner  = "owner"
	roleWriter = "writer"
	roleReader = "reader"
)

// Calendars implements calendar.Provider. It lists what says how the person's
// own time is spent: the primary calendar, those the person may write to, and
// those subscribed to by their address. A colleague's calendar, a team's or a
// country's holidays that the person can only look at say nothing about that.
// The program's own calendar is among them, because answers are read from it.
func (c *Client) Calendars(ctx context.Context) ([]calendar.Calendar, error) {
	entries, err := c.calendarList(ctx)
	if err != nil {
		return nil, err
	}
	if entries, err = c.findAside(ctx, entries); err != nil {
		return nil, err
	}
	var list []calendar.Calendar
	for _, e := range entries {
		if e.Id == c.aside || ownTime(e) && !e.Hidden && !isAside(e) {
			list = append(list, listed(e))
		}
	}
	return c.settled(ctx, list)
}

// calendarList reads the whole list, with the calendars that the person has hidden.
func (c *Client) calendarList(ctx context.Context) ([]*gcal.CalendarListEntry, error) {
	var list []*gcal.CalendarListEntry
	token := ""
	for range maxPages {
		page, err := read(ctx, c, func(ctx context.Context) (*gcal.CalendarList, error) {
			call := c.service.CalendarList.List().MaxResults(250).ShowHidden(true).Context(ctx)
			if token != "" {
				call.PageToken(token)
			}
			return call.Do(c.calls...)
		})
		if err != nil {
			return nil, fmt.Errorf("listing the calendars: %w", err)
		}
		list = append(list, slices.DeleteFunc(page.Items, func(e *gcal.CalendarListEntry) bool { return e == nil })...)
		if token = page.NextPageToken; token == "" {
			return list, nil
		}
	}
	return nil, errors.New("listing the calendars: Google's list does not end")
}

// ownTime reports whether the calendar says how the account's person spends time.
func ownTime(e *gcal.CalendarListEntry) bool {
	if e.Primary {
		return true
	}
	switch e.AccessRole {
	case roleOwner, roleWriter:
		// Other ids are the primary calendars of other people, and rooms.
		return strings.HasSuffix(e.Id, secondary)
	case roleReader:
		return strings.HasSuffix(e.Id, subscribed)
	}
	return false
}

func listed(e *gcal.CalendarListEntry) calendar.Calendar {
	c := calendar.Calendar{
		ID: e.Id, Name: e.Summary, Default: e.Primary, Delivers: true,
		Writable: e.AccessRole == roleOwner || e.AccessRole == roleWriter,
	}
	if e.SummaryOverride != "" {
		c.Name = e.SummaryOverride
	}
	if z, err := zone.Resolve(e.TimeZone, nil); err == nil {
		c.Zone = z
	}
	return c
}
