package google

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
	gcal "google.golang.org/api/calendar/v3"
)

// Authorization is one person's sign-in to Google. Credential and Show are required.
type Authorization struct {
	// Credential is the file that holds the OAuth client, as Google's console
	// gives it for download, or an earlier sign-in. It is replaced in one step.
	Credential string
	// Show tells the person to open an address in a browser.
	Show func(address string)
	// Pasted is where the person may paste the address that the browser ended
	// at, as one line, when it runs on another machine; nil for nowhere.
	Pasted io.Reader
	// Documents asks for the right to keep agendas as documents too.
	Documents bool
	// Meet asks for the right to see how long people talked in Google Meet too.
	Meet bool
	// Transport replaces the network, for tests; nil is the network.
	Transport http.RoundTripper
}

// Authorize lets a person sign in (RFC 8252: system browser, loopback address,
// PKCE) and writes what Google grants to the credential file, readable by its
// owner alone. Errors are for the operator and hold no secrets. Only what all
// rights were given for is kept: people can untick them.
func Authorize(ctx context.Context, a Authorization) error {
	cred, err := readCredential(a.Credential)
	if err != nil {
		return err
	}
	if cred.service != nil {
		return fmt.Errorf("%s is the key of a service account, which needs no sign-in; its rights are given in the Admin console", a.Credential)
	}
	// The file has to be writable; it is better to know before the person goes
	// through all the pages.
	if err := cred.write(a.Credential); err != nil {
		return err
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return errors.New("no port of this machine can be opened for the answer of the browser")
	}
	conf := cred.config()
	conf.Scopes = scopesFor(a.Documents, a.Meet)
	conf.RedirectURL = "http://" + listener.Addr().String() + "/"
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	back := newReturning(state)
	server := &http.Server{Handler: back, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer func() {
		// The browser is to see the last page before the server goes.
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if server.Shutdown(stop) != nil {
			server.Close()
		}
		<-served
	}()
	if a.Pasted != nil {
		// It ends with its reader: a terminal cannot be interrupted.
		go back.paste(a.Pasted)
	}
	// Without consent Google gives a refresh token only the first time.
	a.Show(conf.AuthCodeURL(state, oauth2.AccessTypeOffline, oauth2.ApprovalForce, oauth2.S256ChallengeOption(verifier)))
	select {
	case <-ctx.Done():
		return errors.New("the sign-in was stopped; nothing was changed")
	case r := <-back.result:
		if r.err != nil {
			return r.err
		}
		return exchange(ctx, a, cred, conf, r.code, verifier)
	}
}

// exchange turns the code into tokens and keeps them.
func exchange(ctx context.Context, a Authorization, cred *credential, conf *oauth2.Config, code, verifier string) error {
	base := a.Transport
	if base == nil {
		base = transport()
	}
	client := &http.Client{Transport: base, Timeout: tokenLimit}
	tok, err := conf.Exchange(context.WithValue(ctx, oauth2.HTTPClient, client), code, oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused):
		return errors.New("Google did not take the code of the sign-in; try again from the start")
	case err != nil:
		return errors.New("Google's sign-in cannot be reached; try again")
	case tok.RefreshToken == "":
		return errors.New("Google gave no refresh token; take the program's access away at https://myaccount.google.com/connections and sign in again")
	}
	text, _ := tok.Extra("scope").(string)
	granted := strings.Fields(text)
	missing := missingRights(granted)
	if a.Documents && !slices.Contains(granted, documentScope) {
		missing = append(missing, documentWhy)
	}
	if a.Meet && !slices.Contains(granted, meetScope) {
		missing = append(missing, meetWhy)
	}
	if len(missing) > 0 {
		return fmt.Errorf("not all rights were given: the program has to %s; sign in again and leave every box ticked",
			strings.Join(missing, ", and to "))
	}
	cred.keep(tok)
	cred.Type, cred.Scopes, cred.SignedIn = kindUser, granted, time.Now().UTC().Truncate(time.Second)
	return cred.write(a.Credential)
}

// missingRights words the scopes that are not among the granted ones. The scope
// of all that a calendar has stands for each of them.
func missingRights(granted []string) []string {
	if slices.Contains(granted, gcal.CalendarScope) {
		return nil
	}
	var missing []string
	for _, s := range scopes {
		if !slices.Contains(granted, s.scope) {
			missing = append(missing, s.why)
		}
	}
	return missing
}

// returning waits for the browser to come back from Google's pages.
type returning struct {
	state  string
	result chan returned
}

type returned struct {
	code string
	err  error
}

func newReturning(state string) *returning {
	return &returning{state: state, result: make(chan returned, 1)}
}

// ServeHTTP implements http.Handler.
func (b *returning) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	if r.URL.Path != "/" || !b.take(r.URL.Query()) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintln(w, "This page belongs to a sign-in that is over, or to none.")
		return
	}
	fmt.Fprintln(w, "Thank you. The program goes on; this page can be closed.")
}

// paste reads addresses that a person pastes, until one is the right one.
func (b *returning) paste(from io.Reader) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		if u, err := url.Parse(strings.TrimSpace(lines.Text())); err == nil && b.take(u.Query()) {
			return
		}
	}
}

// take reads the parameters Google put on the address (RFC 6749 §4.1.2). Those
// of another sign-in, or of somebody who guesses, are not taken.
func (b *returning) take(q url.Values) bool {
	if q.Get("state") != b.state {
		return false
	}
	r := returned{code: q.Get("code")}
	switch {
	case q.Get("error") == "access_denied":
		r.err = errors.New("the sign-in was refused in the browser; nothing was changed")
	case q.Get("error") != "" || r.code == "":
		r.err = errors.New("Google did not complete the sign-in; try again")
	}
	select {
	case b.result <- r:
		return true
	default:
		return false
	}
}
