package web

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
)

// guard lets only reading requests, notifications and what people press on an
// agenda page pass, and puts on every answer the headers
// that keep a page between the two people it is for. A panic is an error for
// the operator here, because the server's own message is lost among those about
// broken connections.
func guard(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				log.Error("answering a request panicked", "err", v, "stack", string(debug.Stack()))
				show(w, http.StatusInternalServerError, broken)
			}
		}()
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		// With "no-referrer" browsers would not tell from where a form was sent either.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
		onPage := strings.HasPrefix(r.URL.Path, agendaPath)
		takesPost := onPage || r.URL.Path == PushPath
		if r.Method != http.MethodGet && r.Method != http.MethodHead && (r.Method != http.MethodPost || !takesPost) {
			h.Set("Allow", "GET, HEAD")
			if onPage {
				h.Set("Allow", "GET, HEAD, POST")
			}
			show(w, http.StatusMethodNotAllowed, notAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// local answers as if there was nothing to requests that do not come directly
// from this machine.
func local(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !fromHere(r) {
			show(w, http.StatusNotFound, notFound)
			return
		}
		next(w, r)
	}
}

// fromHere does not trust a loopback address alone: a proxy on this machine
// has one too, and so has a browser whose page made some foreign host name
// point here (DNS rebinding).
func fromHere(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if _, ok := r.Header[name]; ok {
			return false
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return clientOf(r.RemoteAddr).IsLoopback() && isHere(host)
}

func isHere(host string) bool {
	if host == "localhost" {
		return true
	}
	if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
		host = host[1 : n-1]
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// clientOf returns the address of a client, the zero Addr if it is unreadable.
func clientOf(remote string) netip.Addr {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap()
}
