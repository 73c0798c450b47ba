package calendartest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/option"
)

// online is a context in which x/oauth2 reaches b.
func (b *board) online() context.Context {
	return context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: b.Transport()})
}

func (b *board) config() *oauth2.Config {
	b.t.Helper()
	c, err := google.ConfigFromJSON(b.ClientJSON(), gcal.CalendarEventsScope, gcal.CalendarFreebusyScope)
	if err != nil {
		b.t.Fatal(err)
	}
	c.RedirectURL = "http://127.0.0.1:8888/"
	return c
}

// signIn lets the person at the browser do what Consent says, and returns what
// the redirect brings.
func (b *board) signIn(address string) url.Values {
	b.t.Helper()
	client := &http.Client{Transport: b.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(address)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		b.t.Fatalf("the page does not lead back: %d %v", resp.StatusCode, err)
	}
	return back.Query()
}

// refusedWith checks an error of the token endpoint.
func refusedWith(t *testing.T, err error, code string) {
	t.Helper()
	var e *oauth2.RetrieveError
	if !errors.As(err, &e) || !strings.Contains(string(e.Body), code) {
		t.Errorf("the error is %v, want %s", err, code)
	}
}

func TestGoogleSignIn(t *testing.T) {
	b := newBoard(t, GoogleStyle{Clock: time.Now})
	b.clock = time.Now()
	c, verifier := b.config(), oauth2.GenerateVerifier()
	page := c.AuthCodeURL("state", oauth2.AccessTypeOffline, oauth2.ApprovalForce, oauth2.S256ChallengeOption(verifier))
	if q := b.signIn(page); q.Get("error") != "access_denied" || q.Get("state") != "state" {
		t.Errorf("without consent the page says %v", q)
	}
	b.Consent(ann)
	token, err := c.Exchange(b.online(), b.signIn(page).Get("code"), oauth2.VerifierOption(verifier))
	if err != nil || token.RefreshToken == "" || token.Extra("scope") != gcal.CalendarEventsScope+" "+gcal.CalendarFreebusyScope {
		t.Fatalf("Exchange = %+v, %v", token, err)
	}
	service, err := gcal.NewService(b.online(), option.WithHTTPClient(c.Client(b.online(), token)))
	if err != nil {
		t.Fatal(err)
	}
	list := func() error { _, err := service.Events.List("primary").Do(); return err }
	if err := list(); err != nil {
		t.Errorf("with the token: %v", err)
	}
	_, err = service.CalendarList.List().Do()
	fails(t, err, http.StatusForbidden, "insufficientPermissions")
	code := b.signIn(page).Get("code")
	_, err = c.Exchange(b.online(), code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
	refusedWith(t, err, "invalid_grant")
	_, err = c.Exchange(b.online(), code, oauth2.VerifierOption(verifier)) // A code is good once.
	refusedWith(t, err, "invalid_grant")

	b.Consent(ann, "calendar.freebusy") // Somebody unticks a box.
	token, err = c.Exchange(b.online(), b.signIn(page).Get("code"), oauth2.VerifierOption(verifier))
	if err != nil || token.Extra("scope") != gcal.CalendarFreebusyScope {
		t.Errorf("the scopes are %v, %v", token.Extra("scope"), err)
	}
	if v := b.Violations(); len(v) > 0 {
		t.Errorf("a careful sign-in has the violations %q", v)
	}
	b.signIn(c.AuthCodeURL(""))
	if v := b.Violations(); len(v) != 2 {
		t.Errorf("a careless sign-in has the violations %q", v)
	}
}

func TestGoogleRefresh(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	c := b.config()
	left := b.RefreshToken(ann)
	refresh := func() (*oauth2.Token, error) {
		return c.TokenSource(b.online(), &oauth2.Token{RefreshToken: left}).Token()
	}
	token, err := refresh()
	if err != nil || token.AccessToken == "" {
		t.Fatalf("refresh: %v", err)
	}
	b.Expire(ann)
	_, err = b.ann.CalendarList.List().Do()
	fails(t, err, http.StatusUnauthorized, "authError")
	if _, err = refresh(); err != nil {
		t.Errorf("refresh: %v", err)
	}
	b.Revoke(ann)
	_, err = refresh()
	refusedWith(t, err, "invalid_grant")
	left = b.RefreshToken(ann)
	if _, err = refresh(); err != nil {
		t.Errorf("after a new sign-in: %v", err)
	}
	if n := b.Calls()["oauth.token"]; n < 4 {
		t.Errorf("the token endpoint was asked %d times", n)
	}
}

func TestGoogleServiceAccount(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	b.clock = time.Now() // The library signs with the real clock.
	key := b.ServiceAccount("robot@project.iam.gserviceaccount.com", "calendar.events")
	as := func(subject string, scopes ...string) error {
		c, err := google.JWTConfigFromJSON(key, scopes...)
		if err != nil {
			t.Fatal(err)
		}
		c.Subject = subject
		service, err := gcal.NewService(b.online(), option.WithHTTPClient(c.Client(b.online())))
		if err != nil {
			t.Fatal(err)
		}
		_, err = service.Events.List(subject).Do()
		return err
	}
	if err := as(ann, gcal.CalendarEventsScope); err != nil {
		t.Errorf("as ann: %v", err)
	}
	refusedWith(t, as(ann, gcal.CalendarFreebusyScope), "unauthorized_client")
	refusedWith(t, as("", gcal.CalendarEventsScope), "invalid_grant")
	refusedWith(t, as("nobody@example.org", gcal.CalendarEventsScope), "invalid_grant")
	b.ServiceAccount("robot@project.iam.gserviceaccount.com", "calendar.events") // Another key.
	refusedWith(t, as(ann, gcal.CalendarEventsScope), "invalid_grant")
}

// TestGoogleOverTheNetwork: the endpoint has to end with /calendar/v3/.
func TestGoogleOverTheNetwork(t *testing.T) {
	b := newBoard(t, GoogleStyle{})
	b.Put(ann, tuesdays)
	server := httptest.NewServer(b.Google)
	defer server.Close()
	token := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: b.AccessToken(ann)})
	service, err := gcal.NewService(context.Background(), option.WithEndpoint(server.URL+"/calendar/v3/"), option.WithHTTPClient(oauth2.NewClient(context.Background(), token)))
	if err != nil {
		t.Fatal(err)
	}
	page := must(t, service.Events.List(ann).SingleEvents(false).Do) // The @ is escaped in the path.
	if !slices.Equal(ids(page.Items), []string{"weekly0001"}) {
		t.Errorf("the list is %q", ids(page.Items))
	}
	resp, err := http.Get(server.URL + "/calendar/v3/users/me/calendarList")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if said, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusUnauthorized || !strings.Contains(string(said), "authError") {
		t.Errorf("without a token: %d %s", resp.StatusCode, said)
	}
}
