package google

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"

	"oneonone/internal/calendar"
	"oneonone/internal/retryafter"
)

// failure is a request that failed, told in words. It wraps a word of the
// provider's vocabulary where one fits, and never what the library says: that
// holds addresses, and pieces of what was sent.
type failure struct {
	says   string
	code   int           // of the answer; 0 when there was none
	again  bool          // a read may be repeated
	asked  time.Duration // before which it is of no use, as the answer says
	unsent bool          // nothing left the program
	is     error
}

func (e *failure) Error() string { return e.says }
func (e *failure) Unwrap() error { return e.is }

// explain translates an error of the generated client. ctx is that of the request.
func (c *Client) explain(ctx context.Context, err error) error {
	var (
		refused *googleapi.Error
		token   *oauth2.RetrieveError
		spent   *calendar.RetryError
	)
	switch {
	case errors.As(err, &refused):
		return c.refusal(refused)
	case errors.As(err, &token):
		return c.signIn(token)
	case errors.As(err, &spent):
		return &calendar.RetryError{After: spent.After, Err: &failure{says: spent.Error(), unsent: true}}
	}
	says, unsent := broken(err)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		says = "Google did not answer in time"
	case ctx.Err() != nil:
		says = "the request was stopped"
	}
	return &failure{says: says, unsent: unsent, again: true}
}

// broken words a failure below HTTP, and tells whether it is certain that
// nothing was sent.
func broken(err error) (says string, nothing bool) {
	var (
		early     *unsent
		dns       *net.DNSError
		op        *net.OpError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		syntax    *json.SyntaxError
		kind      *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &dns):
		return "there is no way to Google: the name of its server cannot be looked up", true
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &invalid):
		return "the certificate that answers for Google cannot be trusted; is there a proxy in between?", true
	case errors.As(err, &op) && op.Op == "dial":
		return "there is no way to Google: no connection to its server", true
	case errors.As(err, &early):
		return "Google's sign-in cannot be reached", true
	case errors.As(err, &syntax), errors.As(err, &kind):
		return "Google's answer cannot be read", false
	case errors.Is(err, errTooLong):
		return errTooLong.Error(), false
	}
	return "the connection to Google broke", false
}

// refusal translates an answer that is no success.
func (c *Client) refusal(e *googleapi.Error) error {
	v, reason := c.verdictOn(e.Code, reasonsOf(e))
	f := &failure{code: e.Code, again: v.again, is: v.is, asked: retryafter.In(e.Header)}
	told := strings.TrimSpace(fmt.Sprintf("%d %s", e.Code, reason))
	f.says = strings.ReplaceAll(v.says, "ACCOUNT", c.account)
	if c.delegated && v.signIn {
		f.says = c.needsDelegation()
	}
	if lacking := c.lacking(); e.Code == http.StatusForbidden && v.signIn && !c.delegated && len(lacking) > 0 {
		f.says = lackingRights(lacking, c.account)
	}
	f.says = fmt.Sprintf("%s (%s)", f.says, told)
	if v.park == 0 && f.asked == 0 {
		return f
	}
	return &calendar.RetryError{After: max(v.park, f.asked), Err: f}
}

// reasonsOf returns the reasons that an answer gives, in its old and its new form.
func reasonsOf(e *googleapi.Error) []string {
	var reasons []string
	for _, item := range e.Errors {
		reasons = append(reasons, item.Reason)
	}
	var body struct {
		Error struct {
			Details []struct{ Reason string }
		}
	}
	if json.Unmarshal([]byte(e.Body), &body) == nil {
		for _, d := range body.Error.Details {
			reasons = append(reasons, d.Reason)
		}
	}
	return reasons
}

// signIn translates a refusal of Google's token server (RFC 6749 §5.2).
func (c *Client) signIn(e *oauth2.RetrieveError) error {
	code := 0
	if e.Response != nil {
		code = e.Response.StatusCode
	}
	reason := e.ErrorCode
	if reason == "" { // a service account's errors are not taken apart by the library
		var body struct{ Error string }
		if json.Unmarshal(e.Body, &body) == nil {
			reason = body.Error
		}
	}
	f := &failure{code: code, unsent: true}
	switch {
	case code >= 500 || code == http.StatusTooManyRequests:
		f.says, f.again = "Google's sign-in is busy or down", true
	case reason == "invalid_grant" && c.delegated:
		f.is = calendar.ErrAuth
		f.says = "Google refused the key of the service account (invalid_grant): is subject an address of the domain, the key still valid, and the clock right?"
	case reason == "invalid_grant":
		f.is = calendar.ErrAuth
		f.says = c.deadSignIn(time.Now())
	case reason == "unauthorized_client" || reason == "access_denied":
		f.is = calendar.ErrAuth
		f.says = c.needsDelegation()
	case reason == "invalid_client" || reason == "deleted_client":
		f.is = calendar.ErrAuth
		f.says = "Google does not know the OAuth client any more; make a new one and sign in again"
	default:
		f.is = calendar.ErrAuth
		f.says = fmt.Sprintf("Google refused the sign-in (%d); run \"oneonone auth %s\"", code, c.account)
	}
	if reason == "invalid_grant" {
		// Only a person can repair that: there is no hurry.
		return &calendar.RetryError{After: deadFor, Err: f}
	}
	return f
}

// deadFor is how long an account whose sign-in has ended is left alone. A sign-in
// made anew is found in its file, and at once after a restart.
const deadFor = time.Hour

// testingLife is how long Google lets sign-ins to OAuth clients live whose
// publishing status is "Testing".
const testingLife = 7 * 24 * time.Hour

// deadSignIn says why a person's sign-in has ended, as far as can be told, and
// what repairs it.
func (c *Client) deadSignIn(now time.Time) string {
	repair := fmt.Sprintf("run \"oneonone auth %s\"", c.account)
	var since time.Time
	if c.tokens != nil {
		since = c.tokens.signedIn()
	}
	switch age := now.Sub(since); {
	case since.IsZero():
		return "Google refused the refresh token (invalid_grant); " + repair + ". " +
			"If this comes every seven days, the OAuth client is still in \"Testing\": publish it"
	case age > testingLife-12*time.Hour && age < testingLife+24*time.Hour:
		return "Google ended the sign-in after seven days (invalid_grant), as it does while the OAuth client is in \"Testing\": " +
			"publish it on the consent screen's page in the Google Cloud console, then " + repair
	}
	return "Google refused the refresh token (invalid_grant): the access was taken away, or not used for six months; " + repair
}

// needsDelegation says what an administrator has to do for a service account.
func (c *Client) needsDelegation() string {
	return "the service account may not act for this person; let its client id use these scopes in the Admin console, " +
		"under domain-wide delegation: " + strings.Join(c.scopes, ",")
}
