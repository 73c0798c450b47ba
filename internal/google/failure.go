package google

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"

	"oneonone/internal/calendar"
)

// verdict is what one of Google's refusals means (reference, section 8).
type verdict struct {
	code   int
	reason string        // "" stands for every other reason of the code
	is     error         // the word of the provider's vocabulary; nil: try again later
	again  bool          // a read is repeated at once
	park   time.Duration // the account is left alone for so long at least
	says   string        // what the operator reads; %[1]s is the account
}

const (
	busyFor = time.Minute
	// A calendar over its use limits may be closed for hours, and asking again
	// makes it worse.
	spentFor = 6 * time.Hour
)

var verdicts = []verdict{
	{code: 304, reason: "", is: nil, says: "nothing has changed"},
	{code: 400, reason: "", is: calendar.ErrRefused, says: "Google does not understand the request, which is a fault of this program"},
	{code: 401, reason: "", is: calendar.ErrAuth, says: "Google does not accept the sign-in any more; run \"oneonone auth %[1]s\""},
	{code: 403, reason: "userRateLimitExceeded", again: true, park: busyFor, says: "Google asks for fewer requests"},
	{code: 403, reason: "rateLimitExceeded", again: true, park: busyFor, says: "Google asks for fewer requests"},
	{code: 403, reason: "RATE_LIMIT_EXCEEDED", again: true, park: busyFor, says: "Google asks for fewer requests"},
	{code: 403, reason: "dailyLimitExceeded", park: spentFor, says: "the requests that Google allows the project in a day are used up"},
	{code: 403, reason: "quotaExceeded", park: spentFor, says: "the calendar usage limits of Google are exceeded; nothing is written for some hours"},
	{code: 403, reason: "forbiddenForNonOrganizer", is: calendar.ErrReadOnly, says: "Google lets only the organizer change this event"},
	{code: 403, reason: "forbiddenForNonCreator", is: calendar.ErrReadOnly, says: "Google lets only its creator change this event"},
	{code: 403, reason: "requiredAccessLevel", is: calendar.ErrReadOnly, says: "the account may look at this calendar but not change it"},
	{code: 403, reason: "insufficientPermissions", is: calendar.ErrAuth,
		says: "the sign-in lacks a right that is needed; run \"oneonone auth %[1]s\" and leave every box ticked"},
	{code: 403, reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT", is: calendar.ErrAuth,
		says: "the sign-in lacks a right that is needed; run \"oneonone auth %[1]s\" and leave every box ticked"},
	{code: 403, reason: "accessNotConfigured", is: calendar.ErrAuth,
		says: "the Google Calendar API is switched off in the project of the OAuth client; enable it in the Google Cloud console"},
	{code: 403, reason: "SERVICE_DISABLED", is: calendar.ErrAuth,
		says: "the Google Calendar API is switched off in the project of the OAuth client; enable it in the Google Cloud console"},
	{code: 403, reason: "domainPolicy", is: calendar.ErrAuth,
		says: "the administrator of the Google Workspace domain does not allow this program to use its calendars"},
	{code: 403, reason: "", is: calendar.ErrReadOnly, says: "Google does not allow the account to do this"},
	{code: 404, reason: "", is: calendar.ErrNotFound, says: "Google has no such event or calendar"},
	{code: 408, reason: "", again: true, says: "Google did not get the whole request in time"},
	{code: 409, reason: "", is: calendar.ErrConflict, says: "somebody else changed the event at the same moment"},
	{code: 410, reason: "fullSyncRequired", is: calendar.ErrGone, says: "Google no longer knows this state of the calendar"},
	{code: 410, reason: "updatedMinTooLongAgo", is: calendar.ErrGone, says: "Google no longer knows this state of the calendar"},
	{code: 410, reason: "", is: calendar.ErrNotFound, says: "the event has been deleted"},
	{code: 412, reason: "", is: calendar.ErrConflict, says: "somebody else changed the event in the meantime"},
	{code: 429, reason: "", again: true, park: busyFor, says: "Google asks for fewer requests"},
	{code: 500, reason: "", again: true, says: "something broke at Google"},
	{code: 502, reason: "", again: true, says: "Google could not be reached behind its own gateway"},
	{code: 503, reason: "", again: true, says: "Google is busy or down"},
	{code: 504, reason: "", again: true, says: "Google did not answer its own gateway in time"},
}

