package calendartest

import (
	"errors"
	"io"
	"net/http"
	"strings"
)

// Methods other than those of net/http.
const (
	methodPropfind   = "PROPFIND"
	methodProppatch  = "PROPPATCH"
	methodReport     = "REPORT"
	methodMkcalendar = "MKCALENDAR"
)

// ServeHTTP implements http.Handler.
func (d *DAV) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.RLock()
	hook := d.hook
	d.mu.RUnlock()
	if hook != nil {
		hook(r)
	}
	body, tooLarge := readBody(r)
	d.counters.received(r.Method, len(body))
	fault := d.script.next(r)
	if fault.Before != nil {
		fault.Before(r)
	}
	var a answer
	switch {
	case fault.Do == CutBefore:
		// The server closes the connection without an answer.
		panic(http.ErrAbortHandler)
	case fault.Do == Answer:
		a = fault.answer()
	case fault.Do == AnswerInside:
		m := newMultistatus()
		m.item(r.URL.EscapedPath(), fault.Status, "")
		a = m.answer()
	case tooLarge:
		a = refusal(http.StatusRequestEntityTooLarge, caldav("max-resource-size"))
	default:
		a = d.handle(r, body)
		if fault.After != nil {
			fault.After(r)
		}
	}
	if fault.Do == CutAfter {
		panic(http.ErrAbortHandler)
	}
	d.counters.sent(a.write(w, r))
}

// readBody reads the body up to the limit. It does not drain what is beyond.
func readBody(r *http.Request) (body []byte, tooLarge bool) {
	if r.Body == nil {
		return nil, false
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxObject+1))
	if err != nil && !errors.Is(err, io.EOF) {
		panic(http.ErrAbortHandler) // The client went away in the middle.
	}
	return body, len(body) > maxObject
}

// handle answers a request whose body is read.
func (d *DAV) handle(r *http.Request, body []byte) answer {
	path := r.URL.EscapedPath()
	if strings.TrimSuffix(path, "/") == "/.well-known/caldav" {
		return status(http.StatusMovedPermanently).with("Location", "/dav/") // RFC 6764 §5
	}
	who, ok := d.authenticate(r)
	if !ok {
		return text(http.StatusUnauthorized, "a user name and a password are needed").
			with("WWW-Authenticate", `Basic realm="calendars", charset="UTF-8"`)
	}
	switch r.Method {
	case http.MethodPut, http.MethodDelete, methodProppatch, methodMkcalendar:
		d.mu.Lock()
		defer d.mu.Unlock()
	default:
		d.mu.RLock()
		defer d.mu.RUnlock()
	}
	n := d.resolve(path)
	if n.kind == rootNode {
		n.user = who
	}
	if n.user != nil && n.user != who {
		return refusal(http.StatusForbidden, dav("need-privileges"))
	}
	before := n.object()
	a := d.dispatch(r, n, body)
	d.judge.look(r, n, body, before, a.status)
	return a
}

// dispatch answers by method. The caller holds the lock that the method needs.
func (d *DAV) dispatch(r *http.Request, n node, body []byte) answer {
	switch r.Method {
	case http.MethodOptions:
		classes := "1, 3, calendar-access"
		if d.style.Delivers {
			classes += ", calendar-auto-schedule"
		}
		return status(http.StatusNoContent).with("DAV", classes).with("Allow", allowed(n))
	case http.MethodGet, http.MethodHead:
		return d.get(r, n)
	case http.MethodPut:
		return d.put(r, n, body)
	case http.MethodDelete:
		return d.delete(r, n)
	case methodPropfind:
		return d.propfind(r, n, body)
	case methodProppatch:
		return d.proppatch(n, body)
	case methodReport:
		return d.report(r, n, body)
	case methodMkcalendar:
		return d.mkcalendar(n, body)
	}
	return d.notAllowed(n)
}

func (d *DAV) notAllowed(n node) answer {
	return status(http.StatusMethodNotAllowed).with("Allow", allowed(n))
}

// allowed is the Allow header of n.
func allowed(n node) string {
	const everywhere = "OPTIONS, GET, HEAD, PROPFIND"
	switch n.kind {
	case objectNode:
		return everywhere + ", PUT, DELETE"
	case calendarNode:
		return everywhere + ", DELETE, PROPPATCH, REPORT, MKCALENDAR"
	}
	return everywhere
}
