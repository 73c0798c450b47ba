package caldav

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/retryafter"
)

// slowError is the cause of a request that took too long.
type slowError struct{ limit time.Duration }

func (e slowError) Error() string {
	return fmt.Sprintf("the server did not answer within %s", e.limit)
}

// networkError is a failure below HTTP, told in words.
type networkError struct {
	words   string
	err     error
	lasting bool // trying again at once is of no use
}

func (e *networkError) Error() string { return e.words }
func (e *networkError) Unwrap() error { return e.err }

// inWords explains a failure to reach u or to read its answer to an operator.
func inWords(ctx context.Context, u *url.URL, err error) error {
	var (
		slow      slowError
		authority x509.UnknownAuthorityError
		wrong     x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		dns       *net.DNSError
		already   *networkError
		status    *statusError
		op        *net.OpError
		object    objectError
		timeout   interface{ Timeout() bool }
	)
	host := u.Host
	said := func(lasting bool, format string, args ...any) error {
		return &networkError{words: fmt.Sprintf(format, args...), err: err, lasting: lasting}
	}
	switch {
	case errors.As(err, &already), errors.As(err, &status), errors.As(err, &object):
		return err
	case ctx.Err() != nil && errors.As(context.Cause(ctx), &slow):
		return said(true, "%s: %s", host, slow)
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return said(true, "%s: the server did not answer in the time that was left", host)
	case ctx.Err() != nil:
		return said(true, "%s: the request was stopped", host)
	case errors.As(err, &timeout) && timeout.Timeout():
		return said(true, "no connection to %s within %s", host, connectLimit)
	case errors.As(err, &authority):
		return said(true, "the certificate of %s is signed by an unknown authority; name the file of your own CA with ca:", host)
	case errors.As(err, &wrong):
		return said(true, "the certificate of %s is for another host", host)
	case errors.As(err, &invalid):
		if invalid.Reason == x509.Expired {
			return said(true, "the certificate of %s has expired or is not valid yet; compare the clocks", host)
		}
		return said(true, "the certificate of %s cannot be used: %s", host, invalid.Error())
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return said(true, "%s does not speak TLS at this port; is the url meant to be http?", host)
	case errors.As(err, &dns):
		return said(dns.IsNotFound, "there is no host %q", dns.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return said(false, "nothing answers at %s", host)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return said(false, "%s closed the connection before its answer was complete", host)
	case errors.As(err, &op):
		return said(false, "%s cannot be reached: %s", host, op.Err)
	}
	return said(lasting(err), "%s: %s", host, err)
}

// lasting reports whether an answer like this would come again.
func lasting(err error) bool {
	return errors.Is(err, errXML) || errors.Is(err, errWebPage) || errors.Is(err, errTooLong)
}

// statusError is an answer that is no success.
type statusError struct {
	method  string
	path    string
	status  int
	element string // the precondition the server names, "" if none
	digest  bool   // a 401 that does not offer Basic
}

func (e *statusError) Error() string {
	switch {
	case e.status == http.StatusUnauthorized && e.digest:
		return calendar.ErrAuth.Error() + "; it does not offer HTTP Basic, the only way this program can sign in"
	case e.status == http.StatusUnauthorized:
		return calendar.ErrAuth.Error()
	}
	text := strings.ToLower(http.StatusText(e.status))
	if e.element != "" {
		text = strings.TrimPrefix(text+"; "+e.element, "; ")
	}
	return fmt.Sprintf("the server answered %s %s with %d (%s)", e.method, e.path, e.status, text)
}

// Unwrap gives the word of the provider's vocabulary that fits a read.
func (e *statusError) Unwrap() error {
	switch e.status {
	case http.StatusUnauthorized:
		return calendar.ErrAuth
	case http.StatusNotFound, http.StatusGone:
		return calendar.ErrNotFound
	}
	return nil
}

// failed turns an answer that is no success into an error: a statusError,
// inside a calendar.RetryError when the server is busy.
func failed(method string, resp *response) error {
	e := &statusError{method: method, path: resp.url.EscapedPath(), status: resp.status}
	if resp.status == http.StatusUnauthorized {
		offers := strings.ToLower(strings.Join(resp.header.Values("WWW-Authenticate"), ","))
		e.digest = offers != "" && !strings.Contains(offers, "basic")
	}
	d := &decoder{scanner: newScanner(io.LimitReader(resp.body, 64<<10))}
	if d.root("error") == nil {
		_ = d.precondition(&e.element) // what cannot be read was not said
		e.element = printable(e.element)
	}
	if resp.status == http.StatusTooManyRequests || resp.status == http.StatusServiceUnavailable {
		return &calendar.RetryError{After: retryafter.In(resp.header), Err: e}
	}
	return e
}

// printable cuts what a server says down to a short line.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\ufffd' {
			return -1
		}
		return r
	}, s)
	if len(s) > 60 {
		s = s[:60]
	}
	return s
}

// webPage reports whether an answer is meant for a browser.
func webPage(h http.Header) bool {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return kind == "text/html" || kind == "application/xhtml+xml"
}
