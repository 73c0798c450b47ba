package google

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	docs "google.golang.org/api/docs/v1"
	drive "google.golang.org/api/drive/v3"
	"google.golang.org/api/option"

	"oneonone/internal/calendar"
)

// Documents keeps agendas as Google Docs in the Drive of one account. It sees
// nothing there but what the program has made (drive.file). It never deletes a
// document and never replaces what stands in one.
type Documents struct {
	client *Client // how requests are made, repeated and worded
	docs   *docs.Service
	drive  *drive.Service
	lacks  error // the right to keep documents; nil when it is there as far as known
}

// documentVerdicts are what answers mean where a document is asked for; what is
// not here means what it does for the calendar.
var documentVerdicts = []verdict{
	{code: 400, reason: "invalidSharingRequest", is: calendar.ErrRefused, says: "Google does not let the agenda be shared with the other person's address without a mail"},
	{code: 403, reason: "quotaExceeded", park: busyFor, again: true, says: "Google asks for fewer requests"},
	{code: 403, reason: "sharingRateLimitExceeded", park: spentFor, says: "Google lets no more documents be shared today"},
	{code: 403, reason: "storageQuotaExceeded", park: spentFor, says: "the account's Google Drive is full"},
	{code: 403, reason: "insufficientPermissions", is: calendar.ErrAuth, signIn: true, says: lacksDocuments},
	{code: 403, reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT", is: calendar.ErrAuth, signIn: true, says: lacksDocuments},
	{code: 403, reason: "accessNotConfigured", is: calendar.ErrAuth, says: documentsOff},
	{code: 403, reason: "SERVICE_DISABLED", is: calendar.ErrAuth, says: documentsOff},
	{code: 403, reason: "domainPolicy", is: calendar.ErrAuth, says: "the administrator of the Google Workspace domain does not allow this program to use Google Drive"},
	{code: 403, reason: "", is: calendar.ErrRefused, says: "Google does not allow this to be done with the agenda"},
	{code: 404, reason: "", is: calendar.ErrNotFound, says: "Google has no such document any more"},
}

const (
	lacksDocuments = "the sign-in lacks the right to " + documentWhy + "; run \"oneonone auth ACCOUNT\" and leave every box ticked"
	documentsOff   = "the Google Docs API or the Google Drive API is switched off in the project of the OAuth client; enable both in the Google Cloud console"
)

// verdictOn finds the verdict on an answer, that of the client's own interface first.
func (c *Client) verdictOn(code int, reasons []string) (verdict, string) {
	for _, reason := range append(slices.Clone(reasons), "") {
		for _, v := range c.special {
			if v.code == code && v.reason == reason {
				return v, reason
			}
		}
		if general, found := verdictOn(code, []string{reason}); reason != "" && found == reason {
			return general, reason
		}
	}
	return verdictOn(code, reasons)
}

// newDocuments prepares what c needs for documents. It sends nothing.
func newDocuments(c *Client, cred *credential, t *tokens, o Options) (*Documents, error) {
	own := *c
	own.special = documentVerdicts
	d := &Documents{client: &own}
	switch {
	case cred.documents != nil:
		conf := *cred.documents
		t = serviceTokens(conf, o.Subject, c.wire.base)
		own.scopes = []string{documentScope}
	case len(cred.Scopes) > 0 && !slices.Contains(cred.Scopes, documentScope):
		d.lacks = &failure{says: strings.ReplaceAll(lacksDocuments, "ACCOUNT", c.account), is: calendar.ErrAuth}
	}
	// Docs and Drive have budgets of their own.
	client := option.WithHTTPClient(&http.Client{Transport: newBudget(&signer{base: c.wire, tokens: t}, nil)})
	quiet := option.WithLogger(slog.New(slog.DiscardHandler))
	var err1, err2 error
	d.docs, err1 = docs.NewService(context.Background(), client, quiet)
	d.drive, err2 = drive.NewService(context.Background(), client, quiet)
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("preparing the connection to Google Docs: %w", err)
	}
	d.docs.UserAgent, d.drive.UserAgent = c.service.UserAgent, c.service.UserAgent
	return d, nil
}

// Documents returns the account's documents, nil unless Options asked for them.
func (c *Client) Documents() *Documents { return c.documents }

// Check finds out whether documents can be kept, without making one. Errors are
// for the operator.
func (d *Documents) Check(ctx context.Context) error {
	if d.lacks != nil {
		return d.lacks
	}
	if _, err := d.list(ctx, strings.Repeat("0", 32)); err != nil {
		return err
	}
	// There is no such document, which only an interface that is switched on says.
	_, err := d.read(ctx, strings.Repeat("0", 44))
	if errors.Is(err, calendar.ErrNotFound) {
		return nil
	}
	return err
}
