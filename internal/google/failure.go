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

// unauthorized is the reason why a service account gets no token: it may not
// act for the person, or not with all the scopes.
const unauthorized = "unauthorized_client"

// reasonOf returns the reason that Google's token server gives.
func reasonOf(e *oauth2.RetrieveError) string {
	if e.ErrorCode != "" {
		return e.ErrorCode
	}
	// A service account's errors are not taken apart by the library.
	var body struct{ Error string }
	if json.Unmarshal(e.Body, &body) != nil {
		return ""
	}
	return body.Error
}

// signIn translates a refusal of Google's token server (RFC 6749 §5.2).
func (c *Client) signIn(e *oauth2.RetrieveError) error {
	code := 0
	if e.Response != nil {
		code = e.Response.StatusCode
	}
	reason := reasonOf(e)
	f := &failure{code: code, unsent: true}
	switch {
	case code >= 500 || code == http.StatusTooManyRequests:
		f.says, f.again = "Google's sign-in is busy or down", true
	case reason == "invalid_grant" && c.delegated:
		f.is = calendar.ErrAuth
		f.says = "Google refused the key of the service account (invalid_grant): is subject an address of the domain, the key still valid, and the clock right?"
	case reason == "invalid_grant":
		f.is = calendar.ErrAuth
		f.says = c.tokens.lived().ended(c.account, time.Now())
	case reason == unauthorized || reason == "access_denied":
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

// needsDelegation says what an administrator has to do for a service account.
func (c *Client) needsDelegation() string {
	says := "the service account may not act for this person"
	if c.special != nil { // beside the calendar, for which it may
		says = "the service account may not do this for the person"
	}
	return says + "; let its client id use these scopes in the Admin console, " +
		"under domain-wide delegation: " + strings.Join(c.scopes, ",")
}
