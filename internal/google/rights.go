package google

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

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

// Rights checks that the account has the rights that are not needed to list its
// calendars. It changes nothing. An error names the right, in words.
func (c *Client) Rights(ctx context.Context) error {
	if lacking := c.lacking(); len(lacking) > 0 && !c.delegated {
		return errors.New(lackingRights(lacking, c.account))
	}
	now := time.Now().UTC()
	_, err := read(ctx, c, func(ctx context.Context) (*gcal.FreeBusyResponse, error) {
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
