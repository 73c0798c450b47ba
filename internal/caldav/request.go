package caldav

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// How long one request may take from the first byte sent to the last received.
// Writes get longer: an answer that we did not wait for costs a second look.
const (
	quickLimit = 30 * time.Second
	syncLimit  = 60 * time.Second
	writeLimit = 60 * time.Second
	bulkLimit  = 3 * time.Minute
)

// connectLimit is how long a connection and TLS on it may each take to be made.
const connectLimit = 10 * time.Second

const maxRedirects = 5

// request is one request before it is sent.
type request struct {
	method  string
	url     *url.URL
	depth   string // "" sends none
	ifMatch string
	isNew   bool   // write only where there is nothing yet
	quiet   bool   // nobody is to be told by the server
	kind    string // Content-Type of body
	body    []byte
	plain   bool // ask for an answer that is not packed
	limit   time.Duration
}

// response is an answer whose body is unpacked and not yet read. It is valid
// only inside the function it is handed to.
type response struct {
	url    *url.URL // where the answer came from in the end
	status int
	header http.Header
	body   io.Reader
}

// exchange sends r once, follows redirects as the same request, and hands the
// answer to read. sent says whether any of the last request may have reached
// the server.
func (c *Client) exchange(ctx context.Context, r request, read func(*response) error) (sent bool, err error) {
	if ctx.Err() != nil {
		return false, inWords(ctx, r.url, context.Cause(ctx))
	}
	if !c.trusted[origin(r.url)] {
		return false, fmt.Errorf("%s is not known to belong to this account", r.url.Host)
	}
	limited, cancel := context.WithTimeoutCause(ctx, r.limit, slowError{r.limit})
	defer cancel()
	u := r.url
	for range maxRedirects + 1 {
		next, sent, err := c.hop(limited, r, u, read)
		if err != nil {
			return sent, inWords(limited, u, err)
		}
		if next == nil {
			return sent, nil
		}
		if err := c.follow(u, next); err != nil {
			return false, err
		}
		u = next
	}
	return false, fmt.Errorf("%s sends us from one address to the next, %d times", r.url.Host, maxRedirects)
}

// hop sends r to u. next is the target if the answer is a redirect. Go's own
// client would turn a redirected PROPFIND into a GET.
func (c *Client) hop(ctx context.Context, r request, u *url.URL, read func(*response) error) (next *url.URL, sent bool, err error) {
	var wrote atomic.Bool
	if c.traced {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	} else {
		wrote.Store(true)
	}
	req, err := c.build(ctx, r, u)
	if err != nil {
		return nil, false, err
	}
	c.requests.Add(1)
	c.up.Add(int64(len(r.body)))
	began := time.Now()
	resp, err := c.http.RoundTrip(req)
	if err != nil {
		return nil, wrote.Load(), err
	}
	defer resp.Body.Close()
	c.log.Debug("caldav request", "method", r.method, "url", u.Redacted(), "status", resp.StatusCode, "took", time.Since(began))
	c.noteSkew(resp.Header.Get("Date"))
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if to, err := resolve(u, resp.Header.Get("Location")); err == nil && resp.Header.Get("Location") != "" {
			_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be used again
			return to, true, nil
		}
	}
	body, err := c.unpacked(resp)
	if err != nil {
		return nil, true, err
	}
	return nil, true, read(&response{url: u, status: resp.StatusCode, header: resp.Header, body: body})
}

func (c *Client) build(ctx context.Context, r request, u *url.URL) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body) // its length is known, so that nothing is sent chunked
	}
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(c.username, *c.password.text)
	req.Header.Set("User-Agent", c.userAgent)
	set := func(key, value string) {
		if value != "" {
			req.Header.Set(key, value)
		}
	}
	set("Depth", r.depth)
	set("If-Match", r.ifMatch)
	if r.isNew {
		req.Header.Set("If-None-Match", "*")
	}
	if r.quiet {
		// RFC 6638 §8.1 has it for a guest's DELETE; sabre/dav obeys it on PUT too.
		req.Header.Set("Schedule-Reply", "F")
	}
	set("Content-Type", r.kind)
	// Packing costs the server more time than the loopback interface needs for
	// the bytes, and web servers that pack an event change its ETag.
	req.Header.Set("Accept-Encoding", "gzip")
	if r.plain || loopback(u.Hostname()) {
		req.Header.Set("Accept-Encoding", "identity")
	}
	return req, nil
}

// unpacked returns the body as text, counting what comes over the wire.
func (c *Client) unpacked(resp *http.Response) (io.Reader, error) {
	wire := &counted{r: resp.Body, n: &c.down}
	switch enc := resp.Header.Get("Content-Encoding"); enc {
	case "", "identity":
		return wire, nil
	case "gzip", "x-gzip":
		return gzip.NewReader(wire)
	default:
		return nil, fmt.Errorf("the server packed its answer as %.20q without being asked to", enc)
	}
}

type counted struct {
	r io.Reader
	n *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func (c *Client) noteSkew(date string) {
	if t, err := http.ParseTime(date); err == nil {
		d := time.Until(t).Round(time.Second)
		c.skew.Store(&d)
	}
}
