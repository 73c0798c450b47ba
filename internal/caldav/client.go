package caldav

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say which server is spoken to, and as whom.
type Options struct {
	// URL is where discovery starts: the server, a principal, a calendar home
	// or a calendar.
	URL                string
	Username, Password string
	// CAFile names a file of PEM certificates that are trusted beside the
	// system's own. RootCAs, when set, is used in place of both.
	CAFile  string
	RootCAs *x509.CertPool
	// Insecure allows http to a host other than this machine.
	Insecure bool
	// Zone is used to change events that are written without a zone: that of
	// the account's person. Nil is UTC.
	Zone *time.Location
	// Logger hears of requests at debug level, and of homes that cannot be read
	// as a warning; nil is silence.
	Logger    *slog.Logger
	UserAgent string // "" is "oneonone"
	// Transport replaces the network, for tests; CAFile and RootCAs have no
	// effect then.
	Transport http.RoundTripper
}

// Client is one account on a CalDAV server. It implements calendar.Provider.
// Only Stats and Skew are safe for use by several goroutines.
type Client struct {
	start     *url.URL
	username  string
	password  secret
	userAgent string
	zone      *time.Location
	log       *slog.Logger
	http      http.RoundTripper
	// traced says that the transport reports when a request was written.
	traced bool

	trusted   map[string]bool // origins that may be given the password
	account   *account        // nil until discovered
	calendars map[string]*learnt
	writing   sync.Mutex

	requests, up, down atomic.Int64
	skew               atomic.Pointer[time.Duration]
}

// secret is a text that no log and no error shows. It is behind a pointer
// because fmt does not ask the fields of a struct how they want to be printed.
type secret struct{ text *string }

func (secret) String() string               { return "(secret)" }
func (secret) GoString() string             { return "(secret)" }
func (secret) LogValue() slog.Value         { return slog.StringValue("(secret)") }
func (secret) MarshalText() ([]byte, error) { return []byte("(secret)"), nil }

// New checks the options and returns a client. It sends nothing yet.
func New(o Options) (*Client, error) {
	start, err := startURL(o)
	if err != nil {
		return nil, err
	}
	c := &Client{
		start:     start,
		username:  o.Username,
		password:  secret{&o.Password},
		userAgent: o.UserAgent,
		zone:      o.Zone,
		log:       o.Logger,
		http:      o.Transport,
		trusted:   map[string]bool{origin(start): true},
		calendars: make(map[string]*learnt),
	}
	if c.zone == nil {
		c.zone = time.UTC
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.userAgent == "" {
		c.userAgent = "oneonone"
	}
	if c.http == nil {
		roots, err := roots(o)
		if err != nil {
			return nil, err
		}
		c.http, c.traced = transport(roots), true
	}
	return c, nil
}

// startURL checks where discovery starts.
func startURL(o Options) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(o.URL))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		// The text itself is not shown: a password may be in it.
		return nil, errors.New("the url of the calendar server has to look like https://dav.example.org/")
	case u.User != nil:
		return nil, errors.New("the url holds a user name; put it into username, and the password into the credential")
	case u.Scheme == "http" && !o.Insecure && !loopback(u.Hostname()):
		return nil, fmt.Errorf("http://%s would show the password to everybody on the way; use https, "+
			"or set insecure: true if the network is your own", u.Host)
	case strings.Contains(o.Username, ":"):
		return nil, errors.New("the user name contains a colon, which HTTP Basic cannot carry")
	}
	u.Fragment, u.RawQuery = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

func roots(o Options) (*x509.CertPool, error) {
	if o.RootCAs != nil || o.CAFile == "" {
		return o.RootCAs, nil
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("reading the certificates to trust: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", o.CAFile)
	}
	return pool, nil
}

// transport speaks HTTP/1.1 alone: there is one request at a time, and some
// servers' HTTP/2 is known to be broken.
func transport(roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{Timeout: connectLimit, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout: connectLimit,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: 2,
		// Whether an answer is packed is decided, undone and counted here.
		DisableCompression: true,
	}
}

// Stats counts what a client has sent and received.
type Stats struct {
	Requests int64 // every request, redirects and repetitions included
	Up, Down int64 // bytes of bodies as they went over the wire
}

// Stats returns the counts since New.
func (c *Client) Stats() Stats {
	return Stats{Requests: c.requests.Load(), Up: c.up.Load(), Down: c.down.Load()}
}

// Skew returns by how much the server's clock was ahead of ours at its last
// answer, to the second, and whether any answer told.
func (c *Client) Skew() (time.Duration, bool) {
	d := c.skew.Load()
	if d == nil {
		return 0, false
	}
	return *d, true
}
