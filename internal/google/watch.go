package google

import (
	"context"
	"errors"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
)

// Channel is a way by which Google tells, with an empty POST to Address, that
// something in a calendar has changed. What has changed only a pull says, and
// Google loses a few of the messages: a channel saves waiting, not polling.
type Channel struct {
	ID      string // never used before; at most 64 letters, digits and -_+/=
	Token   string // comes back with every message; at most 256 characters
	Address string // https, public, with a certificate that everybody trusts
	// Expires is when the messages end. No channel is prolonged: a new one has
	// to be open before then.
	Expires time.Time
	// Resource is Google's name of what is watched, which Stop needs.
	Resource string
}

// Watch opens a channel for the events of a calendar and returns it as Google
// made it, with its Resource, and with an Expires that may be earlier than was
// asked for. The first message ("sync") may arrive before Watch returns. After an
// error that is not of the vocabulary the channel may be open all the same.
// ErrRefused says that Google does not watch this calendar or does not take the
// address, which trying again does not change.
func (c *Client) Watch(ctx context.Context, calendarID string, ch Channel) (Channel, error) {
	answer, err := ask(ctx, c, func(ctx context.Context) (*gcal.Channel, error) {
		return c.service.Events.Watch(calendarID, &gcal.Channel{
			Id: ch.ID, Type: "web_hook", Token: ch.Token, Address: ch.Address, Expiration: ch.Expires.UnixMilli(),
		}).Context(ctx).Do(c.calls...)
	})
	switch {
	case err != nil:
		return Channel{}, err
	case answer.Id != ch.ID || answer.ResourceId == "":
		return Channel{}, errors.New("Google's answer is no channel")
	}
	ch.Resource = answer.ResourceId
	if answer.Expiration > 0 {
		ch.Expires = time.UnixMilli(answer.Expiration)
	}
	return ch, nil
}

// Stop closes a channel that Watch returned. One that is closed already is no
// error. A message may still be under way.
func (c *Client) Stop(ctx context.Context, ch Channel) error {
	_, err := ask(ctx, c, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.service.Channels.Stop(&gcal.Channel{Id: ch.ID, ResourceId: ch.Resource}).Context(ctx).Do(c.calls...)
	})
	if errors.Is(err, calendar.ErrNotFound) {
		return nil
	}
	return err
}

// ask makes a request once, and tells in words why it failed. It is for what
// does no harm when nobody knows whether it was done.
func ask[T any](ctx context.Context, c *Client, call func(context.Context) (T, error)) (T, error) {
	limited, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	v, err := call(limited)
	if err != nil {
		return v, c.explain(limited, err)
	}
	return v, nil
}
