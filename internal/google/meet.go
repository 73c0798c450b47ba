package google

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"

	gcal "google.golang.org/api/calendar/v3"
	gmeet "google.golang.org/api/meet/v2"
	"google.golang.org/api/option"

	"oneonone/internal/calendar"
)

// meetScope lets the program read when conferences of the person took place and
// who was there. It is asked for only with Options.Meet.
const meetScope = gmeet.MeetingsSpaceReadonlyScope

const meetWhy = "see how long people talked in Google Meet"

// Meet tells from the records of Google Meet how long two people talked. It reads
// the times at which people came and went, and nothing of what was said.
type Meet struct {
	client  *Client // how requests are made, repeated and worded
	service *gmeet.Service
	lacks   error // the right to ask; nil when it is there as far as known
}

var _ calendar.Measurer = (*Meet)(nil)

// meetVerdicts are what answers mean where a conference is asked after; what is
// not here means what it does for the calendar.
var meetVerdicts = []verdict{
	{code: 403, reason: "insufficientPermissions", is: calendar.ErrAuth, signIn: true, says: lacksMeet},
	{code: 403, reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT", is: calendar.ErrAuth, signIn: true, says: lacksMeet},
	{code: 403, reason: "accessNotConfigured", is: calendar.ErrAuth, says: meetOff},
	{code: 403, reason: "SERVICE_DISABLED", is: calendar.ErrAuth, says: meetOff},
	{code: 403, reason: "domainPolicy", is: calendar.ErrAuth, says: "the administrator of the Google Workspace domain does not allow this program to use Google Meet"},
	{code: 403, reason: "quotaExceeded", park: busyFor, again: true, says: "Google asks for fewer requests"},
	{code: 403, reason: "", is: calendar.ErrRefused, says: "Google does not show this account the record of a meeting in Google Meet"},
	{code: 404, reason: "", is: calendar.ErrNotFound, says: "Google Meet has no such record any more"},
}

const (
	lacksMeet = "the sign-in lacks the right to " + meetWhy + "; run \"oneonone auth ACCOUNT\" and leave every box ticked"
	meetOff   = "the Google Meet REST API is switched off in the project of the OAuth client; enable it in the Google Cloud console"
)

// newMeet prepares what c needs to ask Meet. It sends nothing.
func newMeet(c *Client, cred *credential, t *tokens, o Options) (*Meet, error) {
	own := *c
	own.special = meetVerdicts
	m := &Meet{client: &own}
	switch {
	case cred.service != nil:
		// As for documents: without the right the calendar goes on.
		conf := *cred.service
		conf.Scopes = []string{meetScope}
		t = serviceTokens(conf, o.Subject, c.wire.base)
		own.scopes = []string{meetScope}
	case len(cred.Scopes) > 0 && !slices.Contains(cred.Scopes, meetScope):
		m.lacks = &failure{says: strings.ReplaceAll(lacksMeet, "ACCOUNT", c.account), is: calendar.ErrAuth}
	}
	// Meet has a budget of its own.
	client := &http.Client{Transport: newBudget(&signer{base: c.wire, tokens: t}, nil)}
	var err error
	m.service, err = gmeet.NewService(context.Background(), option.WithHTTPClient(client), option.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, fmt.Errorf("preparing the connection to Google Meet: %w", err)
	}
	m.service.UserAgent = c.service.UserAgent
	return m, nil
}

// Meet returns what asks Google Meet for the account, nil unless Options asked for it.
func (c *Client) Meet() *Meet { return c.meet }

// Check finds out whether Meet can be asked. Errors are for the operator.
func (m *Meet) Check(ctx context.Context) error {
	if m.lacks != nil {
		return m.lacks
	}
	_, err := read(ctx, m.client, func(ctx context.Context) (*gmeet.ListConferenceRecordsResponse, error) {
		return m.service.ConferenceRecords.List().PageSize(1).Context(ctx).Do(m.client.calls...)
	})
	return err
}

// meetingCode is the form of the code of a room (discovery document, Space.meetingCode).
var meetingCode = regexp.MustCompile(`^[a-z]+-[a-z]+-[a-z]+$`)

const longestCode = 128

// roomOf returns the code of the Meet room of an event, "" when it has none.
func roomOf(g *gcal.Event) string {
	data := g.ConferenceData
	if data == nil || data.ConferenceSolution == nil || data.ConferenceSolution.Key == nil || data.ConferenceSolution.Key.Type != meet {
		return ""
	}
	code := strings.ToLower(data.ConferenceId)
	if len(code) > longestCode || !meetingCode.MatchString(code) {
		return ""
	}
	return code
}
