// Package web is what the program shows over HTTP: the agenda page of each
// pair, its health and its metrics. It decides nothing and keeps nothing.
//
// A page is confidential: only its link leads to it. So every answer forbids
// caching, indexing, framing and referrers, loads nothing from elsewhere, runs no
// script, and an unknown link answers like a malformed one. Tokens are never
// logged.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"oneonone/internal/agenda"
)

// Options is what the handler needs. All fields but Channel are required.
type Options struct {
	// Page returns the page with the token; false when there is none. It is
	// only asked for tokens that agenda.ValidToken lets pass, and must be safe
	// for concurrent use. Its error must not contain the token.
	Page func(ctx context.Context, token string) (agenda.Page, bool, error)
	// Press does what a person pressed on the page with the token. found is
	// false when there is no such page, applies when it is too late for it. It is
	// asked as Page is.
	Press func(ctx context.Context, token string, p Press) (found, applies bool, err error)
	// Health returns nil while all is well, else an error for the operator.
	Health func() error
	// Metrics is what /metrics shows.
	Metrics *Metrics
	// Channel returns the open channel with the id; false when there is none.
	// It must be safe for concurrent use. Nil: PushPath does not exist.
	Channel func(id string) (Channel, bool)
	// Log gets what went wrong; never a token, a name or an address.
	Log *slog.Logger
}

// New returns the handler for everything under the listen address:
//
//	/a/{token}   the agenda page of a pair; POST: what was pressed there
//	/push/google Google tells of a change (POST)
//	/healthz     200 "ok", or 503 and what is wrong
//	/metrics     Prometheus metrics
//	/robots.txt  keeps all robots away
//	/            a page that says nothing about anybody
//
// /healthz and /metrics answer only requests that come directly from this
// machine: from a loopback address, addressed to one or to localhost, and not
// handed on by a proxy. For everybody else they do not exist.
func New(o Options) http.Handler {
	h := &handler{
		Options: o,
		// Links that exist cost nothing, so people behind one proxy do not get into each other's way.
		misses:  newLimits(time.Second, 60),
		presses: newLimits(30*time.Second, 10),
	}
	mux := http.NewServeMux()
	mux.HandleFunc(agendaPath+"{token}", h.agenda)
	mux.HandleFunc("POST "+agendaPath+"{token}", h.press)
	if o.Channel != nil {
		mux.HandleFunc("POST "+PushPath, h.notified)
	}
	mux.HandleFunc("/healthz", local(h.health))
	mux.HandleFunc("/metrics", local(o.Metrics.handler().ServeHTTP))
	mux.HandleFunc("/robots.txt", robots)
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) { show(w, http.StatusOK, home) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { show(w, http.StatusNotFound, notFound) })
	return guard(mux, o.Log)
}

// Server returns a server for handler with limits that keep slow or greedy
// clients from holding it up. The caller sets the address, listens and stops it.
func Server(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		// Broken connections of strangers are not the operator's business.
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// agendaPath is where the agenda pages are.
const agendaPath = "/a/"

type handler struct {
	Options
	misses  *limits // of links that do not exist, by client
	presses *limits // of what is pressed, by page
}

func (h *handler) agenda(w http.ResponseWriter, r *http.Request) {
	var page agenda.Page
	found := h.find(w, r, func(token string) (found bool, err error) {
		page, found, err = h.Page(r.Context(), token)
		return found, err
	})
	if found {
		showPage(w, page)
	}
}

// find does something with the page that r is for. It reports whether there is
// one and all went well; else it has answered.
func (h *handler) find(w http.ResponseWriter, r *http.Request, do func(token string) (found bool, err error)) bool {
	client := h.misses.ofClient(r.RemoteAddr)
	if client.Tokens() < 1 {
		w.Header().Set("Retry-After", "60")
		show(w, http.StatusTooManyRequests, tooMany)
		return false
	}
	token := r.PathValue("token")
	found := false
	if agenda.ValidToken(token) {
		var err error
		if found, err = do(token); err != nil {
			if r.Context().Err() == nil {
				h.Log.Error("an agenda page could not be read", "err", err)
			}
			w.Header().Set("Retry-After", "60")
			show(w, http.StatusServiceUnavailable, broken)
			return false
		}
	}
	if !found {
		client.Allow()
		show(w, http.StatusNotFound, notFound)
	}
	return found
}

func (h *handler) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	text := "ok\n"
	if err := h.Health(); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		text = err.Error() + "\n"
	}
	_, _ = w.Write([]byte(text)) // a client that hung up needs no answer
}

func robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("User-agent: *\nDisallow: /\n"))
}
