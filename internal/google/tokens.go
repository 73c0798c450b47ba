package google

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"
)

// tokenLimit bounds one request for an access token.
const tokenLimit = 30 * time.Second

// errNoCredential is what a client says that was made without a credential.
var errNoCredential = errors.New("there is no credential to sign in with")

// tokens hands out access tokens and gets new ones when they expire. What it
// gets it writes to the credential file where that may be written: under systemd
// it may not, and the token is asked for again after a restart.
type tokens struct {
	mu      sync.Mutex
	fetch   func(refresh string) (*oauth2.Token, error)
	current *oauth2.Token
	save    func(*oauth2.Token) error // nil where there is nothing to keep
	granted []string                  // the scopes, as Google last told; empty when it has not yet
	reread  func() (refresh string)   // takes over a newer credential file; nil where there is none
	life    life
	single  func(scope string) error // asks for a token for one right; nil for a person's sign-in
	log     *slog.Logger
	account string
}

func newTokens(cred *credential, o Options, base http.RoundTripper) (*tokens, error) {
	client := &http.Client{Transport: base, Timeout: tokenLimit}
	// The library keeps the context for every later refresh.
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, client)
	t := &tokens{log: o.Logger, account: o.Account}
	switch {
	case o.Credential == "":
		t.fetch = func(string) (*oauth2.Token, error) { return nil, errNoCredential }
	case cred.service != nil && o.Subject == "":
		return nil, fmt.Errorf("%s is the key of a service account, which has no calendar of its own: "+
			"write subject: with the address of the person", o.Credential)
	case cred.service != nil:
		t.fetch = fetchFor(ctx, *cred.service, o.Subject)
		t.single = func(scope string) error {
			conf := *cred.service
			conf.Scopes = []string{scope}
			_, err := fetchFor(ctx, conf, o.Subject)("")
			return err
		}
	case o.Subject != "":
		return nil, fmt.Errorf("subject is for the key of a service account, and %s is not one", o.Credential)
	case cred.Refresh == "":
		return nil, fmt.Errorf("nobody has signed in to Google yet; run \"oneonone auth %s\"", o.Account)
	default:
		t.current, t.granted, t.life = cred.token(), cred.Scopes, cred.life()
		if lacking := t.lacking(); len(lacking) > 0 {
			o.Logger.Warn("the sign-in lacks rights; what does not need them goes on", "account", o.Account, "err", lackingRights(lacking, o.Account))
		}
		conf := cred.config()
		t.fetch = func(refresh string) (*oauth2.Token, error) {
			return conf.TokenSource(ctx, &oauth2.Token{RefreshToken: refresh}).Token()
		}
		file := *cred
		t.save = func(tok *oauth2.Token) error {
			file.keep(tok)
			return file.write(o.Credential)
		}
		t.reread = func() string {
			newer, err := readCredential(o.Credential)
			if err != nil || newer.service != nil || newer.Refresh == "" || newer.Refresh == file.Refresh {
				return ""
			}
			file, conf, t.life = *newer, newer.config(), newer.life()
			return file.Refresh
		}
	}
	return t, nil
}

// serviceTokens hands out access tokens of a service account.
func serviceTokens(conf jwt.Config, subject string, base http.RoundTripper) *tokens {
	client := &http.Client{Transport: base, Timeout: tokenLimit}
	return &tokens{fetch: fetchFor(context.WithValue(context.Background(), oauth2.HTTPClient, client), conf, subject)}
}

func fetchFor(ctx context.Context, conf jwt.Config, subject string) func(string) (*oauth2.Token, error) {
	conf.Subject = subject
	return func(string) (*oauth2.Token, error) { return conf.TokenSource(ctx).Token() }
}

// get returns an access token that is valid for a while.
func (t *tokens) get() (*oauth2.Token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.Valid() {
		return t.current, nil
	}
	refresh := ""
	if t.current != nil {
		refresh = t.current.RefreshToken
	}
	tok, err := t.fetch(refresh)
	if isDead(err) && t.reread != nil {
		// The person may have signed in again since the program began.
		if newer := t.reread(); newer != "" {
			refresh = newer
			tok, err = t.fetch(refresh)
		}
	}
	if err != nil {
		return nil, &unsent{err}
	}
	t.current, t.life.alive = tok, time.Now()
	if scope, ok := tok.Extra("scope").(string); ok {
		t.granted = strings.Fields(scope)
	}
	if t.save != nil {
		// Google hands out new refresh tokens rarely; only such a one is a loss.
		if err := t.save(tok); err != nil && tok.RefreshToken != refresh {
			t.log.Warn("Google gave a new refresh token and the credential file cannot be written; sign in again before the next restart",
				"account", t.account, "err", errors.Unwrap(err))
		}
	}
	return tok, nil
}

// isDead reports whether Google does not take the refresh token any more.
func isDead(err error) bool {
	var refused *oauth2.RetrieveError
	return errors.As(err, &refused) && refused.ErrorCode == "invalid_grant"
}

// lacking words the rights that Google did not grant, as far as it has told.
func (t *tokens) lacking() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.granted) == 0 {
		return nil
	}
	return missingRights(t.granted)
}

// lived is what is known of the person's sign-in.
func (t *tokens) lived() life {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.life
}

// drop forgets an access token that Google did not take.
func (t *tokens) drop(tok *oauth2.Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current == tok {
		t.current = &oauth2.Token{RefreshToken: tok.RefreshToken}
	}
}

// signer puts the access token on requests. One that Google does not take is
// replaced once: it may have been revoked or come from another clock. The first
// request did nothing then, so a write may be sent again too.
type signer struct {
	base   http.RoundTripper
	tokens *tokens
}

// RoundTrip implements http.RoundTripper.
func (s *signer) RoundTrip(r *http.Request) (*http.Response, error) {
	for attempt := 1; ; attempt++ {
		tok, err := s.tokens.get()
		if err != nil {
			if r.Body != nil {
				r.Body.Close()
			}
			return nil, err
		}
		signed := r.Clone(r.Context())
		tok.SetAuthHeader(signed)
		resp, err := s.base.RoundTrip(signed)
		if err != nil || resp.StatusCode != http.StatusUnauthorized || attempt > 1 || r.Body != nil && r.GetBody == nil {
			return resp, err
		}
		s.tokens.drop(tok)
		if r.Body != nil {
			body, err := r.GetBody()
			if err != nil {
				return resp, nil
			}
			r = r.Clone(r.Context())
			r.Body = body
		}
	}
}
