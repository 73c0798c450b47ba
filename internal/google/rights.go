package google

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/oauth2"
	gcal "google.golang.org/api/calendar/v3"
)

// lackingRights says which rights a sign-in lacks, and what repairs it.
func lackingRights(lacking []string, account string) string {
	return fmt.Sprintf("the sign-in to Google lacks rights: the program has to %s; run \"oneonone auth %s\" and leave every box ticked",
		strings.Join(lacking, ", and to "), account)
}

// lacking words the rights that the sign-in is known to lack.
func (c *Client) lacking() []string {
	if c.tokens == nil {
		return nil
	}
	return c.tokens.lacking()
}

// Rights checks that the account has all rights that the program asks for. It
// changes nothing. An error names those that are missing, in words.
func (c *Client) Rights(ctx context.Context) error {
	_, err := c.tokens.get()
	switch lacking := c.lacking(); {
	case err != nil && c.delegated:
		return c.undelegated(ctx, err)
	case err != nil:
		return c.explain(ctx, err)
	case len(lacking) > 0 && !c.delegated:
		return errors.New(lackingRights(lacking, c.account))
	}
	now := time.Now().UTC()
	_, err = read(ctx, c, func(ctx context.Context) (*gcal.FreeBusyResponse, error) {
		return c.service.Freebusy.Query(&gcal.FreeBusyRequest{
			TimeMin: now.Format(time.RFC3339), TimeMax: now.Add(time.Hour).Format(time.RFC3339),
			Items: []*gcal.FreeBusyRequestItem{{Id: "primary"}},
		}).Context(ctx).Do(c.calls...)
	})
	if err != nil {
		return fmt.Errorf("asking when people are busy: %w", err)
	}
	_, err = read(ctx, c, func(ctx context.Context) (*gcal.Events, error) {
		return c.service.Events.List("primary").MaxResults(1).Fields("kind").Context(ctx).Do(c.calls...)
	})
	if err != nil {
		return fmt.Errorf("reading the events: %w", err)
	}
	return nil
}

// undelegated says which rights the administrator of the domain has not given
// to the service account. Google refuses all when one is missing, and does not
// say which, so it is asked for each alone.
func (c *Client) undelegated(ctx context.Context, err error) error {
	if !isUndelegated(err) {
		return c.explain(ctx, err)
	}
	var words, names []string
	for _, s := range scopes {
		switch single := c.tokens.single(s.scope); {
		case isUndelegated(single):
			words, names = append(words, s.why), append(names, s.scope)
		case single != nil:
			return c.explain(ctx, err)
		}
	}
	if len(words) == 0 || len(words) == len(scopes) {
		return c.explain(ctx, err)
	}
	return fmt.Errorf("the service account lacks rights: the program has to %s; add these scopes to its client id in the Admin console, "+
		"under domain-wide delegation: %s", strings.Join(words, ", and to "), strings.Join(names, ","))
}

// isUndelegated reports whether a token was refused to a service account
// because its client id may not act with all the scopes.
func isUndelegated(err error) bool {
	var refused *oauth2.RetrieveError
	return errors.As(err, &refused) && reasonOf(refused) == unauthorized
}
