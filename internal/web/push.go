package web

import (
	"crypto/subtle"
	"io"
	"net/http"
)

// PushPath is where Google posts its notifications, below the public address
// of the program.
const PushPath = "/push/google"

// maxPush is more than the body of any notification: Google sends none.
const maxPush = 1 << 10

// Channel is a way by which a server tells of changes.
type Channel struct {
	// Token has to come with every message.
	Token string
	// Changed is called for every message but the one that opens the channel.
	// It must not block.
	Changed func()
}

// notified answers a notification of Google's. A channel that is not open and a
// token that is wrong look the same from outside, and Google does not repeat
// what is answered like that. Unlike with agenda pages wrong guesses are not
// slowed down: behind a proxy that would let anybody keep Google out.
func (h *handler) notified(w http.ResponseWriter, r *http.Request) {
	ch, ok := h.Channel(r.Header.Get("X-Goog-Channel-ID"))
	if !ok || subtle.ConstantTimeCompare([]byte(r.Header.Get("X-Goog-Channel-Token")), []byte(ch.Token)) != 1 {
		show(w, http.StatusNotFound, notFound)
		return
	}
	if n, err := io.Copy(io.Discard, io.LimitReader(r.Body, maxPush+1)); err != nil || n > maxPush {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if r.Header.Get("X-Goog-Resource-State") == "sync" {
		w.WriteHeader(http.StatusOK)
		return
	}
	ch.Changed()
	w.WriteHeader(http.StatusNoContent)
}