// verdictOn finds the verdict on an answer. Of several reasons the first that
// is known counts.
func verdictOn(code int, reasons []string) (verdict, string) {
	for _, reason := range append(reasons, "") {
		for _, v := range verdicts {
			if v.code == code && v.reason == reason {
				return v, reason
			}
		}
	}
	v := verdict{code: code, is: calendar.ErrRefused, says: "Google gave an answer that this program does not know"}
	if code >= 500 {
		v.is, v.again = nil, true
	}
	return v, ""
}

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

// explain translates an error of the generated client.
func (c *Client) explain(ctx context.Context, err error) error {
	var (
		refused *googleapi.Error
		token   *oauth2.RetrieveError
		early   *unsent
		ours    *calendar.RetryError
	)
	notSent := errors.As(err, &early)
	switch {
	case errors.As(err, &refused):
		return c.refusal(refused)
	case errors.As(err, &token):
		return c.signIn(token)
	case errors.As(err, &ours):
		return &calendar.RetryError{After: ours.After, Err: &failure{says: ours.Error(), unsent: true}}
	}
	f := &failure{again: true, unsent: notSent, says: c.network(err, &notSent)}
	f.unsent = notSent
	if ctx.Err() != nil {
		f.says = "the request was stopped"
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			f.says = "Google did not answer in time"
		}
	}
	return f
}

// network words a failure below HTTP, and finds out whether anything was sent.
func (c *Client) network(err error, notSent *bool) string {
	var (
		dns         *net.DNSError
		op          *net.OpError
		authority   x509.UnknownAuthorityError
		host        x509.HostnameError
		invalid     x509.CertificateInvalidError
		syntax      *json.SyntaxError
		unmarshal   *json.UnmarshalTypeError
		unknownKey  bool
		certificate = "the certificate that answers for Google cannot be trusted; is there a proxy in between?"
	)
	unknownKey = errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
	switch {
	case errors.As(err, &dns):
		*notSent = true
		return "there is no way to Google: the name of its server cannot be looked up"
	case unknownKey:
		*notSent = true
		return certificate
	case errors.As(err, &op) && op.Op == "dial":
		*notSent = true
		return "there is no way to Google: no connection to its server"
	case errors.As(err, &syntax), errors.As(err, &unmarshal):
		return "Google's answer cannot be read"
	case errors.Is(err, errTooLong):
		return errTooLong.Error()
	case *notSent:
		return "Google's sign-in cannot be reached"
	}
	return "the connection to Google broke"
}

// refusal translates an answer that is no success.
func (c *Client) refusal(e *googleapi.Error) error {
	v, reason := verdictOn(e.Code, reasonsOf(e))
	f := &failure{code: e.Code, again: v.again, is: v.is}
	f.says = fmt.Sprintf(v.says, c.account)
	if !strings.Contains(v.says, "%") {
		f.says = v.says
	}
	f.says += fmt.Sprintf(" (%d%s)", e.Code, prefixed(reason))
	f.asked = retryAfter(e.Header)
	if v.park == 0 && f.asked == 0 {
		return f
	}
	return &calendar.RetryError{After: max(v.park, f.asked), Err: f}
}

func prefixed(reason string) string {
	if reason == "" {
		return ""
	}
	return " " + reason
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
		f.says = fmt.Sprintf("Google refused the refresh token (invalid_grant); run \"oneonone auth %s\". "+
			"If this comes every seven days, the OAuth client is still in \"Testing\": publish it", c.account)
	case reason == "unauthorized_client" || reason == "access_denied":
		f.is = calendar.ErrAuth
		f.says = "the service account may not act for this person; let its client id use these scopes in the Admin console, " +
			"under domain-wide delegation: " + strings.Join(scopeNames(), ",")
	case reason == "invalid_client" || reason == "deleted_client":
		f.is = calendar.ErrAuth
		f.says = "Google does not know the OAuth client any more; make a new one and sign in again"
	default:
		f.is = calendar.ErrAuth
		f.says = fmt.Sprintf("Google refused the sign-in (%d); run \"oneonone auth %s\"", code, c.account)
	}
	return f
}

// retryAfter reads Retry-After (RFC 9110 §10.2.3); zero when there is none.
func retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(n, 0), 7*24*3600)) * time.Second
	}
	t, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		from = time.Now()
	}
	return max(0, t.Sub(from))
}
